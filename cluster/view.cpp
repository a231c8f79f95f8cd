#include "cluster/view.h"

#include <algorithm>
#include <chrono>

#include "cluster/health_rules.h"
#include "cluster/pods.h"

namespace kfctl {
namespace {

struct KindName {
  std::string_view group;
  std::string_view kind;
};

constexpr KindName kPods = {"", "Pod"};
constexpr KindName kReplicaSets = {"apps", "ReplicaSet"};
constexpr KindName kJobs = {"batch", "Job"};

// What controllers make from an object of that kind, and from what they made.
std::vector<KindName> part_kinds(const PlannedObject& object) {
  const ObjectId& id = object.id;
  if (id.group() == "apps" && id.kind == "Deployment") return {kReplicaSets, kPods};
  if (id.group() == "batch" && id.kind == "CronJob") return {kJobs, kPods};
  if (id.kind == "Pod" && id.group().empty()) return {};
  if (makes_pods(id)) return {kPods};
  if (!is_custom(id) || !object.resource.namespaced) return {};
  return {{"apps", "StatefulSet"}, {"apps", "Deployment"}, kReplicaSets, kJobs, kPods};
}

std::string key_of(const Json& object) {
  return std::string(object.string_at({"metadata", "namespace"})) + "/" +
         std::string(object.string_at({"metadata", "name"}));
}

}  // namespace

void View::cover(const ResourceInfo& resource, const std::string& namespace_) {
  const std::string path = resource.collection_path(namespace_);
  if (collections_.contains(path)) return;
  Collection& made = collections_[path];
  Watch::Events events;
  events.on_change = [this, path](const Json* before, const Json* after) {
    changed(path, before, after);
  };
  events.on_listed = [this, &made] {
    made.listed = true;
    if (on_change_) on_change_();
  };
  events.on_error = [this, &made](Error error) {
    made.error = std::move(error);
    if (on_change_) on_change_();
  };
  made.watch = std::make_unique<Watch>(place_.client, resource, namespace_, std::move(events));
  made.watch->start(follow_);
}

void View::cover_with_parts(const PlannedObject& object, const Discovery& discovery) {
  const std::string space = object.resource.namespaced ? object.id.namespace_ : "";
  cover(object.resource, space);
  for (const KindName& part : part_kinds(object)) {
    const ResourceInfo* const resource = discovery.find_in_group(part.group, part.kind);
    if (resource != nullptr) cover(*resource, space);
  }
  if (object.id.kind == "PersistentVolumeClaim" && object.id.group().empty()) {
    const ResourceInfo* const classes = discovery.find_in_group("storage.k8s.io", "StorageClass");
    if (classes != nullptr) cover(*classes, "");
  }
}

bool View::complete() const {
  return std::all_of(collections_.begin(), collections_.end(), [](const auto& entry) {
    return entry.second.listed || entry.second.error.has_value();
  });
}

const View::Collection* View::collection_of(const PlannedObject& object) const {
  const std::string space = object.resource.namespaced ? object.id.namespace_ : "";
  const auto it = collections_.find(object.resource.collection_path(space));
  return it == collections_.end() ? nullptr : &it->second;
}

const Error* View::problem(const PlannedObject& object) const {
  const Collection* const collection = collection_of(object);
  return collection != nullptr && collection->error ? &*collection->error : nullptr;
}

const Json* View::find(const PlannedObject& object) const {
  const Collection* const collection = collection_of(object);
  if (collection == nullptr) return nullptr;
  const std::string space = object.resource.namespaced ? object.id.namespace_ : "";
  const auto it = collection->watch->objects().find(space + "/" + object.id.name);
  return it == collection->watch->objects().end() ? nullptr : &it->second;
}

HealthTree View::tree(const PlannedObject& object) const {
  if (const Json* const live = find(object)) {
    HealthTree out = health_tree(
        *live, [this](std::string_view uid) { return parts_of(uid); }, context());
    out.id = object.id;  // in the version that we know it by
    return out;
  }
  const Collection* const collection = collection_of(object);
  if (collection != nullptr && collection->listed) return absent_tree(object.id);
  const Error* const error = problem(object);
  return {object.id,
          {Health::kUnknown, error == nullptr ? "was not looked at yet" : error->message},
          {}};
}

std::vector<const Json*> View::with_parts(const PlannedObject& object) const {
  std::vector<const Json*> out;
  if (const Json* const live = find(object)) out.push_back(live);
  for (size_t i = 0; i < out.size(); ++i) {
    for (const Json* const part : parts_of(out[i]->string_at({"metadata", "uid"}))) {
      if (std::find(out.begin(), out.end(), part) == out.end()) out.push_back(part);
    }
  }
  return out;
}

std::vector<const Json*> View::all_of(const PlannedObject& object) const {
  std::vector<const Json*> out;
  const Collection* const collection = collection_of(object);
  if (collection == nullptr) return out;
  for (const auto& [key, one] : collection->watch->objects()) out.push_back(&one);
  return out;
}

void View::stop() {
  for (auto& [path, collection] : collections_) collection.watch->stop();
}

void View::changed(const std::string& path, const Json* before, const Json* after) {
  const auto owners = [](const Json& object, const auto& visit) {
    for (const Json& owner : list_at(object, {"metadata", "ownerReferences"})) {
      visit(std::string(owner.string_at({"uid"})));
    }
  };
  if (before != nullptr) {
    owners(*before, [&](const std::string& uid) { parts_[uid].erase({path, key_of(*before)}); });
  }
  if (after != nullptr) {
    owners(*after, [&](const std::string& uid) { parts_[uid].emplace(path, key_of(*after)); });
  }
  if (on_change_) on_change_();
}

std::vector<const Json*> View::parts_of(std::string_view uid) const {
  std::vector<const Json*> out;
  const auto it = parts_.find(uid);
  if (uid.empty() || it == parts_.end()) return out;
  for (const auto& [path, key] : it->second) {
    const std::map<std::string, Json>& objects = collections_.at(path).watch->objects();
    if (const auto found = objects.find(key); found != objects.end()) {
      out.push_back(&found->second);
    }
  }
  return out;
}

HealthContext View::context() const {
  HealthContext out;
  out.now = seconds_now();
  for (const auto& [path, collection] : collections_) {
    if (!path.ends_with("/storageclasses")) continue;
    for (const auto& [key, object] : collection.watch->objects()) {
      if (object.string_at({"volumeBindingMode"}) == "WaitForFirstConsumer") {
        out.late_classes.insert(key.substr(1));
      }
    }
  }
  return out;
}

int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace kfctl
