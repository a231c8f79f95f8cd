#include <doctest/doctest.h>

#include "learn/data/frame.h"
#include "learn/data/row_array.h"
#include "test/base/scratch_folder.h"

using namespace kfctl;

TEST_CASE("rows stay in memory up to the limit and lie in a file without a name beyond it") {
  const ScratchFolder folder;
  RowMemory memory(1 << 20, folder.at("not/made"));
  RowArray<double> small, large;
  REQUIRE(small.append(1000, 1.0, &memory).ok());
  CHECK_FALSE(small.in_file());
  REQUIRE(large.append(1 << 18, 2.0, &memory).ok());
  CHECK(large.in_file());
  CHECK(memory.in_file() >= (1 << 21));
  CHECK(std::filesystem::is_empty(folder.path));
  large = {};
  CHECK(memory.in_file() == 0);
}

TEST_CASE("an array that grows out of memory keeps what it held") {
  const ScratchFolder folder;
  RowMemory memory(64 << 10, folder.path);
  RowArray<uint32_t> array;
  for (uint32_t i = 0; i < 100'000; ++i) REQUIRE(array.append(1, i, &memory).ok());
  CHECK(array.in_file());
  CHECK(array.size() == 100'000);
  for (uint32_t i = 0; i < array.size(); ++i) REQUIRE(array[i] == i);
}

TEST_CASE("memory that is given back is there for the next") {
  const ScratchFolder folder;
  RowMemory memory(64 << 10, folder.path);
  {
    const RowPiece piece = memory.take(60 << 10).value();
    CHECK_FALSE(piece.in_file());
    CHECK(memory.take(60 << 10).value().in_file());
  }
  CHECK_FALSE(memory.take(60 << 10).value().in_file());
}

TEST_CASE("a disk without room is an error with a next step, and the array is as before") {
  RowMemory memory(0, "/proc/nothing");
  RowArray<char> array;
  const Status status = array.append(1, 'x', &memory);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().kind == ErrorKind::kDisk);
  CHECK(status.error().hint.find("--memory") != std::string::npos);
  CHECK(array.empty());
}

TEST_CASE("frames are joined in a file, missing columns too") {
  const ScratchFolder folder;
  RowMemory memory(0, folder.path);
  const auto block = [](const std::string& name, std::string_view text) {
    Frame frame;
    frame.rows = 2;
    frame.lines = {1, 2};
    Column& numbers = frame.columns.emplace_back();
    numbers.name = "x", numbers.numbers = {1, 2};
    Column& texts = frame.columns.emplace_back();
    texts.name = name, texts.kind = ColumnKind::kText;
    texts.text.add(text), texts.text.add("");
    return frame;
  };
  Frame mapped;
  mapped.memory = &memory;
  for (const char* name : {"a", "b", "a", "a", "a", "a"}) {
    REQUIRE(append_frame(mapped, block(name, name)).ok());
  }
  REQUIRE(mapped.rows == 12);
  CHECK(mapped.find("x")->numbers == std::vector<double>{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2});
  CHECK(mapped.find("x")->numbers.in_file());
  CHECK(mapped.find("a")->text[4] == "a");
  CHECK(mapped.find("b")->text[0] == "");
  CHECK(mapped.find("b")->text[2] == "b");
  truncate_frame(mapped, 3);
  CHECK(mapped.find("b")->text.size() == 3);
  CHECK(mapped.lines.size() == 3);
}
