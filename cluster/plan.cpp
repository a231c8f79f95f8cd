#include "cluster/plan.h"

#include <optional>
#include <set>
#include <tuple>

#include "cluster/session.h"

namespace kfctl {
namespace {

Json prepared(Json object, const ResourceInfo& resource, std::string_view default_namespace) {
  object.erase("status");
  Json& metadata = object["metadata"];
  metadata.erase("managedFields");
  if (!resource.namespaced) {
    metadata.erase("namespace");
  } else if (metadata.at({"namespace"}) == nullptr ||
             object.string_at({"metadata", "namespace"}).empty()) {
    metadata["namespace"] = default_namespace;
  }
  return object;
}

Error joined(const std::vector<Error>& errors) {
  Error out = errors[0];
  for (size_t i = 1; i < errors.size(); ++i) out.message += "\n" + errors[i].message;
  return out;
}

// Our entry of managedFields, without its time.
std::optional<Json> our_entry(const Json& object) {
  const Json* const entries = object.at({"metadata", "managedFields"});
  if (entries == nullptr || !entries->is_array()) return std::nullopt;
  for (const Json& entry : entries->items()) {
    if (entry.string_at({"manager"}) != kFieldManager) continue;
    if (entry.string_at({"operation"}) != "Apply") continue;
    Json copy = entry;
    copy.erase("time");
    return copy;
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<PlannedObject>> plan_objects(const std::vector<Json>& objects,
                                                const Discovery& discovery,
                                                std::string_view default_namespace) {
  Discovery known = discovery;
  for (const Json& object : objects) {
    if (is_definition(object_id(object))) known.add_definition(object);
  }
  std::vector<Json> sorted = objects;
  sort_for_apply(sorted);

  std::vector<PlannedObject> out;
  std::vector<Error> errors;
  std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
  for (Json& object : sorted) {
    KF_DO(check_object(object, "rendered object"));
    PlannedObject planned;
    planned.id = object_id(object);
    if (planned.id.name.empty()) {
      errors.push_back(project_error(planned.id.kind + " with generateName has no name of its own",
                                     "give it metadata.name: apply must find it again"));
      continue;
    }
    const ResourceInfo* const resource = known.find(planned.id.api_version, planned.id.kind);
    if (resource == nullptr) {
      errors.push_back(known.unknown_kind(planned.id));
      continue;
    }
    planned.resource = *resource;
    planned.kind_pending = discovery.find(planned.id.api_version, planned.id.kind) == nullptr;
    planned.object = prepared(std::move(object), *resource, default_namespace);
    planned.id = object_id(planned.object);
    if (!seen.emplace(planned.id.group(), planned.id.kind, planned.id.namespace_, planned.id.name)
             .second) {
      errors.push_back(project_error(planned.id.full_text() + " is rendered twice",
                                     "two components make the same object: rename one"));
      continue;
    }
    out.push_back(std::move(planned));
  }
  if (!errors.empty()) return joined(errors);
  return out;
}

bool is_definition(const ObjectId& id) {
  return id.kind == "CustomResourceDefinition" && id.group() == "apiextensions.k8s.io";
}

bool is_custom(const ObjectId& id) {
  std::string_view group = id.group();
  if (group == "rbac.authorization.k8s.io" || group.ends_with(".apiserver.k8s.io")) return false;
  if (group.ends_with(".k8s.io")) group.remove_suffix(std::string_view(".k8s.io").size());
  return group.find('.') != std::string_view::npos;
}

bool defines(const PlannedObject& definition, const PlannedObject& object) {
  // A definition's name is RESOURCE.GROUP, always.
  return is_definition(definition.id) &&
         definition.id.name == object.resource.resource + "." + std::string(object.id.group());
}

Json without_noise(Json object) {
  object.erase("status");
  Json* const metadata = object.find("metadata");
  if (metadata == nullptr) return object;
  for (const std::string_view key :
       {"managedFields", "generation", "resourceVersion", "creationTimestamp", "uid", "selfLink"}) {
    metadata->erase(key);
  }
  if (Json* const annotations = metadata->find("annotations")) {
    annotations->erase("kubectl.kubernetes.io/last-applied-configuration");
    if (annotations->is_object() && annotations->members().empty()) metadata->erase("annotations");
  }
  return object;
}

Json what_apply_sees(const Json& live) {
  return Json::array({without_noise(live), our_entry(live).value_or(Json())});
}

bool is_unchanged(const Json& before, const Json& after) {
  const std::string_view version = before.string_at({"metadata", "resourceVersion"});
  if (!version.empty() && version == after.string_at({"metadata", "resourceVersion"}) &&
      without_noise(before) == without_noise(after)) {
    return true;  // a dry run keeps the version whatever it would change
  }
  return our_entry(before) == our_entry(after) && without_noise(before) == without_noise(after);
}

}  // namespace kfctl
