// What the walk over owned fields must know of the types of Kubernetes: which maps are owned whole,
// what the server fills in inside of them, which two spellings of a quantity it takes for one.
//
// Pure functions of the compiled-in facts; of custom resources nothing is known.
#pragma once

#include <string_view>

#include "base/json.h"
#include "cluster/schema/facts.h"

namespace kfctl {

/// The type of a field as the walk needs it. `schema` is nullptr for what no fact describes, and
/// lives as long as the facts.
struct FieldType {
  const Schema* schema = nullptr;
  std::string_view name;    // "core.v1.PodSpec", "" for a type without one
  bool atomic_map = false;  // an object that has one owner, who replaces all of it
  bool drops_zero = false;  // false, 0 or "" is stored as nothing at all

  bool known() const { return schema != nullptr; }
  bool is_map() const { return known() && schema->type == ValueType::kMap; }
  bool atomic_list() const;
  bool keyed_list() const;  // elements have owners of their own, told apart by fields or as a set
};

/// That of a whole object; unknown for kinds that are not of Kubernetes.
FieldType type_of_kind(const Facts& facts, std::string_view api_version, std::string_view kind);

FieldType type_of_member(const Facts& facts, const FieldType& object, std::string_view name);
FieldType type_of_element(const Facts& facts, const FieldType& list);

/// The value an element has for key number `i` of `list`, the default filled in; nullptr if it has
/// none. Valid as long as both.
const Json* key_value(const FieldType& list, const Json& element, std::string_view key,
                      Json& filled_in);

/// True if the server, given `wanted` for a field of that type, stores nothing: a null always, what
/// is empty or zero where the type says so. False where that is not certain.
bool stores_nothing(const Json& wanted, const FieldType& type);

/// True if the server, given `wanted`, stores exactly `live`: they are equal, or differ in what it
/// fills in or in how a quantity is spelt. False where that is not certain.
bool stores_as(const Facts& facts, const Json& wanted, const Json& live, const FieldType& type);

}  // namespace kfctl
