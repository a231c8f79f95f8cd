#include "cli/args.h"

#include <algorithm>
#include <cassert>
#include <cctype>

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace kfctl {
namespace {

bool is_flag(std::string_view word) { return word.size() > 1 && word[0] == '-'; }

// -1 is a number and not a flag: no command has a digit as a short form.
bool is_number(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && (std::isdigit(static_cast<unsigned char>(word[1])));
}

std::string in_quotes(std::string_view word) { return "'" + std::string(word) + "'"; }

// "--out=json" is the flag "out".
std::string_view flag_name(std::string_view word) {
  return word.substr(2, word.find('=') == std::string_view::npos ? word.npos : word.find('=') - 2);
}

const Flag* find_flag_word(const Command& command, std::string_view word) {
  return word.starts_with("--") ? find_flag(command, flag_name(word)) : find_flag(command, word[1]);
}

// "'kfctl env add'"
std::string name_of(const Command& command) {
  return command.path.empty() ? "'kfctl'" : "'kfctl " + std::string(command.path) + "'";
}

std::string see_help(const Command& command) {
  return "see 'kfctl " + std::string(command.path) + (command.path.empty() ? "" : " ") + "--help'";
}

Error unknown_command(std::string_view noun, const std::string& word) {
  std::vector<std::string> names;
  for (const Command* command : commands_below(noun)) {
    names.emplace_back(command->path.substr(noun.empty() ? 0 : noun.size() + 1));
  }
  const std::string before = noun.empty() ? "" : std::string(noun) + " ";
  const std::string near = nearest_word(word, names);
  return usage_error("unknown command 'kfctl " + before + word + "'",
                     near.empty() ? "'kfctl " + before + "--help' lists the commands"
                                  : "did you mean 'kfctl " + before + near + "'?");
}

Error unknown_flag(const Command& command, std::string_view word) {
  std::vector<std::string> names;
  for (const FlagGroup& group : flag_groups(command)) {
    for (const Flag& flag : group.flags) names.push_back("--" + std::string(flag.name));
  }
  const std::string_view shown = word.substr(0, word.find('='));
  return usage_error("unknown flag " + in_quotes(shown) + " of " + name_of(command),
                     did_you_mean(shown, names, see_help(command)));
}

// The flags that the table does not know, taken out of `words` with the value that follows each.
Status take_parameters(const Command& command, std::vector<std::string>& words,
                       std::vector<Args::Parameter>& parameters) {
  std::vector<std::string> kept;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      kept.insert(kept.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const bool is_long = word.starts_with("--");
    const Flag* flag = nullptr;
    if (is_flag(word)) flag = find_flag_word(command, word);
    if (!is_long || flag != nullptr) {
      kept.push_back(word);
      const bool takes_next =
          flag != nullptr && !flag->is_switch() && word.find('=') == std::string::npos;
      if (takes_next && i + 1 < words.size()) kept.push_back(words[++i]);
      continue;
    }
    const size_t equals = word.find('=');
    if (equals != std::string::npos) {
      parameters.emplace_back(flag_name(word), word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      parameters.emplace_back(flag_name(word), words[++i]);
    } else {
      return usage_error("parameter '" + word + "' needs a value",
                         "write " + word + "=VALUE or " + word + " VALUE");
    }
  }
  words = std::move(kept);
  return Ok{};
}

// Which of the table's choices `value` is; with none, any value will do.
Status check_choice(const Flag& flag, const std::string& value) {
  if (flag.choices.empty()) return Ok{};
  std::vector<std::string> choices;
  for (const std::string_view choice : split(flag.choices, '|')) {
    if (value == choice) return Ok{};
    choices.emplace_back(choice);
  }
  const std::string near = nearest_word(value, choices);
  return usage_error(
      "--" + std::string(flag.name) + " does not take " + in_quotes(value),
      near.empty() ? "it takes " + join(choices, ", ") : "did you mean " + in_quotes(near) + "?");
}

Status check_switch(const Flag& flag, const std::string& value) {
  if (value == "true" || value == "false") return Ok{};
  return usage_error("--" + std::string(flag.name) + " takes no value, or true or false, not " +
                     in_quotes(value));
}

// Words that are neither flags of the table nor their values: those before "--" that look like
// flags are slips, and all others are arguments.
Result<std::vector<std::string>> sort_words(const Command& command,
                                            const std::vector<std::string>& remaining) {
  std::vector<std::string> words;
  bool flags_ended = false;
  for (const std::string& word : remaining) {
    if (!flags_ended && word == "--") {
      flags_ended = true;
    } else if (!flags_ended && is_flag(word) && !is_number(word)) {
      return unknown_flag(command, word);
    } else {
      words.push_back(word);
    }
  }
  return words;
}

Status check_words(const Command& command, const std::vector<std::string>& words) {
  const std::span<const Argument> arguments = filled(command.arguments);
  const bool endless = !arguments.empty() && arguments.back().repeats;
  if (words.size() > arguments.size() && !endless) {
    return usage_error(name_of(command) + " does not take " + in_quotes(words[arguments.size()]),
                       see_help(command));
  }
  // Optional ones may stand first, as in "param set [COMPONENT] KEY VALUE": the count decides.
  size_t required = 0;
  for (const Argument& argument : arguments) {
    if (argument.optional || words.size() >= ++required) continue;
    return usage_error(name_of(command) + " needs " + std::string(argument.name) + ": " +
                           std::string(argument.help),
                       see_help(command));
  }
  return Ok{};
}

std::string cli11_names(const Flag& flag) {
  std::string names = "--" + std::string(flag.name);
  if (!flag.alias.empty()) names += ",--" + std::string(flag.alias);
  if (flag.letter != '\0') names += std::string(",-") + flag.letter;
  return names;
}

// CLI11 tells only by exception what went wrong; the one case it is left to judge is a flag
// without its value. The text begins with the name: "--output: 1 required TEXT missing".
Error from_cli11(const CLI::ParseError& error) {
  const std::string text = error.what();
  const std::string name = text.substr(0, text.find(':'));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return usage_error("flag " + in_quotes(name) + " needs a value");
  }
  return usage_error(text);
}

}  // namespace

Result<CommandWords> split_command(const std::vector<std::string>& words) {
  CommandWords found;
  found.command = find_command("");
  std::string path;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!path.empty() && !found.command->is_noun()) {
      // A command may stand above others: `train init` beside `train FILE`.
      if (const Command* below = find_command(path + " " + word)) {
        found.command = below;
        path = std::string(below->path);
        continue;
      }
    }
    if (!found.command->is_noun() || word == "--") {
      found.rest.insert(found.rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i),
                        words.end());
      break;
    }
    if (!is_flag(word)) {
      const std::string longer = path.empty() ? word : path + " " + word;
      const Command* next = find_command(longer);
      if (next == nullptr) return unknown_command(path, word);
      found.command = next;
      path = std::string(next->path);
      continue;
    }
    const Flag* flag = find_flag_word(*found.command, word);
    if (flag == nullptr) return unknown_flag(*found.command, word);
    found.rest.push_back(word);
    const bool takes_next = !flag->is_switch() && word.find('=') == std::string::npos;
    if (takes_next && i + 1 < words.size()) found.rest.push_back(words[++i]);
  }
  return found;
}

