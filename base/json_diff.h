// The difference of two Json values as a person sees it: a list of fields with their two values.
//
// Arrays of things that have a name (containers by `name`, ports by `containerPort` and protocol,
// ... the table is in json_diff.cpp) are compared thing by thing, so that one container more is one
// addition and not a change of all that come after it. Arrays of scalars and all others are
// compared position by position. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace kfctl {

struct JsonChange {
  std::string path;            // spec.template.spec.containers[0].image, metadata.labels["a.b/c"]
  std::optional<Json> before;  // nothing: the field is added
  std::optional<Json> after;   // nothing: the field is removed

  friend bool operator==(const JsonChange&, const JsonChange&) = default;
};

/// All fields in which the two differ, in the order of their keys. A position in a path is that in
/// `after`, or in `before` for what is removed. Named things that only changed places are one
/// change of the array itself, with the lists of their names as values.
std::vector<JsonChange> json_diff(const Json& before, const Json& after);

/// `base` with `key` behind it: "spec" + "replicas" is spec.replicas, and a key that is not a plain
/// word is quoted: data["config.yaml"].
std::string json_path(const std::string& base, std::string_view key);

/// True for a core/v1 Secret.
bool is_secret(const Json& object);

/// Replaces every value of a Secret's `data` and `stringData`, and what annotations repeat of them,
/// by "***"; any other object comes back as it is.
Json mask_secret(Json object);

/// Masks both sides of a comparison. Values that differ become "*** (before)" and "*** (after)", so
/// that the difference stays visible. A side that is null stays null.
void mask_secrets(Json& before, Json& after);

}  // namespace kfctl
