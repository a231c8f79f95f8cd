// Changing one field in a jsonnet file, and not a byte beside it: comments, quotes, text blocks,
// order and spaces stay as the user wrote them.
//
// The editor finds fields by the shape of the text. Where the text says a thing in a way that it
// cannot follow (a function, a condition, a computed name), it refuses with the place and with
// what to write there by hand. Its callers evaluate the new text before they write it, so that a
// misunderstanding ends in an error and not in a wrong file. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kfctl {

enum class ParamsFile {
  kModule,       // { global: {}, components: { <name>: {...} } }
  kEnvironment,  // local envParams = params + { components+: { <name>+: {...} } }; ...
  kGlobals,      // { <name>: ... }
};

struct ParamsEdit {
  ParamsFile file = ParamsFile::kModule;
  std::string_view text;
  std::string_view name;          // of the file, for messages
  std::vector<std::string> path;  // {"components", "web", "replicas"}; in globals {"replicas"}
};

/// The text with the field at `path` set to `literal` (jsonnet source). What is missing on the way
/// is added: after the last field of its object, in the style of that object, in environments with
/// "+:". Errors: kProject.
Result<std::string> set_field(const ParamsEdit& edit, std::string_view literal);

/// The text without the field at `path`; the same text if there is none. Errors: kProject.
Result<std::string> remove_field(const ParamsEdit& edit);

}  // namespace kfctl
