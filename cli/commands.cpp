#include "cli/commands.h"

#include <array>

#include "cli/commands/sections.h"

namespace kfctl {
namespace {

// The whole table is 100 KiB: what every start looks into is not copied.
std::array<std::span<const Command>, 6> parts() {
  return {project_commands(), components_commands(), render_commands(),
          deploy_commands(),  learn_commands(),      other_commands()};
}

std::vector<Command> joined() {
  std::vector<Command> all;
  for (const std::span<const Command> part : parts()) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::string_view noun_of(const Command& command) {
  const size_t space = command.path.rfind(' ');
  return space == std::string_view::npos ? "" : command.path.substr(0, space);
}

}  // namespace

std::span<const Command> all_commands() {
  static const std::vector<Command> all = joined();
  return all;
}

const Command* find_command(std::string_view path) {
  for (const std::span<const Command> part : parts()) {
    for (const Command& command : part) {
      if (command.path == path || (!command.alias.empty() && command.alias == path))
        return &command;
    }
  }
  return nullptr;
}

std::vector<const Command*> commands_below(std::string_view noun) {
  std::vector<const Command*> found;
  for (const std::span<const Command> part : parts()) {
    for (const Command& command : part) {
      if (!command.is_hidden() && noun_of(command) == noun) found.push_back(&command);
    }
  }
  return found;
}

std::string_view section_title(Section section) {
  switch (section) {
    case Section::kProject:
      return "The app and its environments";
    case Section::kComponents:
      return "Components and their parameters";
    case Section::kDeploy:
      return "From the app to where it runs";
    case Section::kLearn:
      return "Train models and use them, here and now";
    case Section::kOther:
      return "Other commands";
    case Section::kHidden:
      break;
  }
  return "";
}

std::vector<FlagGroup> flag_groups(const Command& command) {
  std::vector<FlagGroup> groups;
  if (!filled(command.flags).empty()) groups.push_back({"Flags", filled(command.flags)});
  for (const FlagGroup* group : command.groups) {
    if (group != nullptr) groups.push_back(*group);
  }
  groups.push_back(kGlobalFlags);
  return groups;
}

const Flag* find_flag(const Command& command, std::string_view name) {
  for (const FlagGroup& group : flag_groups(command)) {
    for (const Flag& flag : group.flags) {
      if (flag.name == name || (!name.empty() && flag.alias == name)) return &flag;
    }
  }
  return nullptr;
}

const Flag* find_flag(const Command& command, char letter) {
  for (const FlagGroup& group : flag_groups(command)) {
    for (const Flag& flag : group.flags) {
      if (flag.letter == letter) return &flag;
    }
  }
  return nullptr;
}

}  // namespace kfctl
