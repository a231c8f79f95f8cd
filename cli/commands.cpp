#include "cli/commands.h"

#include "cli/cmd.h"

namespace kfctl {
namespace {

// In the order of help: within a section, and within a noun, as they are used.
const Command kCommands[] = {
    {
        .path = "",
        .section = Section::kHidden,
        .summary = "Machine learning on Kubernetes: render, apply and run",
        .flags = {{.name = "version", .help = "print the version"}},
        .examples = {{"kfctl help env add", "explain one command"}},
    },
    {
        .path = "help",
        .summary = "Explain a command",
        .arguments = {{.name = "COMMAND",
                       .help = "the command, in one word or two; all of them if left out",
                       .optional = true,
                       .repeats = true,
                       .completes = Completes::kCommand}},
        .examples = {{"kfctl help env add", "what 'kfctl env add --help' prints"}},
        .run = cmd_help,
    },
    {
        .path = "completion",
        .summary = "Print a script that makes the shell complete kfctl's words",
        .about = "The script asks kfctl itself for the words, so it stays right when kfctl is "
                 "replaced. An installed package has put it where the shells look already.",
        .arguments = {{.name = "SHELL", .help = "bash, zsh or fish"}},
        .examples = {{"source <(kfctl completion bash)", "in ~/.bashrc"},
                     {"kfctl completion zsh > \"${fpath[1]}/_kfctl\"", "for zsh"},
                     {"kfctl completion fish | source", "in ~/.config/fish/config.fish"}},
        .run = cmd_completion,
    },
    {
        .path = "version",
        .summary = "Print the version",
        .groups = {&kFormatFlags},
        .examples = {{"kfctl version -o json", "for a script"}},
        .run = cmd_version,
    },
    {
        .path = "__complete",
        .section = Section::kHidden,
        .summary = "Print what could stand in place of the last word",
        .arguments =
            {{.name = "WORD", .help = "the words behind kfctl", .optional = true, .repeats = true}},
        .examples = {{"kfctl __complete -- env a", "what completion scripts call"}},
        .run = cmd_complete,
    },
    {
        .path = "__man",
        .section = Section::kHidden,
        .summary = "Write the manual pages",
        .arguments = {{.name = "SOURCE", .help = "the folder man/ of the source"},
                      {.name = "TARGET", .help = "the folder to write to"}},
        .examples = {{"kfctl __man man build/share/man/man1", "what the build calls"}},
        .run = cmd_man,
    },
};

}  // namespace

std::span<const Command> all_commands() { return kCommands; }

const Command* find_command(std::string_view path) {
  for (const Command& command : kCommands) {
    if (command.path == path || (!command.alias.empty() && command.alias == path)) return &command;
  }
  return nullptr;
}

std::vector<const Command*> commands_below(std::string_view noun) {
  std::vector<const Command*> found;
  for (const Command& command : kCommands) {
    if (command.is_hidden()) continue;
    const size_t space = command.path.rfind(' ');
    const std::string_view above =
        space == std::string_view::npos ? "" : command.path.substr(0, space);
    if (above == noun) found.push_back(&command);
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
      if (flag.name == name) return &flag;
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
