#include "templates/app/plain_component.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/object.h"
#include "base/text.h"
#include "base/yaml.h"

namespace kfctl {
namespace {

Result<std::vector<Json>> read_objects(const Component& component, std::string_view text,
                                       std::string_view path) {
  std::vector<Json> objects;
  if (component.type == ComponentType::kJson) {
    KF_TRY(Json document, parse_json(text, path));
    flatten_lists(std::move(document), objects);
    for (const Json& object : objects) KF_DO(check_object(object, path));
    return objects;
  }
  KF_TRY(std::vector<Json> documents, parse_yaml_stream(text, path));
  for (size_t i = 0; i < documents.size(); ++i) {
    if (documents[i].is_null()) continue;
    const bool list = is_object_list(documents[i]);
    if (const Status status = check_object(documents[i], "x"); !list && !status.ok()) {
      return yaml_error_at(text, path, i, {}, status.error().message.substr(3));
    }
    const size_t first = objects.size();
    flatten_lists(std::move(documents[i]), objects);
    for (size_t k = first; list && k < objects.size(); ++k) {
      if (const Status status = check_object(objects[k], "an item of this list"); !status.ok()) {
        return yaml_error_at(text, path, i, {"items", std::to_string(k - first)},
                             status.error().message);
      }
    }
  }
  return objects;
}

Status patch_each(std::vector<Json>& objects, const Json& params, std::string_view path) {
  std::vector<std::string> names;
  for (const Json& object : objects) names.push_back(object_id(object).text());
  for (const auto& [name, patch] : params.members()) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      return project_error(
          std::string(path) + ": parameter '" + name + "' names no object of this file",
          did_you_mean(name, names,
                       "it has " + join(names, ", ") +
                           "; parameters of a file with several objects are named so"));
    }
    merge_patch(objects[static_cast<size_t>(found - names.begin())], patch);
  }
  return Ok{};
}

}  // namespace

void merge_patch(Json& target, const Json& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = Json::object();
  for (const auto& [key, value] : patch.members()) {
    if (value.is_null()) {
      target.erase(key);
    } else {
      merge_patch(target[key], value);
    }
  }
}

Result<Json> read_plain_component(const Component& component, std::string_view text,
                                  std::string_view path, const Json& params) {
  KF_TRY(std::vector<Json> objects, read_objects(component, text, path));
  if (objects.size() == 1) {
    if (params.is_object()) merge_patch(objects[0], params);
    return std::move(objects[0]);
  }
  if (params.is_object()) KF_DO(patch_each(objects, params, path));
  return Json::object(
      {{"apiVersion", "v1"}, {"items", Json(std::move(objects))}, {"kind", "List"}});
}

}  // namespace kfctl