Result<Args> parse_args(const std::vector<std::string>& words) {
  KF_TRY(CommandWords chosen, split_command(words));
  const Command& command = *chosen.command;
  Args args;
  args.command_ = &command;
  if (!command.free_flags.empty()) {
    KF_DO(take_parameters(command, chosen.rest, args.parameters_));
  }

  CLI::App app;
  app.set_help_flag("");
  app.allow_extras();
  std::vector<std::pair<const Flag*, CLI::Option*>> options;
  for (const FlagGroup& group : flag_groups(command)) {
    for (const Flag& flag : group.flags) {
      CLI::Option* option =
          flag.is_switch() ? app.add_flag(cli11_names(flag)) : app.add_option(cli11_names(flag));
      options.emplace_back(&flag, option->take_all()->allow_extra_args(false));
    }
  }
  try {
    app.parse(std::vector<std::string>(chosen.rest.rbegin(), chosen.rest.rend()));
  } catch (const CLI::ParseError& error) {
    return from_cli11(error);
  }

  KF_TRY(args.words_, sort_words(command, app.remaining()));
  for (const auto& [flag, option] : options) {
    if (option->count() == 0) continue;
    for (const std::string& value : option->results()) {
      KF_DO(flag->is_switch() ? check_switch(*flag, value) : check_choice(*flag, value));
    }
    args.given_.push_back({flag, option->results()});
  }
  if (!args.has("help")) KF_DO(check_words(command, args.words_));
  return args;
}

Args empty_args(const Command& command) {
  Args args;
  args.command_ = &command;
  return args;
}

const Args::Given* Args::given(std::string_view flag) const {
  assert(find_flag(*command_, flag) != nullptr);
  for (const Given& one : given_) {
    if (one.flag->name == flag) return &one;
  }
  return nullptr;
}

int Args::count(std::string_view flag) const {
  const Given* one = given(flag);
  if (one == nullptr || (one->flag->is_switch() && one->values.back() == "false")) return 0;
  return static_cast<int>(one->values.size());
}

std::string Args::value(std::string_view flag, std::string_view otherwise) const {
  const Given* one = given(flag);
  return one == nullptr ? std::string(otherwise) : one->values.back();
}

std::vector<std::string> Args::values(std::string_view flag) const {
  const Given* one = given(flag);
  return one == nullptr ? std::vector<std::string>() : one->values;
}

const std::string& Args::word(size_t index) const {
  static const std::string kNone;
  return index < words_.size() ? words_[index] : kNone;
}

}  // namespace kfctl
