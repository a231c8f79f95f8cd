// The CustomResourceDefinitions that the built-in packages know: what a package's
// definitions.libsonnet, an array of them, evaluates to.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "templates/jsonnet/evaluator.h"

namespace kfctl {

/// Evaluates jsonnet, which takes longer than all of a validation: ask only when one is needed.
/// Errors: kProject if a package's file is wrong, which a test rules out.
Result<std::vector<Json>> builtin_definitions(const Evaluator& evaluator);

}  // namespace kfctl
