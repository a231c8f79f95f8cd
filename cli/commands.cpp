#include "cli/commands.h"

#include "cli/cmd.h"
#include "cli/learn_flags.h"

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
    {
        .path = "prototype",
        .section = Section::kComponents,
        .summary = "Prototypes: what components can be made from",
        .examples = {{"kfctl prototype list", "all of them"}},
    },
    {
        .path = "prototype list",
        .section = Section::kComponents,
        .summary = "List the prototypes",
        .groups = {&kFormatFlags},
        .examples = {{"kfctl prototype list", "as a table"}},
        .run = cmd_prototype_list,
    },
    {
        .path = "prototype search",
        .section = Section::kComponents,
        .summary = "List the prototypes that mention a text",
        .about = "Names and descriptions are searched, capitals or not. Exit code 1 if there is "
                 "none.",
        .arguments = {{.name = "TEXT", .help = "what to look for"}},
        .groups = {&kFormatFlags},
        .examples = {{"kfctl prototype search notebook", "prototypes for notebooks"}},
        .run = cmd_prototype_search,
    },
    {
        .path = "prototype describe",
        .section = Section::kComponents,
        .summary = "Print what a prototype is for and which parameters it takes",
        .arguments = {{.name = "PROTOTYPE",
                       .help = "its name, or the last part of it",
                       .completes = Completes::kPrototype}},
        .groups = {&kFormatFlags},
        .examples = {{"kfctl prototype describe jupyter", "before generating one"}},
        .run = cmd_prototype_describe,
    },
    {
        .path = "prototype preview",
        .section = Section::kComponents,
        .summary = "Print the jsonnet that 'kfctl generate' would write",
        .arguments = {{.name = "PROTOTYPE",
                       .help = "its name, or the last part of it",
                       .completes = Completes::kPrototype},
                      {.name = "NAME",
                       .help = "the component's name; the prototype's if left out",
                       .optional = true}},
        .flags = {{.name = "values-file",
                   .value = "FILE",
                   .help = "a jsonnet object of parameters, which win over flags",
                   .completes = Completes::kFile},
                  {.name = "module",
                   .value = "NAME",
                   .help = "the component's module",
                   .completes = Completes::kModule}},
        .free_flags = "PARAMETER",
        .examples = {{"kfctl prototype preview webapp web --image nginx", "before writing it"}},
        .run = cmd_prototype_preview,
    },
    {
        .path = "generate",
        .alias = "prototype use",
        .section = Section::kComponents,
        .summary = "Make a component from a prototype",
        .about =
            "Writes components/NAME.jsonnet and the parameters to components/params.libsonnet. "
            "Parameters are given as flags: --image nginx. 'kfctl prototype describe PROTOTYPE' "
            "says which there are.",
        .arguments = {{.name = "PROTOTYPE",
                       .help = "its name, or the last part of it",
                       .completes = Completes::kPrototype},
                      {.name = "NAME",
                       .help = "the component's name; db.cache is cache in module db"}},
        .flags = {{.name = "values-file",
                   .value = "FILE",
                   .help = "a jsonnet object of parameters, which win over flags",
                   .completes = Completes::kFile},
                  {.name = "module",
                   .value = "NAME",
                   .help = "the component's module",
                   .completes = Completes::kModule}},
        .free_flags = "PARAMETER",
        .examples = {{"kfctl generate webapp web --image nginx --replicas 2", "a web application"},
                     {"kfctl generate jupyter notebooks", "notebooks for a team"}},
        .run = cmd_generate,
    },
    {
        .path = "component",
        .section = Section::kComponents,
        .summary = "Components: what the app is made of",
        .examples = {{"kfctl component list", "all of them"}},
    },
    {
        .path = "component list",
        .section = Section::kComponents,
        .summary = "List the components",
        .flags = {{.name = "module",
                   .value = "NAME",
                   .help = "only those of this module",
                   .completes = Completes::kModule}},
        .groups = {&kFormatFlags},
        .examples = {{"kfctl component list", "as a table"}},
        .run = cmd_component_list,
    },
    {
        .path = "component rm",
        .section = Section::kComponents,
        .summary = "Remove a component and its parameters from the app",
        .about = "What it deployed stays until 'kfctl apply --prune' removes it.",
        .arguments = {{.name = "NAME",
                       .help = "the component; db.cache is cache in module db",
                       .completes = Completes::kComponent}},
        .examples = {{"kfctl component rm web", "remove web"}},
        .run = cmd_component_rm,
    },
    {
        .path = "module",
        .section = Section::kComponents,
        .summary = "Modules: folders of components",
        .examples = {{"kfctl module list", "all of them"}},
    },
    {
        .path = "module list",
        .section = Section::kComponents,
        .summary = "List the modules",
        .groups = {&kFormatFlags},
        .examples = {{"kfctl module list", "as a table"}},
        .run = cmd_module_list,
    },
    {
        .path = "module create",
        .section = Section::kComponents,
        .summary = "Make a module",
        .arguments = {{.name = "NAME", .help = "its name; a.b is module b in module a"}},
        .examples = {{"kfctl module create db", "components/db"}},
        .run = cmd_module_create,
    },
    {
        .path = "param",
        .section = Section::kComponents,
        .summary = "Parameters of components and environments",
        .examples = {{"kfctl param list", "all of them"}},
    },
    {
        .path = "param set",
        .section = Section::kComponents,
        .summary = "Set a parameter of a component",
        .about =
            "With --env only that environment gets the value. Without a component, --env sets a "
            "parameter of all components of the environment.\n\n"
            "A number, true, false, null, and a jsonnet array or object are taken as such; "
            "everything else, and everything with --as-string, is a string. KEY may be a path: "
            "resources.limits.cpu.",
        .arguments = {{.name = "COMPONENT",
                       .help = "the component; all of them if left out",
                       .optional = true,
                       .completes = Completes::kComponent},
                      {.name = "KEY", .help = "the parameter", .completes = Completes::kParameter},
                      {.name = "VALUE", .help = "its value"}},
        .flags = {{.name = "env",
                   .value = "ENV",
                   .help = "for this environment only",
                   .completes = Completes::kEnvironment},
                  {.name = "module",
                   .value = "NAME",
                   .help = "without a component: for all components of this module",
                   .completes = Completes::kModule},
                  {.name = "as-string", .help = "take VALUE as a string, whatever it looks like"},
                  {.name = "new", .help = "add the parameter although its name is near another's"}},
        .examples = {{"kfctl param set web replicas 3", "for every environment"},
                     {"kfctl param set web replicas 5 --env prod", "for one"}},
        .run = cmd_param_set,
    },
    {
        .path = "param delete",
        .section = Section::kComponents,
        .summary = "Delete a parameter",
        .arguments = {{.name = "COMPONENT",
                       .help = "the component; all of them if left out",
                       .optional = true,
                       .completes = Completes::kComponent},
                      {.name = "KEY", .help = "the parameter", .completes = Completes::kParameter}},
        .flags = {{.name = "env",
                   .value = "ENV",
                   .help = "what was set for this environment",
                   .completes = Completes::kEnvironment},
                  {.name = "module",
                   .value = "NAME",
                   .help = "without a component: what was set for all of this module",
                   .completes = Completes::kModule}},
        .examples = {{"kfctl param delete web replicas --env prod", "back to the common value"}},
        .run = cmd_param_delete,
    },
    {
        .path = "param list",
        .section = Section::kComponents,
        .summary = "List parameters and their values",
        .arguments = {{.name = "COMPONENT",
                       .help = "the component; all of them if left out",
                       .optional = true,
                       .completes = Completes::kComponent}},
        .flags = {{.name = "env",
                   .value = "ENV",
                   .help = "as this environment sees them",
                   .completes = Completes::kEnvironment},
                  {.name = "module",
                   .value = "NAME",
                   .help = "only those of this module",
                   .completes = Completes::kModule}},
        .groups = {&kFormatFlags},
        .examples = {{"kfctl param list web --env prod", "what web gets in prod"}},
        .run = cmd_param_list,
    },
    {
        .path = "param diff",
        .section = Section::kComponents,
        .summary = "List the parameters in which two environments differ",
        .about = "Exit code 1 if they differ.",
        .arguments =
            {{.name = "ENV1", .help = "one environment", .completes = Completes::kEnvironment},
             {.name = "ENV2", .help = "the other one", .completes = Completes::kEnvironment}},
        .flags = {{.name = "component",
                   .value = "NAME",
                   .help = "only those of this component",
                   .completes = Completes::kComponent}},
        .groups = {&kFormatFlags},
        .examples = {{"kfctl param diff staging prod", "what prod does otherwise"}},
        .run = cmd_param_diff,
    },
    {
        .path = "show",
        .section = Section::kDeploy,
        .summary = "Print the objects of an environment",
        .about = "Renders the components with the environment's parameters. Needs no cluster.",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one, or the only one, if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as",
                   .alias = "format",
                   .choices = "yaml|json",
                   .otherwise = "yaml"},
                  {.name = "namespace",
                   .letter = 'n',
                   .value = "NAME",
                   .help = "namespace of objects that name none"}},
        .groups = {&kSelectionFlags, &kJsonnetFlags},
        .examples = {{"kfctl show prod", "all objects as YAML"},
                     {"kfctl show prod -c web -o json", "those of one component as a JSON list"}},
        .run = cmd_show,
    },
    {
        .path = "validate",
        .section = Section::kDeploy,
        .summary = "Check the objects of an environment before a cluster does",
        .about =
            "Fields, types, names, selectors and references are checked against what Kubernetes "
            "1.29 to 1.34 accept, and custom resources against their definitions, without a "
            "cluster. What is named but is not in the app is a warning: it may be on the cluster "
            "already. Exit code 0 without errors, 3 with.",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one, or the only one, if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "kubernetes-version",
                   .value = "VERSION",
                   .help = "the version to check for, such as 1.31",
                   .otherwise = "that of the environment"},
                  {.name = "strict", .help = "what is not in the app is an error, not a warning"},
                  {.name = "server-side",
                   .help =
                       "let the environment's cluster check the objects too, changing nothing"}},
        .groups = {&kFormatFlags, &kSelectionFlags, &kJsonnetFlags, &kConnectionFlags},
        .examples = {{"kfctl validate prod", "all components"},
                     {"kfctl validate prod --kubernetes-version 1.31", "before an upgrade"},
                     {"kfctl validate prod --server-side", "and ask the cluster"}},
        .run = cmd_validate,
    },
    {
        .path = "jsonnet",
        .section = Section::kDeploy,
        .summary = "Evaluate a jsonnet file",
        .about = "Takes the flags of the jsonnet command and prints the same bytes, only sooner. "
                 "The native functions of ksonnet are there.",
        .arguments = {{.name = "FILE",
                       .help = "the file, or with -e the program itself",
                       .completes = Completes::kFile}},
        .flags = {{.name = "exec", .letter = 'e', .help = "FILE is the program itself"},
                  {.name = "string",
                   .letter = 'S',
                   .help = "the value is a string: print it as it is"},
                  {.name = "yaml-stream",
                   .letter = 'y',
                   .help = "the value is an array: print each item as a document"},
                  {.name = "multi",
                   .letter = 'm',
                   .value = "DIR",
                   .help = "the value is an object: write each field to a file and list the files",
                   .completes = Completes::kDirectory},
                  {.name = "create-output-dirs",
                   .letter = 'c',
                   .help = "make the directories of output files"},
                  {.name = "output-file",
                   .letter = 'o',
                   .value = "FILE",
                   .help = "write to FILE and not to standard output",
                   .completes = Completes::kFile}},
        .groups = {&kLanguageFlags},
        .examples = {{"kfctl jsonnet config.jsonnet -J vendor", "a file"},
                     {"kfctl jsonnet -e '{ a: 1 + 1 }'", "a program from the command line"},
                     {"kfctl jsonnet -S -m out -c site.jsonnet", "several files of text"}},
        .run = cmd_jsonnet,
    },
    {
        .path = "fmt",
        .section = Section::kComponents,
        .summary = "Lay jsonnet code out as jsonnetfmt does",
        .about =
            "One FILE is printed. With -i it is rewritten in place, as are all files of a folder "
            "and, without FILES, those of the app, installed packages left out; what would not "
            "change is not touched. --test and --diff write nothing, and exit code 1 says that "
            "something would change. The code is laid out by libjsonnet, to the bytes of "
            "jsonnetfmt.",
        .arguments = {{.name = "FILES",
                       .help = "files or folders; - is standard input",
                       .optional = true,
                       .repeats = true,
                       .completes = Completes::kFile}},
        .flags = {{.name = "in-place", .letter = 'i', .help = "rewrite the files"},
                  {.name = "test", .help = "only list the files that would change"},
                  {.name = "diff", .help = "only show what would change, as 'diff -u'"},
                  {.name = "exec", .letter = 'e', .help = "FILES is the code itself"},
                  {.name = "output-file",
                   .letter = 'o',
                   .value = "FILE",
                   .help = "write to FILE and not to standard output",
                   .completes = Completes::kFile}},
        .groups = {&kStyleFlags},
        .examples = {{"kfctl fmt", "the app's own files"},
                     {"kfctl fmt --test", "in CI: exit code 1 if a file would change"},
                     {"kfctl fmt --diff components", "what would change, and how"},
                     {"kfctl fmt - --string-style d", "from an editor"}},
        .run = cmd_fmt,
    },
    {
        .path = "lint",
        .section = Section::kComponents,
        .summary = "Find mistakes in jsonnet code without evaluating it",
        .about =
            "Without FILES those of the app are looked at, installed packages left out. What a "
            "name is, is followed through locals and imports; where it may be anything, nothing "
            "is said. A comment silences a rule on its line, or alone on a line on the next: "
            "// lint-ignore: unused-local. // lint-ignore-file: RULE silences it in the file. "
            "Exit code 1 if anything was found.",
        .arguments = {{.name = "FILES",
                       .help = "files or folders",
                       .optional = true,
                       .repeats = true,
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as; sarif and github are for code hosts",
                   .choices = "text|json|sarif|github",
                   .otherwise = "text"},
                  {.name = "disable",
                   .value = "RULE",
                   .help = "leave this rule out",
                   .repeats = true},
                  {.name = "jpath",
                   .letter = 'J',
                   .value = "PATH",
                   .help = "one more directory to import from, searched last",
                   .repeats = true,
                   .completes = Completes::kDirectory}},
        .examples = {{"kfctl lint", "the app's own files"},
                     {"kfctl lint lib -J vendor --disable shadowing", "a folder"},
                     {"kfctl lint -o github", "in a workflow of GitHub"}},
        .run = cmd_lint,
    },
    {
        .path = "diff",
        .section = Section::kDeploy,
        .summary = "Show what 'kfctl apply' would change, and change nothing",
        .about =
            "Every field that would change is shown with its value at the destination and its "
            "value in the app. A cluster is asked by a dry run, so its defaults make no noise. "
            "Values of Secrets are masked. Exit code 0 if nothing would change, 1 if something "
            "would.",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one, or the only one, if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as",
                   .choices = "text|unified|names|json|yaml",
                   .otherwise = "text"},
                  {.name = "prune", .help = "include what 'kfctl apply --prune' would delete"},
                  {.name = "force-conflicts",
                   .help = "as 'kfctl apply --force-conflicts' would do it"}},
        .groups = {&kSelectionFlags, &kJsonnetFlags, &kConnectionFlags},
        .examples = {{"kfctl diff prod", "field by field"},
                     {"kfctl diff prod -o unified", "as 'diff -u' of YAML"},
                     {"kfctl diff prod -o names", "which objects only"}},
        .run = cmd_diff,
    },
    {
        .path = "apply",
        .section = Section::kDeploy,
        .summary = "Make the destination be what the app says",
        .about =
            "Objects that differ are created or changed; what is the same already is left alone. "
            "A cluster is changed by server-side apply as field manager 'kfctl', in an order in "
            "which nothing waits for what comes later. In a directory only files that kfctl wrote "
            "for this environment are touched.",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one, or the only one, if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "dry-run",
                   .help = "let the destination check everything, change nothing"},
                  {.name = "prune",
                   .help = "delete what an earlier apply made and the app no longer has"},
                  {.name = "force-conflicts",
                   .help = "take over fields that another field manager owns"},
                  {.name = "wait", .help = "return when everything is ready, or one thing failed"},
                  {.name = "timeout",
                   .value = "TIME",
                   .help = "wait this long at most for an object to be ready",
                   .otherwise = "5m"},
                  {.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as; ndjson is a line for each event as it happens",
                   .choices = "text|json|yaml|ndjson",
                   .otherwise = "text"}},
        .groups = {&kSelectionFlags, &kJsonnetFlags, &kConnectionFlags},
        .examples = {{"kfctl apply prod", "all components"},
                     {"kfctl apply prod -c web --dry-run", "one component, as a rehearsal"},
                     {"kfctl apply prod --wait --timeout 10m", "until it runs"},
                     {"kfctl apply prod --prune", "and delete what is gone from the app"}},
        .run = cmd_apply,
    },
    {
        .path = "status",
        .section = Section::kDeploy,
        .summary = "Show the health of everything in an environment",
        .about =
            "Each object with what was made from it: a Deployment, its ReplicaSets, their Pods; "
            "also what an earlier apply made and the app no longer has. Of a directory, whether "
            "its files are as rendered. Exit code 0 if all of it is current, 1 if not.",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one, or the only one, if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "all", .help = "show the parts of what is current too"},
                  {.name = "watch",
                   .letter = 'w',
                   .help = "show it again whenever it changes, until interrupted; "
                           "with -o json a line each time"}},
        .groups = {&kFormatFlags, &kSelectionFlags, &kJsonnetFlags, &kConnectionFlags},
        .examples = {{"kfctl status prod", "what is not well, and why"},
                     {"kfctl status prod --all -c web", "all parts of one component"},
                     {"kfctl status prod --watch", "as it changes"}},
        .run = cmd_status,
    },
    {
        .path = "wait",
        .section = Section::kDeploy,
        .summary = "Wait until an environment is ready, or gone",
        .about =
            "Ends early, with the last lines of its log, when something has failed. Exit code 0 "
            "when everything is as it should be, 4 when it is not in time.",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one, or the only one, if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "for",
                   .value = "STATE",
                   .help = "what to wait for",
                   .choices = "ready|deleted",
                   .otherwise = "ready"},
                  {.name = "timeout",
                   .value = "TIME",
                   .help = "wait this long at most; 0 waits for ever",
                   .otherwise = "5m"},
                  {.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as; ndjson is a line for each event as it happens",
                   .choices = "text|json|yaml|ndjson",
                   .otherwise = "text"}},
        .groups = {&kSelectionFlags, &kJsonnetFlags, &kConnectionFlags},
        .examples = {{"kfctl wait prod --timeout 10m", "until everything runs"},
                     {"kfctl wait staging --for deleted", "after 'kfctl delete --no-wait'"}},
        .run = cmd_wait,
    },
    {
        .path = "logs",
        .section = Section::kDeploy,
        .summary = "Print what the pods of an environment print",
        .about =
            "All containers of all pods of the components' workloads, each line behind the name of "
            "its pod and container. With -f the lines come as they are printed, from pods that "
            "start later too. Exit code 1 if no container has printed anything yet.",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one, or the only one, if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "follow", .letter = 'f', .help = "go on until interrupted"},
                  {.name = "since",
                   .value = "TIME",
                   .help = "only lines of the last while, such as 10m"},
                  {.name = "tail",
                   .value = "NUMBER",
                   .help = "only the last lines of each container",
                   .otherwise = "all"},
                  {.name = "previous", .help = "what a container printed before it was restarted"},
                  {.name = "container", .value = "NAME", .help = "only containers of this name"},
                  {.name = "timestamps", .help = "begin each line with its time"},
                  {.name = "no-prefix", .help = "print the lines alone"},
                  {.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as; ndjson is an object for each line",
                   .choices = "text|ndjson",
                   .otherwise = "text"}},
        .groups = {&kSelectionFlags, &kJsonnetFlags, &kConnectionFlags},
        .examples = {{"kfctl logs prod -c web --tail 20", "the end of each"},
                     {"kfctl logs prod -f --since 1m", "as they come"},
                     {"kfctl logs prod -c web --previous", "why it was restarted"}},
        .run = cmd_logs,
    },
    {
        .path = "events",
        .section = Section::kDeploy,
        .summary = "Show what a cluster recorded about the objects of an environment",
        .about = "Of the objects and of all that was made from them, the oldest first. A cluster "
                 "forgets its events after an hour.",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one, or the only one, if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "watch",
                   .letter = 'w',
                   .help = "go on until interrupted; with -o json a line for each"}},
        .groups = {&kFormatFlags, &kSelectionFlags, &kJsonnetFlags, &kConnectionFlags},
        .examples = {{"kfctl events prod", "of the last hour"},
                     {"kfctl events prod -c web --watch", "of one component, as they happen"}},
        .run = cmd_events,
    },
    {
        .path = "delete",
        .section = Section::kDeploy,
        .summary = "Delete the objects of an environment",
        .about =
            "Deletes in the opposite order of apply and waits until the objects are gone. Asks "
            "first; where there is no terminal to ask on, --yes has to be given.",
        .arguments = {{.name = "ENV",
                       .help = "the environment; the current one, or the only one, if left out",
                       .optional = true,
                       .completes = Completes::kEnvironment}},
        .flags = {{.name = "yes", .letter = 'y', .help = "do not ask"},
                  {.name = "dry-run", .help = "show what would be deleted, delete nothing"},
                  {.name = "no-wait", .help = "do not wait for the objects to be gone"},
                  {.name = "timeout",
                   .value = "TIME",
                   .help = "wait this long at most",
                   .otherwise = "5m"},
                  {.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as",
                   .choices = "text|json|yaml",
                   .otherwise = "text"}},
        .groups = {&kSelectionFlags, &kJsonnetFlags, &kConnectionFlags},
        .examples = {{"kfctl delete staging", "asks, then deletes"},
                     {"kfctl delete staging --yes --no-wait", "in a script"}},
        .run = cmd_delete,
    },
    {
        .path = "train",
        .section = Section::kLearn,
        .summary = "Train a model from data files",
        .about =
            "Reads CSV, TSV, JSON lines, libsvm, IDX, NPY, NPZ or TFRecord, packed with gzip or "
            "not; finds out what the columns hold; splits the rows; trains; and writes a run "
            "directory with the model, its metrics, checkpoints and report.html.\n\n"
            "A run is described by a file (jsonnet, YAML or JSON), by flags, or by both, of which "
            "flags win. The same data, config and seed give the same weights, bit for bit, also "
            "when the run was stopped or killed and went on with --resume.",
        .arguments = {{.name = "FILE",
                       .help = "the config of the run; 'kfctl train init' writes a first one",
                       .optional = true,
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .value = "DIR",
                   .help = "the run directory to make",
                   .completes = Completes::kDirectory},
                  {.name = "resume",
                   .value = "DIR",
                   .help = "go on with this run from its last checkpoint",
                   .completes = Completes::kDirectory},
                  {.name = "print-config", .help = "print the config with all defaults, and stop"},
                  {.name = "fast-dev-run",
                   .help = "make three steps and a validation to see that all fits; write nothing"},
                  {.name = "metrics",
                   .value = "FORMAT",
                   .help = "also print the metrics of each epoch on standard output",
                   .choices = "katib"}},
        .groups = {&kDataFlags, &kModelFlags, &kDeviceFlags},
        .examples = {{"kfctl train --data iris.csv --label species --output iris", "from a table"},
                     {"kfctl train --data train-images-idx3-ubyte.gz --labels "
                      "train-labels-idx1-ubyte.gz --model mlp --output run",
                      "from images"},
                     {"kfctl train run.yaml --set train.epochs=5 --output short", "from a file"},
                     {"kfctl train --resume run", "after a crash"}},
        .run = cmd_train,
    },
    {
        .path = "train init",
        .section = Section::kLearn,
        .summary = "Write a first config for data",
        .about = "Looks at the data, finds out the types of its columns and fills in every field.",
        .arguments = {{.name = "FILE",
                       .help = "a config to start from",
                       .optional = true,
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .value = "FILE",
                   .help = "write there instead of to standard output",
                   .completes = Completes::kFile}},
        .groups = {&kDataFlags, &kModelFlags},
        .examples = {{"kfctl train init --data iris.csv --label species --output run.yaml",
                      "then edit it"}},
        .run = cmd_train_init,
    },
    {
        .path = "eval",
        .section = Section::kLearn,
        .summary = "Measure how well a model does on data",
        .about = "Accuracy, precision, recall and F1 of each class, exact areas under the ROC and "
                 "precision-recall curves, log loss, Brier score and calibration; of a regression "
                 "MAE, RMSE and R2. Without --data, on the run's own test rows (or validation "
                 "rows, if it kept none).",
        .arguments = {{.name = "MODEL",
                       .help = "a run directory or a model file",
                       .completes = Completes::kFile}},
        .flags = {{.name = "split",
                   .value = "NAME",
                   .help = "the split of the run's own data",
                   .choices = "train|validation|test"},
                  {.name = "report",
                   .value = "FILE",
                   .help = "write charts as one HTML file",
                   .completes = Completes::kFile}},
        .groups = {&kDataFlags, &kDeviceFlags, &kFormatFlags},
        .examples = {{"kfctl eval run", "on the run's own test rows"},
                     {"kfctl eval run --data test.csv -o json", "on other data, for a script"}},
        .run = cmd_eval,
    },
    {
        .path = "predict",
        .section = Section::kLearn,
        .summary = "Predict each row of data files",
        .about = "Rows keep their order. Data of any size go through in blocks.",
        .arguments = {{.name = "MODEL",
                       .help = "a run directory or a model file",
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .value = "FILE",
                   .help = "write .csv, .jsonl or .npy; '-' is CSV on standard output",
                   .otherwise = "-",
                   .completes = Completes::kFile},
                  {.name = "key",
                   .value = "COLUMN",
                   .help = "pass this column through, in front",
                   .repeats = true},
                  {.name = "probabilities", .help = "add the probability of each class"}},
        .groups = {&kDataFlags, &kDeviceFlags},
        .examples = {{"kfctl predict run --data new.csv --key id --output out.csv", "with ids"},
                     {"kfctl predict run --data new.csv --probabilities", "to standard output"}},
        .run = cmd_predict,
    },
    {
        .path = "export",
        .section = Section::kLearn,
        .summary = "Write a model as ONNX",
        .about = "The file takes the columns of the data as they are, strings among them, and "
                 "computes everything itself: missing values, scales, categories, the layers. "
                 "Operator set 17, which onnxruntime, Triton and KServe run. The model file itself "
                 "is safetensors already.",
        .arguments = {{.name = "MODEL",
                       .help = "a run directory or a model file",
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .value = "FILE",
                   .help = "the file to write",
                   .completes = Completes::kFile}},
        .examples = {{"kfctl export run --output model.onnx", "for a model server"}},
        .run = cmd_export,
    },
    {
        .path = "model",
        .section = Section::kLearn,
        .summary = "Models: what training leaves behind",
        .examples = {{"kfctl model list", "those in the current directory"}},
    },
    {
        .path = "model list",
        .section = Section::kLearn,
        .summary = "List the models and runs in a directory",
        .arguments = {{.name = "DIR",
                       .help = "where to look",
                       .optional = true,
                       .completes = Completes::kDirectory}},
        .groups = {&kFormatFlags},
        .examples = {{"kfctl model list runs", "as a table"}},
        .run = cmd_model_list,
    },
    {
        .path = "model describe",
        .section = Section::kLearn,
        .summary = "Print all there is to know about a model",
        .arguments = {{.name = "MODEL",
                       .help = "a run directory or a model file",
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as",
                   .choices = "yaml|json",
                   .otherwise = "yaml"}},
        .examples = {{"kfctl model describe run", "as YAML"}},
        .run = cmd_model_describe,
    },
    {
        .path = "model compare",
        .section = Section::kLearn,
        .summary = "Compare models side by side",
        .arguments = {{.name = "MODEL",
                       .help = "run directories or model files",
                       .repeats = true,
                       .completes = Completes::kFile}},
        .groups = {&kFormatFlags},
        .examples = {{"kfctl model compare linear mlp", "two runs"}},
        .run = cmd_model_compare,
    },
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
