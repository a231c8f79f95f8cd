// Places in YAML and JSON components.
#pragma once

#include <string_view>

#include "templates/jsonnet/provenance.h"

namespace kfctl {

/// The place of a value in a YAML or JSON text, or of as much of the path as is there. `inside` is
/// the path within what read_plain_component makes of the text. REQUIRES: `text` parses.
SourcePlace place_in_component(std::string_view text, std::string_view file,
                               const ValuePath& inside);

/// The place in a YAML text of one document.
SourcePlace place_in_document(std::string_view text, std::string_view file,
                              const std::vector<std::string>& path);

}  // namespace kfctl
