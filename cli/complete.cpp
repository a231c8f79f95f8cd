#include "cli/complete.h"

#include <utility>

#include "base/text.h"

namespace kfctl {
namespace {

// What the words before the last one mean.
struct Position {
  const Command* command = find_command("");
  const Flag* pending = nullptr;  // a flag that waits for its value
  std::vector<std::string> words;
  bool flags_ended = false;
};

const Flag* flag_of(const Command& command, const std::string& word) {
  if (word.starts_with("--")) return find_flag(command, std::string_view(word).substr(2));
  return word.size() == 2 ? find_flag(command, word[1]) : nullptr;
}

void take_word(Position& at, const std::string& word) {
  if (at.pending != nullptr) {
    at.pending = nullptr;
  } else if (!at.flags_ended && word == "--") {
    at.flags_ended = true;
  } else if (!at.flags_ended && word.size() > 1 && word[0] == '-') {
    const Flag* flag = flag_of(*at.command, word);
    if (flag != nullptr && !flag->is_switch()) at.pending = flag;
  } else {
    // A command may stand above others: `train init` beside `train FILE`.
    const std::string path =
        at.command->path.empty() ? word : std::string(at.command->path) + " " + word;
    const Command* next = at.words.empty() ? find_command(path) : nullptr;
    if (next != nullptr) at.command = next;
    if (next == nullptr && !at.command->is_noun()) at.words.push_back(word);
  }
}

class Completer {
 public:
  Completer(const Position& at, std::string_view prefix, const Names& names)
      : at_(at), prefix_(prefix), names_(names) {}

  Completion run() {
    if (at_.pending != nullptr) {
      value_of(*at_.pending, "");
    } else if (!at_.flags_ended && prefix_.starts_with("-")) {
      flags();
    } else if (at_.command->is_noun()) {
      commands(*at_.command);
    } else {
      argument();
    }
    return std::move(found_);
  }

 private:
  void offer(std::string text, std::string_view help) {
    if (text.starts_with(prefix_))
      found_.candidates.push_back({std::move(text), std::string(help)});
  }

  void value_of(const Flag& flag, const std::string& before) {
    if (!flag.choices.empty()) {
      for (const std::string_view choice : split(flag.choices, '|')) {
        offer(before + std::string(choice), "");
      }
    }
    named(flag.completes, before);
  }

  void named(Completes what, const std::string& before) {
    if (what == Completes::kFile || what == Completes::kDirectory) {
      found_.files = what;
    } else if (what == Completes::kCommand) {
      const Command* noun = find_command(join(at_.words, " "));
      if (noun != nullptr) commands(*noun);
    } else if (what != Completes::kNothing) {
      for (Candidate& one : names_(what, at_.words)) offer(before + one.text, one.help);
    }
  }

  // --output=ta: the whole word is completed.
  void flags() {
    const size_t equals = prefix_.find('=');
    if (equals != std::string_view::npos) {
      const Flag* flag = find_flag(*at_.command, prefix_.substr(2, equals - 2));
      if (flag != nullptr) value_of(*flag, std::string(prefix_.substr(0, equals + 1)));
      return;
    }
    for (const FlagGroup& group : flag_groups(*at_.command)) {
      for (const Flag& flag : group.flags) offer("--" + std::string(flag.name), flag.help);
    }
  }

  void commands(const Command& noun) {
    for (const Command* command : commands_below(noun.path)) {
      const size_t skip = noun.path.empty() ? 0 : noun.path.size() + 1;
      offer(std::string(command->path.substr(skip)), command->summary);
    }
  }

  void argument() {
    if (at_.words.empty()) commands(*at_.command);
    const std::span<const Argument> arguments = filled(at_.command->arguments);
    if (arguments.empty()) return;
    const size_t index = at_.words.size();
    if (index < arguments.size())
      named(arguments[index].completes, "");
    else if (arguments.back().repeats)
      named(arguments.back().completes, "");
  }

  const Position& at_;
  std::string_view prefix_;
  const Names& names_;
  Completion found_;
};

}  // namespace

Completion complete(const std::vector<std::string>& words, const Names& names) {
  Position at;
  for (size_t i = 0; i + 1 < words.size(); ++i) take_word(at, words[i]);
  return Completer(at, words.empty() ? "" : std::string_view(words.back()), names).run();
}

}  // namespace kfctl
