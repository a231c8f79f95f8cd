#include "cli/help.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace kfctl {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("help names everything the table has, and no line is wider than the terminal") {
  for (const Command& command : all_commands()) {
    const std::string text = help_text(command, Style(), 80);
    CAPTURE(command.path);
    CHECK(has(text, std::string(command.summary)));
    for (const Argument& argument : filled(command.arguments)) CHECK(has(text, argument.name));
    for (const Example& example : filled(command.examples)) CHECK(has(text, example.name));
    for (const FlagGroup& group : flag_groups(command)) {
      for (const Flag& flag : group.flags) CHECK(has(text, "--" + std::string(flag.name)));
    }
    for (const std::string_view line : split_lines(text)) {
      CAPTURE(line);
      CHECK((display_width(line) <= 80 || has(std::string(line), "kfctl")));
    }
  }
}

TEST_CASE("the help of a noun lists its commands, that of kfctl all that are not hidden") {
  const std::string all = help_text(*find_command(""), Style(), 80);
  for (const Command* command : commands_below(""))
    CHECK(has(all, "  " + std::string(command->path)));
  CHECK_FALSE(has(all, "__man"));
  CHECK(has(help_text(*find_command("env"), Style(), 80), "  env add"));
}

TEST_CASE("a flag's line has both names, its value, choices, default and whether it repeats") {
  const Flag flag{.name = "output",
                  .letter = 'o',
                  .value = "FORMAT",
                  .help = "print as",
                  .choices = "table|json",
                  .otherwise = "table"};
  CHECK(flag_label(flag, Style()) == "-o, --output FORMAT");
  CHECK(flag_description(flag) == "print as: table, json [table]");
  const Flag repeats{.name = "x", .value = "Y", .help = "a thing", .repeats = true};
  CHECK(flag_label(repeats, Style()) == "    --x Y");
  CHECK(flag_description(repeats) == "a thing (may be repeated)");
}

TEST_CASE("usage shows what may be left out") {
  CHECK(usage_line(*find_command("param set")) == "kfctl param set [COMPONENT] KEY VALUE [flags]");
  CHECK(usage_line(*find_command("help")) == "kfctl help [COMMAND...] [flags]");
  CHECK(usage_line(*find_command("env")) == "kfctl env COMMAND");
}

TEST_CASE("text is broken between words and indented from the second line") {
  CHECK(wrap_text("one two three", 8, 2) == "one two\n  three");
  CHECK(wrap_text("unbreakable", 4, 2) == "unbreakable");
  CHECK(wrap_text("", 4, 2).empty());
}

TEST_CASE("colour changes no column") {
  const std::string plain = help_text(*find_command("apply"), Style(false), 80);
  std::string coloured = help_text(*find_command("apply"), Style(true), 80);
  CHECK(coloured != plain);
  for (size_t at = coloured.find('\x1b'); at != coloured.npos; at = coloured.find('\x1b', at)) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  CHECK(coloured == plain);
}

}  // namespace
}  // namespace kfctl
