// YAML in and out, as Kubernetes reads and writes it: YAML 1.1 documents that stand for JSON
// values, with the rules of sigs.k8s.io/yaml (go-yaml v2 below a JSON conversion).
//
// Reading: `yes`, `on`, `y` are true, 010 is eight, 1_000 is a thousand, `~` is null; keys that are
// not strings become strings; anchors, aliases and merge keys ("<<") are resolved. A key twice in
// one mapping, an unknown tag, an infinite number, or aliases that multiply beyond the limit are
// errors.
//
// Writing: keys sorted, two spaces a level, list items at the column of their key, a string quoted
// only where it would be read as something else, text with line ends as a block, no folding.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/text.h"

namespace kfctl {

struct YamlLimits {
  size_t max_bytes = size_t{64} << 20;   // of the text
  size_t max_nodes = size_t{2'000'000};  // of all documents, aliases counted as what they copy
  size_t max_string_bytes = size_t{256} << 20;  // of all strings, aliases counted likewise
};

/// The documents of a YAML stream, in order. An empty document (nothing or only comments between
/// two "---") is left out; one that says `null` is a null. `name` is the file for messages.
/// Errors: kProject, "name:line:column: ..." with the line and a caret.
Result<std::vector<Json>> parse_yaml_stream(std::string_view text, std::string_view name,
                                            const YamlLimits& limits = {});

/// A YAML text of at most one document; null if it has none. Errors: as above, and kProject if
/// there is a second document.
Result<Json> parse_yaml(std::string_view text, std::string_view name);

/// Where the value at `path` (keys, or list positions as decimal text) of document number
/// `document` (from 0, as parse_yaml_stream counts) begins: the key for a member of a mapping. If
/// the path leads nowhere, the place of the last part that exists. For error messages only: reads
/// the text again, so that reading needs not remember places. REQUIRES: `text` parses.
Place place_in_yaml(std::string_view text, size_t document, const std::vector<std::string>& path);

/// A kProject error "name:line:column: what" at that place, with its excerpt.
Error yaml_error_at(std::string_view text, std::string_view name, size_t document,
                    const std::vector<std::string>& path, std::string_view what,
                    std::string hint = "");

/// One document with a newline at its end, without "---".
std::string to_yaml(const Json& value);

/// Each value as a document with a line "---" before it, as `ks show` prints.
std::string to_yaml_stream(const std::vector<Json>& values);

}  // namespace kfctl
