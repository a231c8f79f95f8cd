// What is left, and what only the build and the shells call.
#include "cli/cmd.h"
#include "cli/commands/sections.h"

namespace kfctl {
namespace {

constexpr Command kCommands[] = {
    {
        .path = "devices",
        .summary = "List what kfctl can compute on",
        .about =
            "The CPU, and each CUDA device. One that cannot be used is listed with the exact "
            "reason and what to do about it. CUDA's part of kfctl is libkfctl_cuda.so beside the "
            "program, or in the directory that KFCTL_BACKEND_PATH names.",
        .groups = {&kFormatFlags},
        .examples = {{"kfctl devices", "as a table"}, {"kfctl devices -o json", "every fact"}},
        .run = cmd_devices,
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

std::span<const Command> other_commands() { return kCommands; }

}  // namespace kfctl
