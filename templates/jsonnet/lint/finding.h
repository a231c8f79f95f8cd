// What the linter says about a file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"

namespace kfctl::lint {

struct Rule {
  std::string_view name;  // "unused-local": in output, in comments, of --disable
  std::string_view says;  // one sentence for help and SARIF
};

/// All rules, in the order of help.
std::span<const Rule> rules();
/// nullptr for an unknown name.
const Rule* find_rule(std::string_view name);

struct Finding {
  std::string path;
  Place place;
  std::string rule;
  std::string message;
  std::string excerpt;  // the line and a caret
  std::string hint;     // may be empty
  uint32_t offset = 0;  // of `place`, in bytes
  size_t length = 0;    // of what is meant there, in bytes
};

}  // namespace kfctl::lint
