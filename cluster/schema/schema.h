// Schema: what a value may look like. One form for the types of Kubernetes (facts.h) and for those
// that CustomResourceDefinitions describe (custom_schema.h).
//
// A Schema is made once and then only read, by any number of threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace kfctl {

enum class ValueType {
  kAny,
  kObject,  // with fields
  kMap,     // an object whose keys are data: labels
  kArray,
  kString,
  kInt32,
  kInt64,
  kNumber,
  kBool,
  kBytes,        // base64
  kTime,         // RFC 3339
  kQuantity,     // 500m, 1Gi, 2
  kIntOrString,  // a port or its name, 3 or 50%
  kNamed,        // a type of Kubernetes: Schema::type_name
};

struct SchemaField;

/// What only schemas of custom resources have.
struct Limits {
  bool nullable = false;
  std::optional<double> minimum, maximum;
  bool exclusive_minimum = false, exclusive_maximum = false;
  std::optional<int64_t> min_length, max_length, min_items, max_items, min_properties,
      max_properties;
  std::string pattern;  // a regular expression, "" for none
};

struct Schema {
  ValueType type = ValueType::kAny;
  std::string type_name;            // of kNamed: "core.v1.Container"
  std::vector<SchemaField> fields;  // of kObject, sorted by name
  bool open = false;                // of kObject: other fields may be there and are not looked at
  std::shared_ptr<const Schema> items;    // of kMap and kArray
  bool is_set = false;                    // of kArray: no element twice
  std::vector<std::string> keys;          // of kArray: the fields that tell elements apart
  std::vector<std::string> key_defaults;  // one for each key, "" for none
  std::vector<Json> values;               // the only ones allowed; none: any
  std::unique_ptr<const Limits> limits;   // nullptr for the types of Kubernetes

  /// The field of that name, or nullptr.
  const SchemaField* find(std::string_view name) const;
};

struct SchemaField {
  std::string name;
  Schema schema;
  bool required = false;
};

inline const SchemaField* Schema::find(std::string_view name) const {
  for (const SchemaField& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace kfctl
