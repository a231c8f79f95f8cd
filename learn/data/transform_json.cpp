#include <limits>

#include "learn/data/transform.h"

namespace kfctl {
namespace {

constexpr size_t kWidestInput = size_t{1} << 28;

Json strings(const std::vector<std::string>& values) {
  Json array = Json::array();
  for (const std::string& value : values) array.push_back(value);
  return array;
}

Json feature_json(const Feature& feature) {
  Json json = Json::object({{"name", feature.name}, {"type", feature_type_name(feature.type)}});
  switch (feature.type) {
    case FeatureType::kNumeric:
      json["indicator"] = feature.indicator;
      break;
    case FeatureType::kCategorical:
      json["oneHot"] = feature.one_hot;
      json["ofNumbers"] = feature.of_numbers;
      json["vocabulary"] = strings(feature.vocabulary);
      break;
    case FeatureType::kText:
      json["buckets"] = feature.buckets;
      break;
    case FeatureType::kTensor:
      json["bytes"] = feature.is_bytes;
      json["shape"] = Json::array();
      for (const int size : feature.shape) json["shape"].push_back(size);
      break;
  }
  return json;
}

bool flag(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

bool read_size(const Json* json, int& size) {
  if (json == nullptr || !json->is_int() || json->as_int() < 1 ||
      json->as_int() > static_cast<int64_t>(kWidestInput)) {
    return false;
  }
  size = static_cast<int>(json->as_int());
  return true;
}

// False if a part is missing or of another kind.
bool read_feature(const Json& json, Feature& feature) {
  feature.name = json.string_at({"name"});
  const std::string_view type = json.string_at({"type"});
  if (type == "numeric") {
    feature.indicator = flag(json, "indicator");
    return true;
  }
  if (type == "text") {
    feature.type = FeatureType::kText;
    return read_size(json.find("buckets"), feature.buckets);
  }
  if (type == "categorical") {
    feature.type = FeatureType::kCategorical;
    feature.one_hot = flag(json, "oneHot");
    feature.of_numbers = flag(json, "ofNumbers");
    const Json* vocabulary = json.find("vocabulary");
    if (vocabulary == nullptr || !vocabulary->is_array()) return false;
    for (const Json& word : vocabulary->items()) {
      if (!word.is_string()) return false;
      feature.vocabulary.push_back(word.as_string());
    }
    return true;
  }
  const Json* shape = json.find("shape");
  if (type != "tensor" || shape == nullptr || !shape->is_array()) return false;
  feature.type = FeatureType::kTensor;
  feature.is_bytes = flag(json, "bytes");
  size_t width = 1;
  for (const Json& item : shape->items()) {
    if (!read_size(&item, feature.shape.emplace_back())) return false;
    width *= static_cast<size_t>(feature.shape.back());
    if (width > kWidestInput) return false;
  }
  return true;
}

}  // namespace

Json InputTransform::to_json() const {
  Json list = Json::array();
  for (const Feature& feature : features) list.push_back(feature_json(feature));
  return list;
}

Result<InputTransform> transform_from_json(const Json& json) {
  if (!json.is_array()) return project_error("the description of the features is damaged");
  InputTransform transform;
  for (const Json& item : json.items()) {
    if (!read_feature(item, transform.features.emplace_back())) {
      return project_error("the description of feature " +
                           std::to_string(transform.features.size()) + " is damaged");
    }
  }
  return transform;
}

}  // namespace kfctl
