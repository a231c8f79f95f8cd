// What can be known of a value without evaluating anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates/jsonnet/lint/sources.h"

namespace kfctl::lint {

/// An expression of some file.
struct Ref {
  const File* file = nullptr;
  NodeId id = 0;

  const Node& node() const { return file->tree.node(id); }
  Ref at(NodeId other) const { return {file, other}; }
};

enum class Type { kUnknown, kNull, kBool, kNumber, kString, kArray, kObject, kFunction };
/// "a number", "null".
std::string_view type_text(Type type);

enum class Has { kNo, kYes, kMaybe };

/// What a function takes.
struct Signature {
  struct Parameter {
    std::string name;
    bool required;
  };
  std::vector<Parameter> parameters;
};

class Values {
 public:
  explicit Values(Sources& sources) : sources_(sources) {}

  /// The expression that gives `ref` its value: through locals, imports, known fields and known
  /// functions. `ref` itself, or where the way ends, if that is not known.
  Ref origin(Ref ref);

  /// Of the value. Without `follow` only what the expression itself says.
  Type type(Ref ref, bool follow = true);

  /// Whether `object` has that field, hidden or not. REQUIRES: its type is kObject.
  Has has_field(Ref object, std::string_view name);
  /// All fields that are known, for near words.
  void collect_fields(Ref object, std::vector<std::string>& names);

  /// Of the function that `callee` is, if that is known.
  std::optional<Signature> signature(Ref callee);

  /// The name of the member of std that `ref` is, or "".
  std::string_view std_member(Ref ref);

 private:
  // Counts steps, so that what refers to itself ends.
  class Steps;
  Ref step(Ref ref);
  Ref field(Ref object, std::string_view name);
  Type sum_type(Ref left, Ref right, bool follow);
  Type call_type(Ref callee, bool follow);

  Sources& sources_;
  int depth_ = 0;
};

}  // namespace kfctl::lint
