// The table itself: what help, manual pages and completion are made from has to be whole.
#include "cli/commands.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "base/text.h"
#include "cli/args.h"

namespace kfctl {
namespace {

// An example as a shell would split it: quotes as in sh, and what a shell takes for itself ends it.
std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  char quote = '\0';
  for (const char c : line) {
    if (quote == '\0' && (c == '|' || c == '>')) break;
    if (c == quote)
      quote = '\0';
    else if (quote == '\0' && (c == '\'' || c == '"'))
      quote = c;
    else if (quote == '\0' && c == ' ') {
      if (!word.empty()) words.push_back(word);
      word.clear();
    } else
      word += c;
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

TEST_CASE("no command and no flag is there twice") {
  std::set<std::string_view> paths;
  for (const Command& command : all_commands()) {
    CHECK_MESSAGE(paths.insert(command.path).second, command.path);
    if (!command.alias.empty()) CHECK_MESSAGE(paths.insert(command.alias).second, command.alias);
    std::set<std::string> names;
    for (const FlagGroup& group : flag_groups(command)) {
      for (const Flag& flag : group.flags) {
        CHECK_MESSAGE(names.insert("--" + std::string(flag.name)).second, command.path, flag.name);
        if (!flag.alias.empty()) CHECK(names.insert("--" + std::string(flag.alias)).second);
        if (flag.letter == '\0') continue;
        CHECK_MESSAGE(names.insert(std::string("-") + flag.letter).second, command.path,
                      flag.letter);
      }
    }
  }
}

TEST_CASE("what a path begins with is a row, and what has no function stands above others") {
  for (const Command& command : all_commands()) {
    const size_t space = command.path.rfind(' ');
    if (space == std::string_view::npos) continue;
    const Command* noun = find_command(command.path.substr(0, space));
    REQUIRE_MESSAGE(noun != nullptr, command.path);
  }
  for (const Command& command : all_commands()) {
    if (command.is_noun()) CHECK_MESSAGE(!commands_below(command.path).empty(), command.path);
  }
}

TEST_CASE("every command has a summary in the house's form, and an example") {
  for (const Command& command : all_commands()) {
    CHECK_MESSAGE(!command.summary.empty(), command.path);
    CHECK_MESSAGE(!command.summary.ends_with('.'), command.path);
    CHECK_MESSAGE((command.summary[0] >= 'A' && command.summary[0] <= 'Z'), command.path);
    CHECK_MESSAGE(!filled(command.examples).empty(), command.path);
  }
}

TEST_CASE("flags with choices name their value, and switches have neither choices nor repeat") {
  for (const Command& command : all_commands()) {
    for (const FlagGroup& group : flag_groups(command)) {
      for (const Flag& flag : group.flags) {
        CAPTURE(flag.name);
        CHECK_FALSE(flag.help.empty());
        CHECK_FALSE(flag.help.ends_with('.'));
        if (!flag.is_switch()) continue;
        CHECK(flag.choices.empty());
        CHECK_FALSE(flag.repeats);
        CHECK(flag.completes == Completes::kNothing);
      }
    }
  }
}

TEST_CASE("only the last argument may repeat") {
  for (const Command& command : all_commands()) {
    const std::span<const Argument> arguments = filled(command.arguments);
    for (size_t i = 0; i + 1 < arguments.size(); ++i) CHECK_FALSE(arguments[i].repeats);
  }
}

TEST_CASE("every example is a command line that our own parser takes for its command") {
  for (const Command& command : all_commands()) {
    for (const Example& example : filled(command.examples)) {
      std::string_view line = example.name;
      if (line.starts_with("source <(")) line = line.substr(9, line.size() - 10);
      CAPTURE(line);
      std::vector<std::string> words = shell_words(line);
      REQUIRE(words.front() == "kfctl");
      words.erase(words.begin());
      const Result<Args> args = parse_args(words);
      REQUIRE_MESSAGE(args.ok(), args.error().to_text());
      CHECK_FALSE(args.value().command().is_noun());
      const std::string_view path = args.value().command().path;
      const bool own = path == command.path || path.starts_with(std::string(command.path) + " ");
      CHECK((own || command.path.empty()));
    }
  }
}

}  // namespace
}  // namespace kfctl
