#include <cmath>

#include <doctest/doctest.h>

#include "read_text.h"

using namespace kfctl;

TEST_CASE("quotes, doubled quotes, line ends inside quotes, CRLF and an empty last line") {
  const Frame frame =
      read_text("a,b\r\n1,\"x, \"\"y\"\"\"\r\n2,\"two\nlines\"\r\n\r\n", "q.csv").value();
  REQUIRE(frame.rows == 2);
  CHECK(frame.columns[0].numbers[1] == 2);
  CHECK(frame.columns[1].text[0] == "x, \"y\"");
  CHECK(frame.columns[1].text[1] == "two\nlines");
  CHECK(frame.lines == std::vector<uint64_t>{2, 3});
}

TEST_CASE(
    "a first record with a number is no header; the delimiter is found out; a BOM is skipped") {
  const Frame frame = read_text(
                          "\xEF\xBB\xBF"
                          "1;2\n3;4",
                          "n.csv")
                          .value();
  CHECK(frame.names() == std::vector<std::string>{"c1", "c2"});
  CHECK(frame.columns[1].numbers == std::vector<double>{2, 4});
}

TEST_CASE("missing values are NaN in numbers and empty in text") {
  const Frame frame = read_text("a,b\n,x\nNA,?\n3,\n", "m.csv").value();
  CHECK(std::isnan(frame.columns[0].numbers[0]));
  CHECK(std::isnan(frame.columns[0].numbers[1]));
  CHECK(frame.columns[1].text[1].empty());
}

TEST_CASE("an empty line behind a header of one column") {
  const Frame frame = read_text("a-b\n\n0\n2\n", "e.csv").value();
  CHECK(frame.names() == std::vector<std::string>{"a-b"});
  CHECK(frame.columns[0].numbers == std::vector<double>{0, 2});
  CHECK(read_error("a-b\n\n0,\"\n2,0,\"\n2,\n", "e.csv") ==
        "e.csv:3: 2 cells where 1 are expected");
}

TEST_CASE("errors name file, line and column") {
  CHECK(read_error("a,b\n1,2\n3\n", "r.csv") == "r.csv:3: 1 cell where 2 are expected");
  CHECK(read_error("a,b\n\"x\ny\",2\n3,4,5\n", "r.csv") == "r.csv:4: 3 cells where 2 are expected");
  CHECK(read_error("a,b\nx,\"y\nz,1\n", "r.csv") == "r.csv:2: a quote is never closed");
  CHECK(read_error("a,b\n5\" pipe,\"1\"\n", "r.csv").find("r.csv:2: ") == 0);
  CHECK(read_error("a,a\nx,y\n", "r.csv") == "r.csv:1: two columns are named 'a'");
  CHECK(read_error("", "r.csv") == "r.csv: the file is empty");
  ReadOptions options;
  options.promised["age"] = ColumnKind::kNumber;
  CHECK(read_error("age,b\n1,2\n\nold,2\n", "r.csv", options) ==
        "r.csv:4: column 'age': 'old' is not a number");
}

TEST_CASE("only promised columns are read") {
  ReadOptions options;
  options.promised["b"] = ColumnKind::kText;
  options.only_promised = true;
  const Frame frame = read_text("a,b\nx,1\ny,2\n", "p.csv", options).value();
  CHECK(frame.names() == std::vector<std::string>{"b"});
  CHECK(frame.columns[0].text[1] == "2");
}

// More than one block of 8 MiB, with quoted line ends everywhere, so that blocks end within
// records.
TEST_CASE("blocks and threads change nothing") {
  std::string text = "n,t\n";
  const size_t rows = 400'000;
  for (size_t i = 0; i < rows; ++i) {
    text += std::to_string(i) + ",\"line\n" + std::to_string(i * 7) + ", \"\"x\"\"\"\n";
  }
  ThreadPool pool(4);
  const Frame one = read_text(text, "big.csv").value();
  const Frame four = read_text(text, "big.csv", {}, &pool).value();
  REQUIRE(one.rows == rows);
  CHECK(one.columns[0].numbers == four.columns[0].numbers);
  CHECK(one.lines == four.lines);
  CHECK(one.lines.back() == 2 * rows);
  for (size_t i = 0; i < rows; i += 997) {
    REQUIRE(one.columns[0].numbers[i] == static_cast<double>(i));
    REQUIRE(four.columns[1].text[i] == "line\n" + std::to_string(i * 7) + ", \"x\"");
  }
}
