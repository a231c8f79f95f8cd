// Json: the value that travels between rooms. Rendered objects, answers of the API server,
// parameters and metrics are all this.
//
// Objects keep their keys sorted by byte, so that the same data always prints the same. Numbers
// keep apart what JSON writes as an integer (int64) and everything else (double); an integer
// outside int64 is read as double. Strings are UTF-8. Copying copies everything; a Json owns all
// it holds and may be read by many threads at once.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace kfctl {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;  // sorted by key, no key twice

  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(int value) : value_(static_cast<int64_t>(value)) {}
  Json(int64_t value) : value_(value) {}
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(Array value) : value_(std::move(value)) {}

  /// Json::object({{"kind", "Pod"}, {"spec", spec}}): keys in any order, the last of equals wins.
  static Json object(std::initializer_list<Member> members = {});
  static Json object(std::vector<Member> members);
  static Json array(Array items = {}) { return Json(std::move(items)); }

  bool is_null() const { return value_.index() == 0; }
  bool is_bool() const { return value_.index() == 1; }
  bool is_int() const { return value_.index() == 2; }
  bool is_double() const { return value_.index() == 3; }
  bool is_number() const { return is_int() || is_double(); }
  bool is_string() const { return value_.index() == 4; }
  bool is_array() const { return value_.index() == 5; }
  bool is_object() const { return value_.index() == 6; }

  /// "null", "boolean", "number", "string", "array" or "object".
  std::string_view type_name() const;

  /// REQUIRES: the matching is_x(). as_double() also takes an integer.
  bool as_bool() const { return std::get<1>(value_); }
  int64_t as_int() const { return std::get<2>(value_); }
  double as_double() const;
  const std::string& as_string() const { return std::get<4>(value_); }
  const Array& items() const { return std::get<5>(value_); }
  Array& items() { return std::get<5>(value_); }
  const Object& members() const { return std::get<6>(value_).sorted; }
  /// The values may be changed through this, the keys must not: they stay sorted.
  Object& members() { return std::get<6>(value_).sorted; }

  /// The member `key`, or nullptr if there is none or this is not an object. The pointer is valid
  /// until the object changes.
  const Json* find(std::string_view key) const;
  Json* find(std::string_view key);

  /// find() along a path of keys: at({"metadata", "name"}).
  const Json* at(std::initializer_list<std::string_view> path) const;

  /// The string at `path`, or `fallback` if there is no string there. A view into this value.
  std::string_view string_at(std::initializer_list<std::string_view> path,
                             std::string_view fallback = "") const;

  /// The member `key`, made (null) if it is not there. A null value becomes an object first.
  /// REQUIRES: is_object() or is_null().
  Json& operator[](std::string_view key);

  /// Removes the member `key`; says whether it was there.
  bool erase(std::string_view key);

  /// REQUIRES: is_array() or is_null(), which becomes an array.
  void push_back(Json item);

  /// One line without spaces, or with `indent` spaces per level. Doubles print as the shortest text
  /// that reads back as the same number; NaN and infinities, which JSON lacks, print as null.
  std::string dump(int indent = 0) const;

  friend bool operator==(const Json& a, const Json& b);

 private:
  struct Members {
    Object sorted;
  };
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Members> value_;
};

/// Reads one JSON document (RFC 8259). `name` is the file for messages: "name:line:column: ...".
/// Errors: kProject for bad syntax, bad UTF-8, a key twice in one object, or nesting beyond 1000.
Result<Json> parse_json(std::string_view text, std::string_view name);

/// The text as a JSON string literal with its quotes.
std::string json_quote(std::string_view text);

/// How Json::dump writes a double: 0.3, 1e+21, 5. Shared with the YAML writer.
std::string number_text(double value);

}  // namespace kfctl
