#include "templates/app/collect_objects.h"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/object.h"

namespace kfctl {
namespace {

struct Found {
  Json object;
  const ComponentOutput* from = nullptr;
};

std::string where(const ComponentOutput& output, const std::string& path) {
  return output.path + ": component '" + output.full_name + "'" +
         (path.empty() ? "" : ", at " + path + " in its output");
}

bool is_folder(const Json& value) {
  return value.is_object() && value.find("kind") == nullptr && value.find("apiVersion") == nullptr;
}

Status gather(const ComponentOutput& output, Json& value, const std::string& path,
              std::vector<Found>& found) {
  if (value.is_null()) return Ok{};
  if (value.is_array()) {
    for (size_t i = 0; i < value.items().size(); ++i) {
      KF_DO(gather(output, value.items()[i], path + "[" + std::to_string(i) + "]", found));
    }
    return Ok{};
  }
  if (is_object_list(value)) return gather(output, *value.find("items"), path + ".items", found);
  if (is_folder(value)) {
    for (auto& [key, member] : value.members()) {
      KF_DO(gather(output, member, path + "." + key, found));
    }
    return Ok{};
  }
  KF_DO(check_object(value, where(output, path)));
  found.push_back({std::move(value), &output});
  return Ok{};
}

Status add_label(Found& found) {
  Json& metadata = found.object["metadata"];
  Json& labels = metadata["labels"];
  if (!labels.is_null() && !labels.is_object()) {
    return project_error(where(*found.from, "") + ": metadata.labels of " +
                         object_id(found.object).text() + " must be a mapping");
  }
  labels[kComponentLabel] = found.from->full_name;
  return Ok{};
}

// Kinds without a namespace that the objects themselves define.
std::set<std::pair<std::string, std::string>> cluster_wide_kinds(const std::vector<Found>& found) {
  std::set<std::pair<std::string, std::string>> kinds;
  for (const Found& each : found) {
    if (each.object.string_at({"kind"}) != "CustomResourceDefinition" ||
        each.object.string_at({"spec", "scope"}) != "Cluster") {
      continue;
    }
    kinds.emplace(each.object.string_at({"spec", "group"}),
                  each.object.string_at({"spec", "names", "kind"}));
  }
  return kinds;
}

void add_namespaces(std::vector<Found>& found, const std::string& name_space) {
  const std::set<std::pair<std::string, std::string>> cluster_wide = cluster_wide_kinds(found);
  for (Found& each : found) {
    const ObjectId id = object_id(each.object);
    const bool leave = !id.namespace_.empty() || is_cluster_scoped(id.group(), id.kind) ||
                       cluster_wide.contains({std::string(id.group()), id.kind});
    if (!leave) each.object["metadata"]["namespace"] = name_space;
  }
}

Status check_unique(const std::vector<Found>& found) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, const Found*> seen;
  for (const Found& each : found) {
    const ObjectId id = object_id(each.object);
    if (id.name.empty()) continue;  // generateName: the server makes a new name each time
    const auto [twin, fresh] =
        seen.emplace(std::tuple(std::string(id.group()), id.kind, id.namespace_, id.name), &each);
    if (fresh) continue;
    return project_error(id.full_text() + " is made twice: by " + twin->second->from->path +
                             " and by " + each.from->path,
                         "give one of them another name, or remove it");
  }
  return Ok{};
}

// Whether `value` became `object`, which has a namespace by now.
bool became(const Json& value, const Json& object, const std::string& name_space) {
  const ObjectId before = object_id(value), after = object_id(object);
  const auto generated = [](const Json& one) {
    return one.string_at({"metadata", "generateName"});
  };
  const bool placed = before.namespace_ == after.namespace_ ||
                      (before.namespace_.empty() && after.namespace_ == name_space);
  return placed && before.api_version == after.api_version && before.kind == after.kind &&
         before.name == after.name && generated(value) == generated(object);
}

bool search(const Json& value, const Json& object, const std::string& name_space, ValuePath& way) {
  const auto search_in = [&](PathStep step, const Json& member) {
    way.push_back(std::move(step));
    if (search(member, object, name_space, way)) return true;
    way.pop_back();
    return false;
  };
  if (value.is_array()) {
    for (size_t i = 0; i < value.items().size(); ++i)
      if (search_in(static_cast<int64_t>(i), value.items()[i])) return true;
    return false;
  }
  if (is_object_list(value)) return search_in("items", *value.find("items"));
  if (!is_folder(value)) return value.is_object() && became(value, object, name_space);
  for (const auto& [key, member] : value.members())
    if (search_in(key, member)) return true;
  return false;
}

}  // namespace

std::optional<ValuePath> find_in_output(const Json& output, const Json& object,
                                        const std::string& name_space) {
  ValuePath way;
  if (!search(output, object, name_space, way)) return std::nullopt;
  return way;
}

Result<std::vector<Json>> collect_objects(std::vector<ComponentOutput> outputs,
                                          const std::string& name_space) {
  std::vector<Found> found;
  for (ComponentOutput& output : outputs) KF_DO(gather(output, output.value, "", found));
  for (Found& each : found) KF_DO(add_label(each));
  add_namespaces(found, name_space);
  KF_DO(check_unique(found));
  std::vector<Json> objects;
  objects.reserve(found.size());
  for (Found& each : found) objects.push_back(std::move(each.object));
  sort_for_show(objects);
  return objects;
}

}  // namespace kfctl
