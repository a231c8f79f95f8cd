// From what components gave to a checked, labelled and ordered list of Kubernetes objects. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

struct ComponentOutput {
  std::string full_name;  // the label ksonnet.io/component
  std::string path;       // of its file, for messages
  Json value;  // an object, a List, or arrays and mappings of these at any depth; null is nothing
};

/// Errors: kProject: a value that is no object, with its path in the component's output; two
/// objects of one identity, with both files.
Result<std::vector<Json>> collect_objects(std::vector<ComponentOutput> outputs,
                                          const std::string& name_space);

}  // namespace kfctl
