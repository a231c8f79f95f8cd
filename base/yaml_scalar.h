// What a plain (unquoted) YAML 1.1 scalar stands for, shared by the reader, which converts it, and
// the writer, which must quote a string that would be read as something else. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace kfctl {

enum class ScalarType { kString, kNull, kBool, kInt, kFloat, kInfinite, kTimestamp, kMerge };

struct PlainScalar {
  ScalarType type = ScalarType::kString;
  Json value;  // a string for kString, kTimestamp, kInfinite and kMerge
};

/// The rules of go-yaml v2: yes/no/on/off/y/n are booleans, 010 is octal, 0x1f, 0b1 and 1_000 are
/// integers, dates are told apart (and read as strings), sixty-based numbers are strings.
PlainScalar resolve_plain_scalar(std::string_view text);

/// The type that resolve_plain_scalar() gives, without the value.
ScalarType plain_scalar_type(std::string_view text);

/// True for "1:30" and the like, numbers to the base of sixty in YAML 1.1: read as strings here,
/// but quoted when written because other readers see numbers.
bool is_base60_number(std::string_view text);

/// A double as go-yaml prints it: 0.5, 1e+21, 5.
std::string yaml_number_text(double value);

}  // namespace kfctl
