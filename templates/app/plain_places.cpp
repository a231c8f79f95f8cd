#include "templates/app/plain_places.h"

#include "base/object.h"
#include "base/text.h"
#include "base/yaml.h"

namespace kfctl {
namespace {

// Where an object stands: number of the document, and the way through lists.
struct ObjectPlace {
  size_t document = 0;
  std::vector<std::string> path;
};

void add_objects(const Json& value, ObjectPlace& at, std::vector<ObjectPlace>& out) {
  if (!is_object_list(value)) return out.push_back(at);
  const Json::Array& items = value.find("items")->items();
  at.path.emplace_back("items");
  for (size_t i = 0; i < items.size(); ++i) {
    at.path.push_back(std::to_string(i));
    add_objects(items[i], at, out);
    at.path.pop_back();
  }
  at.path.pop_back();
}

std::vector<ObjectPlace> objects_of(std::string_view text, std::string_view file) {
  std::vector<ObjectPlace> out;
  const Result<std::vector<Json>> documents = parse_yaml_stream(text, file);
  if (!documents.ok()) return out;
  for (size_t i = 0; i < documents.value().size(); ++i) {
    if (documents.value()[i].is_null()) continue;
    ObjectPlace at{i, {}};
    add_objects(documents.value()[i], at, out);
  }
  return out;
}

SourcePlace place(std::string_view text, std::string_view file, const ObjectPlace& at) {
  const Place found = place_in_yaml(text, at.document, at.path);
  const std::string excerpt = yaml_error_at(text, file, at.document, at.path, "").excerpt;
  const std::string line(trim(excerpt.substr(0, excerpt.find('\n'))));
  return {std::string(file), found.line, found.column, line, excerpt};
}

}  // namespace

SourcePlace place_in_document(std::string_view text, std::string_view file,
                              const std::vector<std::string>& path) {
  return place(text, file, {0, path});
}

SourcePlace place_in_component(std::string_view text, std::string_view file,
                               const ValuePath& inside) {
  const std::vector<ObjectPlace> objects = objects_of(text, file);
  const bool listed = objects.size() != 1;
  const size_t which = listed && inside.size() > 1 ? static_cast<size_t>(inside[1].index) : 0;
  if (which >= objects.size()) return {std::string(file), 0, 0, "", ""};
  ObjectPlace at = objects[which];
  for (size_t i = listed ? 2 : 0; i < inside.size(); ++i)
    at.path.push_back(inside[i].is_index() ? std::to_string(inside[i].index) : inside[i].key);
  return place(text, file, at);
}

}  // namespace kfctl
