// Rendering: from the app to objects, and jsonnet by itself.
#include "cli/cmd.h"
#include "cli/commands/sections.h"

namespace kfctl {
namespace {

constexpr Command kCommands[] = {
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
        .groups = {&kSelectionFlags, &kJsonnetFlags, &kProfileFlags},
        .examples = {{"kfctl show prod", "all objects as YAML"},
                     {"kfctl show prod -c web -o json", "those of one component as a JSON list"},
                     {"kfctl show prod --profile flame.svg", "what takes the time"}},
        .run = cmd_show,
    },
    {
        .path = "explain",
        .section = Section::kDeploy,
        .summary = "Say which line of which file gives a value",
        .about =
            "For a value of a rendered object: the line of jsonnet, of a params.libsonnet or of a "
            "YAML component that it comes from, by way of which variables and calls, and which "
            "definitions it overrides. For a computed value, also where the values in it come "
            "from. Without PATH, one line for every value of the object.",
        .arguments = {{.name = "ENV",
                       .help = "the environment",
                       .completes = Completes::kEnvironment},
                      {.name = "OBJECT",
                       .help = "KIND/NAME, NAMESPACE/KIND/NAME, or the name alone if it is the "
                               "only one"},
                      {.name = "PATH",
                       .help = "such as spec.template.spec.containers[0].image, or "
                               "metadata.labels[\"a.b/c\"]",
                       .optional = true}},
        .flags = {{.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as",
                   .choices = "text|json|yaml",
                   .otherwise = "text"},
                  {.name = "namespace",
                   .letter = 'n',
                   .value = "NAME",
                   .help = "namespace of objects that name none"}},
        .groups = {&kSelectionFlags, &kLanguageFlags},
        .examples = {{"kfctl explain prod Deployment/web spec.replicas", "who set that"},
                     {"kfctl explain prod web", "every value of the only object called web"},
                     {"kfctl explain prod Service/web spec.ports[0] -o json", "for a script"}},
        .run = cmd_explain,
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
                       .help = "the environments; the current one, or the only one, if left out",
                       .optional = true,
                       .repeats = true,
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
        .groups = {&kLanguageFlags, &kProfileFlags},
        .examples = {{"kfctl jsonnet config.jsonnet -J vendor", "a file"},
                     {"kfctl jsonnet -e '{ a: 1 + 1 }'", "a program from the command line"},
                     {"kfctl jsonnet -S -m out -c site.jsonnet", "several files of text"},
                     {"kfctl jsonnet big.jsonnet --profile big.svg", "what takes the time"}},
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
        .flags =
            {{.name = "output",
              .letter = 'o',
              .value = "FORMAT",
              .help = "print as; sarif and github are for code hosts",
              .choices = "text|json|sarif|github",
              .otherwise = "text"},
             {.name = "disable", .value = "RULE", .help = "leave this rule out", .repeats = true},
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
};

}  // namespace

std::span<const Command> render_commands() { return kCommands; }

}  // namespace kfctl
