// Commands: the one table of what kfctl can do.
//
// The parser (args.cpp), help (help.cpp), the man pages (man_page.cpp) and shell completion
// (complete.cpp) read this table; a command exists by being a row of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.h"

namespace kfctl {

class Args;
class Console;
struct World;

struct Argument {
  std::string_view name = {};  // "ENV"
  std::string_view help = {};
  bool optional = false;
  bool repeats = false;  // only the last one
  Completes completes = Completes::kNothing;
};

struct Example {
  std::string_view name = {};  // the command line: "kfctl diff prod"
  std::string_view says = {};  // what it does, in a few words
};

/// Where a command stands in `kfctl --help`.
enum class Section { kProject, kComponents, kDeploy, kLearn, kOther, kHidden };

struct Command {
  std::string_view path = {};   // "env add"; a noun alone ("env") only groups others
  std::string_view alias = {};  // another path with the same meaning, or none
  Section section = Section::kOther;
  std::string_view summary = {};  // one line, begins with a capital, no full stop
  std::string_view about = {};    // paragraphs divided by an empty line; may be empty
  Argument arguments[4] = {};
  Flag flags[10] = {};
  const FlagGroup* groups[5] = {};
  /// Flags that the table cannot know (the parameters of a prototype) are collected, each with a
  /// value: Args::parameters. What help calls them, or "" for a command that takes none.
  std::string_view free_flags = {};
  Example examples[4] = {};
  int (*run)(const Args& args, Console& console, World& world) = nullptr;  // null for a noun

  bool is_noun() const { return run == nullptr; }
  bool is_hidden() const { return section == Section::kHidden; }
};

std::span<const Command> all_commands();

/// The command of that path or alias, or nullptr.
const Command* find_command(std::string_view path);

/// The commands of a noun ("env"), or those with one word for "". Hidden ones are left out.
std::vector<const Command*> commands_below(std::string_view noun);

/// "Deploy" and so on; "" for kHidden.
std::string_view section_title(Section section);

/// The groups of flags of one command, its own first, the global ones last.
std::vector<FlagGroup> flag_groups(const Command& command);

/// The flag of that name (without dashes) or one-letter short form among all of the command's.
const Flag* find_flag(const Command& command, std::string_view name);
const Flag* find_flag(const Command& command, char letter);

}  // namespace kfctl
