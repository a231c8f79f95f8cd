// Args: what the user typed, checked against the table of commands, and nothing more.
//
// Parsing never touches the world: whether a file or an environment exists is for the command.
// CLI11 does the splitting of words into flags and values; it is included in args.cpp only, and
// sees only the flags of the command that was chosen, because building all of them costs more
// than the rest of the start.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/commands.h"

namespace kfctl {

class Args {
 public:
  using Parameter = std::pair<std::string, std::string>;

  const Command& command() const { return *command_; }

  /// True if the switch was given (and not as --name=false), or the flag was given a value.
  /// For this and the others below: REQUIRES that the table gives the command that flag.
  bool has(std::string_view flag) const { return count(flag) > 0; }
  int count(std::string_view flag) const;

  /// The last value of the flag, or `otherwise`.
  std::string value(std::string_view flag, std::string_view otherwise = "") const;

  /// All values of a flag that repeats, in the order given.
  std::vector<std::string> values(std::string_view flag) const;

  /// The words that are not flags. word(i) is "" for an optional one that was not given.
  const std::vector<std::string>& words() const { return words_; }
  const std::string& word(size_t index) const;

  /// The flags that only the command can judge (Command::free_flags), in the order given.
  const std::vector<Parameter>& parameters() const { return parameters_; }

 private:
  friend Result<Args> parse_args(const std::vector<std::string>& words);
  friend Args empty_args(const Command& command);

  struct Given {
    const Flag* flag;
    std::vector<std::string> values;  // of a switch: "true" for each time
  };
  const Given* given(std::string_view flag) const;

  const Command* command_ = nullptr;
  std::vector<Given> given_;
  std::vector<std::string> words_;
  std::vector<Parameter> parameters_;
};

/// The Args of a command called with nothing. For tests and for `kfctl` alone.
Args empty_args(const Command& command);

/// Reads the command line, the program's name left out. With --help among the flags, missing and
/// surplus words are no error.
/// Errors: kUsage, with the near word as hint.
Result<Args> parse_args(const std::vector<std::string>& words);

/// What parse_args does first: the command that `words` name and the words that are left.
struct CommandWords {
  const Command* command = nullptr;
  std::vector<std::string> rest;
};
/// Errors: kUsage for an unknown command.
Result<CommandWords> split_command(const std::vector<std::string>& words);

}  // namespace kfctl
