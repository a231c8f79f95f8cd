// The native functions that ksonnet gives to jsonnet code, except renderHelmChart.
#pragma once

#include <span>

#include "templates/jsonnet/evaluator.h"

namespace kfctl {

/// std.native("parseJson")(text): the value. parseYaml(text): an array with the documents.
/// escapeStringRegex(text): a regular expression that matches just this text.
/// regexMatch(regex, text): whether it matches anywhere; regexSubst(regex, text, replacement): all
/// matches replaced, with $1, ${name} and $$ in the replacement. Regular expressions are Go's.
/// Lives as long as the program; safe for use by several threads at once.
std::span<const NativeFunction> standard_natives();

}  // namespace kfctl
