#include "cluster/foreign.h"

#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/text.h"
#include "cluster/object_set.h"

namespace kfctl {
namespace {

constexpr size_t kNamed = 3;  // of the foreign objects, in the warning

// What a namespace has without anybody having put it there.
bool is_automatic(const ObjectId& id) {
  static const std::set<std::string> kKinds = {"Event", "Endpoints", "EndpointSlice", "Lease"};
  return kKinds.contains(id.kind) || (id.kind == "ServiceAccount" && id.name == "default") ||
         (id.kind == "ConfigMap" && id.name == "kube-root-ca.crt");
}

// kfctl's records: an apply set's parent.
bool is_record(const Json& metadata) {
  return metadata.at({"labels", "applyset.kubernetes.io/id"}) != nullptr;
}

class Search {
 public:
  Search(const Workplace& place, const Discovery& discovery,
         const std::vector<DeleteTarget>& targets)
      : place_(place), discovery_(discovery), targets_(targets) {
    for (const DeleteTarget& one : targets) ours_.add(one.planned.id);
  }

  void look_into(size_t target) {
    const DeleteTarget& one = targets_[target];
    if (one.planned.id.kind == "Namespace" && one.planned.id.group().empty()) {
      for (const ResourceInfo* const resource : discovery_.stored_in_namespaces()) {
        list(target, *resource, one.planned.id.name, "");
      }
    } else if (is_definition(one.planned.id)) {
      const ResourceInfo* const resource = resource_of(one.planned.object);
      if (resource != nullptr) list(target, *resource, "", "");
    }
  }

  Status run() {
    place_.client.run();
    if (error_) return *error_;
    return Ok{};
  }

  bool keeps(size_t target) const { return found_.contains(target) || hidden_.contains(target); }

  std::string reason(size_t target) const {
    const auto it = found_.find(target);
    if (it == found_.end())
      return "may hold objects that are not ours, which this user may not see";
    std::vector<std::string> names(it->second.begin(), it->second.end());
    const size_t count = names.size();
    if (count > kNamed) names.resize(kNamed);
    return "holds objects that are not ours: " + join(names, ", ") +
           (count > kNamed ? " and " + std::to_string(count - kNamed) + " more" : "");
  }

 private:
  // The rendered definition says it; a member of the set that is rendered no longer is named
  // PLURAL.GROUP.
  const ResourceInfo* resource_of(const Json& definition) const {
    const std::string_view name = definition.string_at({"metadata", "name"});
    const size_t dot = name.find('.');
    if (dot == std::string_view::npos) return nullptr;
    return discovery_.find_resource(name.substr(dot + 1), name.substr(0, dot));
  }

  void list(size_t target, const ResourceInfo& resource, const std::string& ns,
            const std::string& from) {
    KubeRequest request;
    request.path = resource.collection_path(ns);
    request.accept =
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
    request.query = {{"limit", "500"}};
    if (!from.empty()) request.query.emplace_back("continue", from);
    place_.client.start(std::move(request), [this, target, &resource, ns](KubeAnswer answer) {
      if (answer.status_is(404) || answer.status_is(405)) return;
      if (answer.status_is(403)) return void(hidden_.insert(target));
      const Result<Json> page = place_.client.parse(answer, "list " + resource.resource);
      if (!page.ok()) {
        if (!error_) error_ = page.error();
        return;
      }
      take(target, page.value(), resource);
      const std::string next(page.value().string_at({"metadata", "continue"}));
      if (!next.empty()) list(target, resource, ns, next);
    });
  }

  void take(size_t target, const Json& page, const ResourceInfo& resource) {
    const Json* const items = page.find("items");
    if (items == nullptr || !items->is_array()) return;
    for (const Json& item : items->items()) {
      const Json* const metadata = item.find("metadata");
      if (metadata == nullptr || metadata->find("ownerReferences") != nullptr) continue;
      const ObjectId id = {resource.api_version, resource.kind,
                           std::string(metadata->string_at({"namespace"})),
                           std::string(metadata->string_at({"name"}))};
      const bool ours = is_automatic(id) || is_record(*metadata) || ours_.contains(id);
      if (!ours) found_[target].insert(id.full_text());
    }
  }

  const Workplace& place_;
  const Discovery& discovery_;
  const std::vector<DeleteTarget>& targets_;
  ObjectSet ours_;
  std::map<size_t, std::set<std::string>> found_;
  std::set<size_t> hidden_;
  std::optional<Error> error_;
};

}  // namespace

Status keep_what_holds_foreign(const Workplace& place, const Discovery& discovery,
                               std::vector<DeleteTarget>& targets) {
  Search search(place, discovery, targets);
  for (size_t i = 0; i < targets.size(); ++i) search.look_into(i);
  KF_DO(search.run());
  std::vector<DeleteTarget> out;
  for (size_t i = 0; i < targets.size(); ++i) {
    if (!search.keeps(i)) {
      out.push_back(std::move(targets[i]));
      continue;
    }
    ClusterEvent event;
    event.kind = ClusterEvent::Kind::kWarning;
    event.message = targets[i].planned.id.full_text() + " is left alone: it " + search.reason(i);
    place.tell(std::move(event));
  }
  targets = std::move(out);
  return Ok{};
}

}  // namespace kfctl
