// Components that are YAML or JSON: their objects, with their parameters merged in.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "templates/app/app.h"

namespace kfctl {

/// JSON merge patch (RFC 7386): objects are merged, null removes, anything else replaces.
void merge_patch(Json& target, const Json& patch);

/// What a YAML or JSON component is as one jsonnet value: its object, or a v1 List of its objects.
///
/// `params` (null for none) are merged into the object. A file of several objects takes them per
/// object: {"Deployment/web": {...}, "Service/web": {...}}.
/// Errors: kProject with the place of a syntax error or of a document that is no object;
/// kProject if a parameter names an object that the file does not have.
Result<Json> read_plain_component(const Component& component, std::string_view text,
                                  std::string_view path, const Json& params);

}  // namespace kfctl
