// The texts that a fresh app, environment or module consists of, and the names they may have.
// Word for word what `ks init` and `ks env add` write, except that /lib is not ignored by Git:
// people keep libraries of their own there.
#pragma once

#include <string_view>

#include "base/result.h"

namespace kfctl {

inline constexpr std::string_view kGitIgnore =
    "/.ksonnet/registries\n/app.override.yaml\n/.ks_environment\n";

inline constexpr std::string_view kModuleParams = R"({
  global: {
    // User-defined global parameters; accessible to all component and environments, Ex:
    // replicas: 4,
  },
  components: {
    // Component-level parameters, defined initially from 'ks prototype use ...'
    // Each object below should correspond to a component in the components/ directory
  },
}
)";

inline constexpr std::string_view kBaseLibsonnet =
    R"(local components = std.extVar("__ksonnet/components");
components + {
  // Insert user-specified overrides here.
}
)";

inline constexpr std::string_view kEnvironmentMain = R"(local base = import "base.libsonnet";
// uncomment if you reference ksonnet-lib
// local k = import "k.libsonnet";

base + {
  // "nginx-deployment"+: deployment.mixin.metadata.withLabels({foo: "bar"})
}
)";

inline constexpr std::string_view kEnvironmentParams =
    R"(local params = std.extVar('__ksonnet/params');
local globals = import 'globals.libsonnet';
local envParams = params + {
  components+: {
  },
};

{
  components: {
    [x]: envParams.components[x] + globals
    for x in std.objectFields(envParams.components)
  },
}
)";

inline constexpr std::string_view kEnvironmentGlobals = "{\n}\n";

/// Letters, digits, '-' and '_', and '.' where `dots`; at least one, the first a letter or digit.
/// Errors: kUsage, "a component's name ..." for what = "a component's name".
Status check_name(std::string_view name, std::string_view what, bool dots);

/// Names joined by `separator` ('/' for environments, '.' for modules), each as check_name says.
Status check_path_name(std::string_view name, std::string_view what, char separator);

}  // namespace kfctl
