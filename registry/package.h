// A package as its parts.yaml describes it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kfctl {

struct Package {
  std::string registry;     // the name the app knows its registry by: "kubeflow"
  std::string name;         // "webapp"
  std::string version;      // as its author numbers it; may be ""
  std::string description;  // one sentence
};

/// Reads parts.yaml (ksonnet.io/parts, apiVersion 0.0.1). `path` begins messages.
/// Errors: kProject for bad YAML, another kind or apiVersion, or no name.
Result<Package> parse_parts(std::string_view text, std::string_view path,
                            std::string_view registry);

}  // namespace kfctl
