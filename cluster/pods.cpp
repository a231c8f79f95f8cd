#include "cluster/pods.h"

#include <algorithm>
#include <iterator>

namespace kfctl {
namespace {

constexpr int kMaxDepth = 32;

const Json::Array& list_of(const Json& object, std::string_view key) {
  static const Json::Array kNone;
  const Json* const list = object.find(key);
  return list != nullptr && list->is_array() ? list->items() : kNone;
}

void find_templates(const Json& value, int depth, std::vector<PodTemplate>& out) {
  if (depth > kMaxDepth) return;
  if (value.is_array()) {
    for (const Json& item : value.items()) find_templates(item, depth + 1, out);
    return;
  }
  if (!value.is_object()) return;
  const Json* const spec = value.find("spec");
  if (spec != nullptr && !list_of(*spec, "containers").empty()) {
    const Json* const labels = value.at({"metadata", "labels"});
    out.push_back({labels != nullptr && labels->is_object() ? labels : nullptr, spec});
    return;
  }
  for (const auto& [key, member] : value.members()) find_templates(member, depth + 1, out);
}

class References {
 public:
  explicit References(std::vector<PodReference>& out) : out_(out) {}

  void add_spec(const Json& spec) {
    const std::string_view account = spec.string_at({"serviceAccountName"});
    add("ServiceAccount", account.empty() ? "default" : account, account.empty());
    add("PriorityClass", spec.string_at({"priorityClassName"}), false);
    add("RuntimeClass", spec.string_at({"runtimeClassName"}), false);
    for (const Json& secret : list_of(spec, "imagePullSecrets")) {
      add("Secret", secret.string_at({"name"}), true);
    }
    for (const Json& volume : list_of(spec, "volumes")) add_volume(volume);
    for (const char* const list : {"initContainers", "containers"}) {
      for (const Json& container : list_of(spec, list)) add_container(container);
    }
  }

 private:
  void add(std::string_view kind, std::string_view name, bool optional) {
    if (!name.empty()) out_.push_back({kind, name, optional});
  }

  // `source` is what names a ConfigMap or Secret, or nullptr.
  void add_source(std::string_view kind, const Json* source, std::string_view key = "name") {
    if (source == nullptr) return;
    const Json* const optional = source->find("optional");
    add(kind, source->string_at({key}),
        optional != nullptr && optional->is_bool() && optional->as_bool());
  }

  void add_volume(const Json& volume) {
    add_source("ConfigMap", volume.find("configMap"));
    add_source("Secret", volume.find("secret"), "secretName");
    add("PersistentVolumeClaim", volume.string_at({"persistentVolumeClaim", "claimName"}), false);
    const Json* const projected = volume.find("projected");
    if (projected == nullptr) return;
    for (const Json& source : list_of(*projected, "sources")) {
      add_source("ConfigMap", source.find("configMap"));
      add_source("Secret", source.find("secret"));
    }
  }

  void add_container(const Json& container) {
    for (const Json& variable : list_of(container, "env")) {
      add_source("ConfigMap", variable.at({"valueFrom", "configMapKeyRef"}));
      add_source("Secret", variable.at({"valueFrom", "secretKeyRef"}));
    }
    for (const Json& source : list_of(container, "envFrom")) {
      add_source("ConfigMap", source.find("configMapRef"));
      add_source("Secret", source.find("secretRef"));
    }
  }

  std::vector<PodReference>& out_;
};

}  // namespace

std::vector<PodTemplate> pod_templates(const Json& object) {
  std::vector<PodTemplate> out;
  if (object.string_at({"kind"}) != "CustomResourceDefinition") find_templates(object, 0, out);
  return out;
}

bool makes_pods(const ObjectId& id) {
  if (id.group() == "apps") return id.kind != "ControllerRevision";
  if (id.group() == "batch") return true;
  return id.group().empty() && (id.kind == "Pod" || id.kind == "ReplicationController");
}

bool has_labels(const Json& selector, const Json* labels) {
  if (!selector.is_object() || selector.members().empty() || labels == nullptr) return false;
  return std::all_of(selector.members().begin(), selector.members().end(),
                     [labels](const Json::Member& member) {
                       const Json* const value = labels->find(member.first);
                       return value != nullptr && *value == member.second;
                     });
}

std::vector<PodReference> pod_references(const Json& spec) {
  std::vector<PodReference> out;
  References(out).add_spec(spec);
  return out;
}

}  // namespace kfctl
