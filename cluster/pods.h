// The pods that an object makes, found in its text alone. Pure; the views are into the object.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/object.h"

namespace kfctl {

struct PodTemplate {
  const Json* labels = nullptr;  // nullptr: none
  const Json* spec = nullptr;    // never nullptr
};

/// The templates at any depth: a Deployment has one, a TFJob one for each role, a ConfigMap none. A
/// spec is told by its list of containers; definitions, which describe such things, have none.
std::vector<PodTemplate> pod_templates(const Json& object);

/// True for built-in kinds that make pods, or are one.
bool makes_pods(const ObjectId& id);

/// True if `labels` (an object, or nullptr for none) has all that `selector`, an object of strings
/// as a Service has it, asks for. An empty selector selects nothing.
bool has_labels(const Json& selector, const Json* labels);

/// What pods take from the cluster by name.
struct PodReference {
  std::string_view kind;  // "ConfigMap"
  std::string_view name;
  bool optional = false;  // the pod starts without it
};

/// Everything that `spec` names: ConfigMaps, Secrets, PersistentVolumeClaims, the ServiceAccount,
/// PriorityClass and RuntimeClass; one name may come several times.
std::vector<PodReference> pod_references(const Json& spec);

}  // namespace kfctl
