#include "cli/line_diff.h"

#include <random>

#include <doctest/doctest.h>

namespace kfctl {
namespace {

std::string signs(const std::vector<DiffLine>& lines) {
  std::string text;
  for (const DiffLine& line : lines) text += line.sign;
  return text;
}

// The text that one sign and the blanks together spell.
std::string side(const std::vector<DiffLine>& lines, char sign) {
  std::string text;
  for (const DiffLine& line : lines) {
    if (line.sign == ' ' || line.sign == sign) text += std::string(line.text) + "\n";
  }
  return text;
}

TEST_CASE("the fewest signs that turn one text into the other") {
  CHECK(signs(line_diff("a\nb\nc\n", "a\nb\nc\n")) == "   ");
  CHECK(signs(line_diff("a\nb\nc\n", "a\nx\nc\n")) == " -+ ");
  CHECK(signs(line_diff("", "a\nb\n")) == "++");
  CHECK(signs(line_diff("a\n", "")) == "-");
  CHECK(signs(line_diff("", "")).empty());
  CHECK(signs(line_diff("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n")).size() == 9);
}

TEST_CASE("both texts can be read back from any difference") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string before, after;
    for (auto i = random() % 12; i > 0; --i) before += std::string(1, "abc"[random() % 3]) + "\n";
    for (auto i = random() % 12; i > 0; --i) after += std::string(1, "abc"[random() % 3]) + "\n";
    const std::vector<DiffLine> lines = line_diff(before, after);
    CHECK(side(lines, '-') == before);
    CHECK(side(lines, '+') == after);
  }
}

TEST_CASE("texts that share nothing are replaced whole, however long") {
  std::string before, after;
  for (int i = 0; i < 5000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  const std::vector<DiffLine> lines = line_diff(before, after);
  CHECK(lines.size() == 10000);
  CHECK(side(lines, '+') == after);
}

TEST_CASE("hunks are those of diff -u") {
  const std::string before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
  const std::string after = "1\n2\nx\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n";
  CHECK(unified_hunks(line_diff(before, after), 3) ==
        std::vector<std::string>{"@@ -1,6 +1,6 @@", " 1", " 2", "-3", "+x", " 4", " 5", " 6",
                                 "@@ -10,3 +10,4 @@", " 10", " 11", " 12", "+13"});
  CHECK(unified_hunks(line_diff("", "a\n"), 3) == std::vector<std::string>{"@@ -0,0 +1 @@", "+a"});
  // Changes six lines apart share one hunk, as their margins touch.
  CHECK(
      unified_hunks(line_diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n"), 3).size() ==
      11);
}

}  // namespace
}  // namespace kfctl
