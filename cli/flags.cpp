#include "cli/flags.h"

#include <iterator>

namespace kfctl {
namespace {

constexpr Flag kGlobal[] = {
    {.name = "dir",
     .value = "PATH",
     .help = "work in the app that holds this directory",
     .otherwise = "the current directory",
     .completes = Completes::kDirectory},
    {.name = "color",
     .value = "WHEN",
     .help = "colour the output",
     .choices = "auto|always|never",
     .otherwise = "auto: on a terminal, unless NO_COLOR is set"},
    {.name = "verbose", .letter = 'v', .help = "log what is done; twice for every request"},
    {.name = "help", .letter = 'h', .help = "show this help"},
};

constexpr Flag kConnection[] = {
    {.name = "kubeconfig",
     .value = "FILE",
     .help = "kubeconfig to read",
     .otherwise = "$KUBECONFIG, then ~/.kube/config",
     .completes = Completes::kFile},
    {.name = "context",
     .value = "NAME",
     .help = "context of the kubeconfig",
     .completes = Completes::kContext},
    {.name = "server", .value = "URL", .help = "address of the API server"},
    {.name = "namespace",
     .letter = 'n',
     .value = "NAME",
     .help = "namespace of objects that name none"},
    {.name = "cluster", .value = "NAME", .help = "cluster entry of the kubeconfig"},
    {.name = "user", .value = "NAME", .help = "user entry of the kubeconfig"},
    {.name = "as", .value = "USER", .help = "act as this user"},
    {.name = "as-group", .value = "GROUP", .help = "act as member of this group", .repeats = true},
    {.name = "as-uid", .value = "UID", .help = "act with this user id"},
    {.name = "token", .value = "TOKEN", .help = "bearer token"},
    {.name = "certificate-authority",
     .value = "FILE",
     .help = "certificate authority of the API server",
     .completes = Completes::kFile},
    {.name = "tls-server-name",
     .value = "NAME",
     .help = "name to expect in the server's certificate"},
    {.name = "insecure-skip-tls-verify", .help = "do not check the server's certificate"},
    {.name = "proxy-url", .value = "URL", .help = "proxy between kfctl and the API server"},
    {.name = "request-timeout",
     .value = "TIME",
     .help = "give up on one request after this long, such as 30s or 2m",
     .otherwise = "1m"},
};

constexpr Flag kJsonnet[] = {
    {.name = "ext-str",
     .letter = 'V',
     .value = "NAME[=TEXT]",
     .help = "external variable; without =TEXT taken from the environment",
     .repeats = true},
    {.name = "ext-str-file",
     .value = "NAME=FILE",
     .help = "external variable that holds a file's text",
     .repeats = true,
     .completes = Completes::kFile},
    {.name = "ext-code",
     .value = "NAME=CODE",
     .help = "external variable as jsonnet code",
     .repeats = true},
    {.name = "tla-str",
     .letter = 'A',
     .value = "NAME[=TEXT]",
     .help = "top-level argument",
     .repeats = true},
    {.name = "tla-str-file",
     .value = "NAME=FILE",
     .help = "top-level argument that holds a file's text",
     .repeats = true,
     .completes = Completes::kFile},
    {.name = "tla-code",
     .value = "NAME=CODE",
     .help = "top-level argument as jsonnet code",
     .repeats = true},
    {.name = "jpath",
     .letter = 'J',
     .value = "PATH",
     .help = "one more directory to import from, searched last",
     .repeats = true,
     .completes = Completes::kDirectory},
    {.name = "max-stack",
     .letter = 's',
     .value = "NUMBER",
     .help = "calls in flight before a program is stopped as endless",
     .otherwise = "500"},
    {.name = "max-memory",
     .value = "MIB",
     .help = "memory in MiB that a program may take before it is stopped",
     .otherwise = "3/4 of what there is, at most 8192"},
    {.name = "no-cache", .help = "parse large libraries anew, and keep nothing of them"},
    // The last one: kLanguageFlags leaves it out.
    {.name = "evaluator",
     .value = "NAME",
     .help = "what evaluates jsonnet: kfctl itself, or libjsonnet for comparison",
     .choices = "kfctl|libjsonnet",
     .otherwise = "kfctl"},
};

constexpr Flag kProfile[] = {
    {.name = "profile",
     .value = "FILE",
     .help = "write what evaluation cost: a flame graph to FILE.svg, all figures to FILE.json, "
             "folded stacks to any other name; the ten dearest go to standard error",
     .completes = Completes::kFile},
    {.name = "profile-by",
     .value = "COST",
     .help = "which cost the profile goes by",
     .choices = "time|memory",
     .otherwise = "time"},
};

constexpr Flag kDestination[] = {
    {.name = "context",
     .value = "NAME",
     .help = "a cluster, by a context of the kubeconfig",
     .completes = Completes::kContext},
    {.name = "server", .value = "URL", .help = "a cluster, by the address of its API server"},
    {.name = "directory",
     .value = "PATH",
     .help = "a directory that gets one file per object instead; from the app's folder",
     .completes = Completes::kDirectory},
    {.name = "namespace",
     .letter = 'n',
     .value = "NAME",
     .help = "namespace of objects that name none"},
    {.name = "api-spec", .value = "version:VERSION", .help = "Kubernetes version of the cluster"},
};

constexpr Flag kSelection[] = {
    {.name = "component",
     .letter = 'c',
     .value = "NAME",
     .help = "only this component",
     .repeats = true,
     .completes = Completes::kComponent},
};

constexpr Flag kChange[] = {
    {.name = "max-prune",
     .value = "N",
     .help = "change nothing if more than N objects would be pruned"},
    {.name = "force-conflicts", .help = "take over fields that another field manager owns"},
    {.name = "adopt", .help = "take over objects that belong to a helm release"},
    {.name = "recreate",
     .value = "OBJECT",
     .help =
         "delete KIND/NAME and create it anew if a field of it cannot change; 'all' for all but "
         "volumes, claims, namespaces and definitions",
     .repeats = true},
};

constexpr Flag kApply[] = {
    {.name = "dry-run", .help = "let the destination check everything, change nothing"},
    {.name = "wait", .help = "return when everything is ready, or one thing failed"},
    {.name = "timeout",
     .value = "TIME",
     .help = "wait this long at most for an object to be ready",
     .otherwise = "5m"},
    {.name = "message",
     .letter = 'm',
     .value = "TEXT",
     .help = "say in 'kfctl history' what this is for"},
    {.name = "history-max",
     .value = "N",
     .help = "keep the last N revisions; 0 keeps all",
     .otherwise = "10"},
    {.name = "no-history", .help = "record no revision"},
};

constexpr Flag kFormat[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FORMAT",
     .help = "print as",
     .choices = "table|json|yaml",
     .otherwise = "table"},
};

constexpr Flag kStyle[] = {
    {.name = "indent",
     .letter = 'n',
     .value = "NUMBER",
     .help = "spaces for each level; 0 leaves them as they are",
     .otherwise = "2"},
    {.name = "max-blank-lines",
     .value = "NUMBER",
     .help = "blank lines in a row; 0 leaves them as they are",
     .otherwise = "2"},
    {.name = "string-style",
     .value = "STYLE",
     .help = "double or single quotes, or leave them",
     .choices = "d|s|l",
     .otherwise = "s"},
    {.name = "comment-style",
     .value = "STYLE",
     .help = "h for # before comments, s for //, or leave them",
     .choices = "h|s|l",
     .otherwise = "s"},
    {.name = "pad-arrays", .help = "[ 1, 2 ] and not [1, 2]"},
    {.name = "no-pad-arrays", .help = "[1, 2]; so it is without a flag"},
    {.name = "pad-objects", .help = "{ a: 1 }; so it is without a flag"},
    {.name = "no-pad-objects", .help = "{a: 1} and not { a: 1 }"},
    {.name = "pretty-field-names",
     .help = "a and x.a, not 'a' and x['a']; so it is without a flag"},
    {.name = "no-pretty-field-names", .help = "leave the names of fields as they are"},
    {.name = "sort-imports", .help = "sort imports at the top; so it is without a flag"},
    {.name = "no-sort-imports", .help = "leave imports in their order"},
};

}  // namespace

const FlagGroup kGlobalFlags{"Global flags", kGlobal};
const FlagGroup kConnectionFlags{"Cluster flags", kConnection};
const FlagGroup kJsonnetFlags{"Jsonnet flags", kJsonnet};
const FlagGroup kLanguageFlags{"Jsonnet flags",
                               std::span<const Flag>(kJsonnet).first(std::size(kJsonnet) - 1)};
const FlagGroup kDestinationFlags{"Destination flags", kDestination};
const FlagGroup kProfileFlags{"Profile flags", kProfile};
const FlagGroup kSelectionFlags{"Selection flags", kSelection};
const FlagGroup kChangeFlags{"Change flags", kChange};
const FlagGroup kApplyFlags{"Apply flags", kApply};
const FlagGroup kFormatFlags{"Output flags", kFormat};
const FlagGroup kStyleFlags{"Style flags", kStyle};

}  // namespace kfctl
