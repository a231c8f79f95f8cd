// From what components gave to a checked, labelled and ordered list of Kubernetes objects. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "templates/jsonnet/value_path.h"

namespace kfctl {

/// The label that every object gets: the full name of its component.
inline constexpr std::string_view kComponentLabel = "ksonnet.io/component";

struct ComponentOutput {
  std::string full_name;  // the label ksonnet.io/component
  std::string path;       // of its file, for messages
  Json value;  // an object, a List, or arrays and mappings of these at any depth; null is nothing
};

/// Errors: kProject: a value that is no object, with its path in the component's output; two
/// objects of one identity, with both files.
Result<std::vector<Json>> collect_objects(std::vector<ComponentOutput> outputs,
                                          const std::string& name_space);

/// The way in a component's output to what became `object` of collect_objects, if it is there.
std::optional<ValuePath> find_in_output(const Json& output, const Json& object,
                                        const std::string& name_space);

}  // namespace kfctl
