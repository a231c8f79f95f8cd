#include "cluster/replicas.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "cluster/owned_fields.h"
#include "cluster/session.h"

namespace kfctl {
namespace {

using Target = std::tuple<std::string, std::string, std::string>;  // namespace, kind, name

std::set<Target> scaled_by_plan(const std::vector<PlannedObject>& planned) {
  std::set<Target> out;
  for (const PlannedObject& one : planned) {
    if (one.id.kind != "HorizontalPodAutoscaler" || one.id.group() != "autoscaling") continue;
    out.emplace(one.id.namespace_, one.object.string_at({"spec", "scaleTargetRef", "kind"}),
                one.object.string_at({"spec", "scaleTargetRef", "name"}));
  }
  return out;
}

// The controller manager scales workloads for autoscalers only, by their subresource.
bool was_scaled(const Json& live) {
  const Json* const entries = live.at({"metadata", "managedFields"});
  if (entries == nullptr || !entries->is_array()) return false;
  return std::any_of(entries->items().begin(), entries->items().end(), [](const Json& entry) {
    return entry.string_at({"manager"}) == "kube-controller-manager" &&
           entry.string_at({"subresource"}) == "scale" &&
           entry.at({"fieldsV1", "f:spec", "f:replicas"}) != nullptr;
  });
}

bool is_ours(const Json& live) {
  const Json* const entry = applied_entry(live, kFieldManager);
  return entry != nullptr && entry->at({"fieldsV1", "f:spec", "f:replicas"}) != nullptr;
}

}  // namespace

void leave_replicas(std::vector<PlannedObject>& planned, const std::vector<LiveObject>& live) {
  const std::set<Target> scaled = scaled_by_plan(planned);
  for (size_t i = 0; i < planned.size(); ++i) {
    const ObjectId& id = planned[i].id;
    const Json& there = live[i].object;
    const Json* const replicas = there.at({"spec", "replicas"});
    if (replicas == nullptr || planned[i].object.find("spec") == nullptr) continue;
    if (!scaled.contains({id.namespace_, id.kind, id.name}) && !was_scaled(there)) continue;
    Json& spec = planned[i].object["spec"];
    if (is_ours(there)) {
      spec["replicas"] = *replicas;
    } else {
      spec.erase("replicas");
    }
  }
}

}  // namespace kfctl
