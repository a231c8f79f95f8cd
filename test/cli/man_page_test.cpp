#include "cli/man_page.h"

#include <doctest/doctest.h>

namespace kfctl {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST_CASE("every page names every flag and argument of its command, and the examples") {
  for (const Command& command : all_commands()) {
    const Result<std::string> page =
        man_page(command, "@TITLE@\n@NAME@\n@SYNOPSIS@\n@ARGUMENTS@\n@FLAGS@\n@EXAMPLES@\n", "");
    REQUIRE(page.ok());
    CAPTURE(command.path);
    const std::string text = replaced(replaced(page.value(), "\\-", "-"), "\\(ti", "~");
    for (const FlagGroup& group : flag_groups(command)) {
      for (const Flag& flag : group.flags) CHECK(has(text, "--" + std::string(flag.name)));
    }
    for (const Argument& argument : filled(command.arguments)) CHECK(has(text, argument.name));
    for (const Example& example : filled(command.examples)) {
      CHECK(has(text, example.says.substr(0, 10)));
    }
  }
}

TEST_CASE("lines that roff would take for orders are text") {
  Command command;
  command.path = "x";
  command.summary = ".TH \\ and 'it' -- ok";
  CHECK(man_page(command, "@DESCRIPTION@\n", "").value() == "\\&.TH \\e and 'it' \\-\\- ok.\n");
}

TEST_CASE("a word that no template may hold is an error, and notes stand as they are") {
  CHECK_FALSE(man_page(*find_command("show"), "@FLAG@\n", "").ok());
  CHECK(man_page(*find_command("show"), "a\n@NOTES@\nb\n", ".PP\nnote\n").value() ==
        "a\n.PP\nnote\nb\n");
}

}  // namespace
}  // namespace kfctl
