// The app and its environments.
#include "cli/cmd.h"
#include "cli/commands/sections.h"

namespace kfctl {
namespace {

constexpr Command kCommands[] = {
    {
        .path = "",
        .section = Section::kHidden,
        .summary = "Machine learning on Kubernetes: render, apply and run",
        .flags = {{.name = "version", .help = "print the version"}},
        .examples = {{"kfctl help env add", "explain one command"}},
    },
    {
        .path = "init",
        .section = Section::kProject,
        .summary = "Make a new app",
        .about =
            "The app is a folder with ksonnet's layout. Its first environment writes manifests to "
            "the directory manifests/ENV of the app, so that everything can be tried without a "
            "cluster; --context or --server point it at one.",
        .arguments = {{.name = "APP",
                       .help = "the folder to make, which also names the app",
                       .completes = Completes::kDirectory}},
        .flags = {{.name = "env",
                   .value = "NAME",
                   .help = "the first environment",
                   .otherwise = "default"}},
        .groups = {&kDestinationFlags},
        .examples = {{"kfctl init shop", "an app whose environment is a directory"},
                     {"kfctl init shop --context prod -n shop", "one that goes to a cluster"}},
        .run = cmd_init,
    },
    {
        .path = "env",
        .section = Section::kProject,
        .summary = "Environments: where the app goes",
        .examples = {{"kfctl env list", "the environments of this app"}},
    },
    {
        .path = "env add",
        .section = Section::kProject,
        .summary = "Add an environment",
        .about = "Without a destination flag, its objects go to the directory manifests/NAME.",
        .arguments = {{.name = "NAME", .help = "its name; us-west/prod nests folders"}},
        .flags = {{.name = "override", .letter = 'o', .help = "write to app.override.yaml"}},
        .groups = {&kDestinationFlags},
        .examples = {{"kfctl env add prod --context prod --namespace ml", "a cluster"},
                     {"kfctl env add staging --directory gitops/staging",
                      "manifests for Git-based delivery"}},
        .run = cmd_env_add,
    },
    {
        .path = "env list",
        .section = Section::kProject,
        .summary = "List the environments and their destinations",
        .groups = {&kFormatFlags},
        .examples = {{"kfctl env list", "as a table"}, {"kfctl env list -o json", "for a script"}},
        .run = cmd_env_list,
    },
    {
        .path = "env describe",
        .section = Section::kProject,
        .summary = "Print all there is to know about an environment",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as",
                   .choices = "yaml|json",
                   .otherwise = "yaml"}},
        .examples = {{"kfctl env describe prod", "as YAML"}},
        .run = cmd_env_describe,
    },
    {
        .path = "env set",
        .section = Section::kProject,
        .summary = "Change an environment: its name, its destination",
        .about = "A new server, context or directory takes the place of the one that was set.",
        .arguments = {{.name = "ENV",
                       .help = "the environment",
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "name", .value = "NAME", .help = "its new name"},
                  {.name = "override", .letter = 'o', .help = "write to app.override.yaml"}},
        .groups = {&kDestinationFlags},
        .examples = {{"kfctl env set default --context kind-dev", "from a directory to a cluster"},
                     {"kfctl env set default --name dev", "rename it"}},
        .run = cmd_env_set,
    },
    {
        .path = "env rm",
        .section = Section::kProject,
        .summary = "Remove an environment from the app",
        .about = "Its folder with its parameters goes; what it deployed stays where it is. "
                 "'kfctl delete' removes that, and has to come first.",
        .arguments = {{.name = "ENV",
                       .help = "the environment",
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "override",
                   .letter = 'o',
                   .help = "remove only what app.override.yaml says of it"}},
        .examples = {{"kfctl env rm staging", "remove staging"}},
        .run = cmd_env_rm,
    },
    {
        .path = "env current",
        .section = Section::kProject,
        .summary = "Print or set the environment that commands take when none is named",
        .flags = {{.name = "set",
                   .value = "ENV",
                   .help = "take this one from now on",
                   .completes = Completes::kEnvironment},
                  {.name = "unset", .help = "take none from now on"}},
        .examples = {{"kfctl env current --set dev", "then 'kfctl apply' means dev"}},
        .run = cmd_env_current,
    },
    {
        .path = "env targets",
        .section = Section::kProject,
        .summary = "Choose the modules that an environment deploys",
        .about = "The list replaces the one before. The root module is '/'.",
        .arguments = {{.name = "ENV",
                       .help = "the environment",
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "module",
                   .value = "NAME",
                   .help = "deploy this module",
                   .repeats = true,
                   .completes = Completes::kModule},
                  {.name = "override", .letter = 'o', .help = "write to app.override.yaml"}},
        .examples = {{"kfctl env targets prod --module / --module db", "the root module and db"}},
        .run = cmd_env_targets,
    },
};

}  // namespace

std::span<const Command> project_commands() { return kCommands; }

}  // namespace kfctl
