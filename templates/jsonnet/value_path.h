// A way into a value: spec.template.spec.containers[0].image, metadata.annotations["a.b/c"].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

/// A member of an object or an item of an array.
struct PathStep {
  std::string key;
  int64_t index = -1;  // from 0; -1: `key` is meant

  PathStep(std::string key_in) : key(std::move(key_in)) {}  // NOLINT: implicit
  PathStep(const char* key_in) : key(key_in) {}             // NOLINT: implicit
  PathStep(int64_t index_in) : index(index_in) {}           // NOLINT: implicit
  PathStep(int index_in) : index(index_in) {}               // NOLINT: implicit
  bool is_index() const { return index >= 0; }
  friend bool operator==(const PathStep&, const PathStep&) = default;
};

using ValuePath = std::vector<PathStep>;

/// Reads a path: names with dots between, [0], ["any text"], ['any text']. "" is the whole value.
/// Errors: kUsage with the place in the text.
Result<ValuePath> parse_value_path(std::string_view text);

/// The text that parse_value_path reads back.
std::string value_path_text(const ValuePath& path);

/// The value there, or nullptr. Valid as long as `value` does not change.
const Json* find_at(const Json& value, const ValuePath& path);

/// The value there. Errors: kUsage, saying how far the path goes and the near word.
Result<const Json*> require_at(const Json& value, const ValuePath& path);

/// The paths of everything in `value` that has no members of its own, in order; an empty object or
/// array counts.
std::vector<ValuePath> leaves_of(const Json& value);

}  // namespace kfctl
