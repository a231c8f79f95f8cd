#include "cluster/schema/custom_schema.h"

#include <algorithm>

namespace kfctl {
namespace {

bool is_true(const Json& schema, std::string_view key) {
  const Json* const value = schema.find(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::optional<double> number_at(const Json& schema, std::string_view key) {
  const Json* const value = schema.find(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->as_double();
}

std::optional<int64_t> count_at(const Json& schema, std::string_view key) {
  const Json* const value = schema.find(key);
  if (value == nullptr || !value->is_int()) return std::nullopt;
  return value->as_int();
}

std::unique_ptr<const Limits> read_limits(const Json& schema) {
  auto limits = std::make_unique<Limits>();
  limits->nullable = is_true(schema, "nullable");
  limits->minimum = number_at(schema, "minimum");
  limits->maximum = number_at(schema, "maximum");
  limits->exclusive_minimum = is_true(schema, "exclusiveMinimum");
  limits->exclusive_maximum = is_true(schema, "exclusiveMaximum");
  limits->min_length = count_at(schema, "minLength");
  limits->max_length = count_at(schema, "maxLength");
  limits->min_items = count_at(schema, "minItems");
  limits->max_items = count_at(schema, "maxItems");
  limits->min_properties = count_at(schema, "minProperties");
  limits->max_properties = count_at(schema, "maxProperties");
  limits->pattern = schema.string_at({"pattern"});
  return limits;
}

ValueType scalar_type(std::string_view type, std::string_view format) {
  if (type == "boolean") return ValueType::kBool;
  if (type == "number") return ValueType::kNumber;
  if (type == "integer") return format == "int32" ? ValueType::kInt32 : ValueType::kInt64;
  if (type != "string") return ValueType::kAny;
  if (format == "byte") return ValueType::kBytes;
  return format == "date-time" ? ValueType::kTime : ValueType::kString;
}

Schema read_schema(const Json& json);

bool is_required(const Json& schema, const std::string& name, const Json& field) {
  const Json* const required = schema.find("required");
  if (required == nullptr || !required->is_array()) return false;
  // The server fills defaults in before it looks for what is missing.
  if (field.find("default") != nullptr) return false;
  return std::find(required->items().begin(), required->items().end(), Json(name)) !=
         required->items().end();
}

void read_object(const Json& json, Schema& schema) {
  schema.type = ValueType::kObject;
  schema.open = is_true(json, "x-kubernetes-preserve-unknown-fields");
  const Json* const others = json.find("additionalProperties");
  if (others != nullptr && others->is_object()) {
    schema.type = ValueType::kMap;
    schema.items = std::make_shared<const Schema>(read_schema(*others));
    return;
  }
  if (others != nullptr && others->is_bool() && others->as_bool()) schema.open = true;
  if (const Json* const properties = json.find("properties");
      properties != nullptr && properties->is_object()) {
    for (const auto& [name, field] : properties->members()) {
      schema.fields.push_back({name, read_schema(field), is_required(json, name, field)});
    }
  }
  if (!is_true(json, "x-kubernetes-embedded-resource")) return;
  for (const char* const name : {"apiVersion", "kind", "metadata"}) {
    if (schema.find(name) == nullptr) schema.fields.push_back({name, Schema(), false});
  }
}

void read_array(const Json& json, Schema& schema) {
  schema.type = ValueType::kArray;
  const Json* const items = json.find("items");
  schema.items = std::make_shared<const Schema>(items == nullptr ? Schema() : read_schema(*items));
  const std::string_view how = json.string_at({"x-kubernetes-list-type"});
  schema.is_set = how == "set";
  const Json* const keys = json.find("x-kubernetes-list-map-keys");
  if (how != "map" || keys == nullptr || !keys->is_array()) return;
  for (const Json& key : keys->items()) {
    if (!key.is_string()) continue;
    schema.keys.push_back(key.as_string());
    const Json* const standard =
        items == nullptr ? nullptr : items->at({"properties", key.as_string(), "default"});
    const bool text = standard != nullptr && standard->is_string();
    schema.key_defaults.push_back(text ? standard->as_string() : "");
  }
}

Schema read_schema(const Json& json) {
  Schema schema;
  schema.limits = read_limits(json);
  if (const Json* const values = json.find("enum"); values != nullptr && values->is_array()) {
    schema.values = values->items();
  }
  const std::string_view type = json.string_at({"type"});
  if (is_true(json, "x-kubernetes-int-or-string")) {
    schema.type = ValueType::kIntOrString;
  } else if (type == "object") {
    read_object(json, schema);
  } else if (type == "array") {
    read_array(json, schema);
  } else {
    schema.type = scalar_type(type, json.string_at({"format"}));
  }
  return schema;
}

}  // namespace

std::vector<CustomKind> custom_kinds(const Json& definition) {
  std::vector<CustomKind> kinds;
  if (definition.string_at({"apiVersion"}) != "apiextensions.k8s.io/v1" ||
      definition.string_at({"kind"}) != "CustomResourceDefinition") {
    return kinds;
  }
  const std::string group(definition.string_at({"spec", "group"}));
  const Json* const versions = definition.at({"spec", "versions"});
  if (versions == nullptr || !versions->is_array()) return kinds;
  for (const Json& version : versions->items()) {
    const Json* const schema = version.at({"schema", "openAPIV3Schema"});
    if (schema == nullptr || !is_true(version, "served")) continue;
    CustomKind kind{group + "/" + std::string(version.string_at({"name"})),
                    std::string(definition.string_at({"spec", "names", "kind"})),
                    definition.string_at({"spec", "scope"}) != "Cluster", read_schema(*schema)};
    std::erase_if(kind.schema.fields, [](const SchemaField& field) {
      return field.name == "apiVersion" || field.name == "kind" || field.name == "metadata";
    });
    kinds.push_back(std::move(kind));
  }
  return kinds;
}

}  // namespace kfctl
