#include "cluster/schema/references.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "cluster/schema/rules.h"

namespace kfctl {
namespace {

// Objects by kind, namespace and name, and the pods that they make.
class Index {
 public:
  struct Pod {
    std::string space;
    const Json* labels = nullptr;
    const Json* spec = nullptr;
  };

  explicit Index(const std::vector<Json>& objects) {
    std::vector<Problem> none;
    for (const Json& object : objects) {
      const ObjectId id = object_id(object);
      objects_[{id.kind, id.namespace_, id.name}] = &object;
      Reporter reporter(object, none);
      for (const PodSpot& pod : pods_of({&object, "", reporter})) {
        const Spot labels = pod.metadata["labels"];
        pods_.push_back({id.namespace_, labels.found() ? &labels.value() : nullptr,
                         pod.spec.found() ? &pod.spec.value() : nullptr});
      }
    }
  }

  const Json* find(std::string_view kind, std::string_view space, std::string_view name) const {
    const auto it =
        objects_.find(std::tuple(std::string(kind), std::string(space), std::string(name)));
    return it == objects_.end() ? nullptr : it->second;
  }

  std::vector<std::string> names(std::string_view kind, std::string_view space) const {
    std::vector<std::string> found;
    for (const auto& [key, object] : objects_) {
      if (std::get<0>(key) == kind && std::get<1>(key) == space) found.push_back(std::get<2>(key));
    }
    return found;
  }

  /// The pods of a namespace for which `selector` (matchLabels, matchExpressions) is true.
  std::vector<const Pod*> selected(const std::string& space, const Json& selector) const {
    std::vector<const Pod*> found;
    for (const Pod& pod : pods_) {
      if (pod.space == space && selects(selector, pod.labels)) found.push_back(&pod);
    }
    return found;
  }

 private:
  std::map<std::tuple<std::string, std::string, std::string>, const Json*> objects_;
  std::vector<Pod> pods_;
};

bool is_optional(const Spot& spot) { return spot["optional"].is_true(); }

class ReferenceCheck {
 public:
  ReferenceCheck(const Index& index, const Spot& object, bool strict)
      : index_(index), object_(object), strict_(strict), id_(object_id(object.value())) {}

  void run() {
    for (const PodSpot& pod : pods_of(object_)) check_pod_spec(pod.spec);
    const std::string_view group = id_.group();
    if (id_.kind == "Service" && group.empty()) check_service_pods();
    if (id_.kind == "Ingress") check_ingress_backends();
    if (id_.kind == "RoleBinding" || id_.kind == "ClusterRoleBinding") check_binding();
    if (id_.kind == "StatefulSet") {
      want("Service", id_.namespace_, object_["spec"]["serviceName"]);
    }
    if (id_.kind == "HorizontalPodAutoscaler") check_scale_target();
    if (id_.kind == "PodDisruptionBudget") check_protected_pods();
    for (const Spot& hook : object_["webhooks"].items()) {
      check_remote_service(hook["clientConfig"]["service"]);
    }
    if (id_.kind == "APIService") check_remote_service(object_["spec"]["service"]);
  }

 private:
  void missing(const Spot& at, std::string message, std::string hint) const {
    strict_ ? at.error(std::move(message), std::move(hint))
            : at.warn(std::move(message), std::move(hint));
  }

  // The object that `name` names, or nullptr, which is reported unless `optional`.
  const Json* want(std::string_view kind, std::string_view space, const Spot& name,
                   bool optional = false) const {
    if (name.text().empty()) return nullptr;
    const Json* const found = index_.find(kind, space, name.text());
    if (found == nullptr && !optional) {
      const std::string what = std::string(kind) + "/" + std::string(name.text());
      missing(name, what + " is not among the objects",
              did_you_mean(name.text(), index_.names(kind, space),
                           "it has to be on the cluster already"));
    }
    return found;
  }

  // ---- pods

  void want_key(const Json& owner, const Spot& key) const {
    if (key.text().empty()) return;
    std::vector<std::string> keys;
    for (const char* const table : {"data", "stringData", "binaryData"}) {
      const Json* const data = owner.find(table);
      if (data == nullptr || !data->is_object()) continue;
      for (const auto& [name, value] : data->members()) keys.push_back(name);
    }
    if (std::find(keys.begin(), keys.end(), key.text()) != keys.end()) return;
    const bool secret = is_secret(owner);
    if (secret && keys.empty()) return;  // filled later
    std::string message = object_id(owner).text() + " has no key '" + std::string(key.text()) + "'";
    std::string hint =
        did_you_mean(key.text(), keys, keys.empty() ? "" : "it has " + join(keys, ", "));
    if (secret) return missing(key, std::move(message), std::move(hint));
    key.error(std::move(message), std::move(hint));
  }

  // `source` names a ConfigMap or Secret and perhaps a key.
  void check_source(std::string_view kind, const Spot& source, std::string_view name) const {
    if (!source.found()) return;
    const Json* const owner = want(kind, id_.namespace_, source[name], is_optional(source));
    if (owner == nullptr || is_optional(source)) return;
    want_key(*owner, source["key"]);
    for (const Spot& item : source["items"].items()) want_key(*owner, item["key"]);
  }

  void check_volume_sources(const Spot& volume) const {
    check_source("ConfigMap", volume["configMap"], "name");
    check_source("Secret", volume["secret"], "secretName");
    want("PersistentVolumeClaim", id_.namespace_, volume["persistentVolumeClaim"]["claimName"]);
    for (const Spot& source : volume["projected"]["sources"].items()) {
      check_source("ConfigMap", source["configMap"], "name");
      check_source("Secret", source["secret"], "name");
    }
  }

  void check_pod_spec(const Spot& spec) const {
    if (!spec["serviceAccountName"].is("default")) {
      want("ServiceAccount", id_.namespace_, spec["serviceAccountName"]);
    }
    for (const Spot& secret : spec["imagePullSecrets"].items()) {
      want("Secret", id_.namespace_, secret["name"]);
    }
    for (const Spot& volume : spec["volumes"].items()) check_volume_sources(volume);
    for (const char* const list : {"initContainers", "containers"}) {
      for (const Spot& container : spec[list].items()) {
        for (const Spot& env : container["env"].items()) {
          const Spot from = env["valueFrom"];
          check_source("ConfigMap", from["configMapKeyRef"], "name");
          check_source("Secret", from["secretKeyRef"], "name");
        }
        for (const Spot& env : container["envFrom"].items()) {
          check_source("ConfigMap", env["configMapRef"], "name");
          check_source("Secret", env["secretRef"], "name");
        }
      }
    }
  }

  // ---- selectors and ports

  void check_service_pods() const {
    const Spot selector = object_["spec"]["selector"];
    if (selector.size() == 0 || object_["spec"]["type"].is("ExternalName")) return;
    const std::vector<const Index::Pod*> pods =
        index_.selected(id_.namespace_, Json::object({{"matchLabels", selector.value()}}));
    if (pods.empty()) {
      return missing(selector, "selects no pods of these objects",
                     "compare it with the labels of the pods' template");
    }
    for (const Spot& port : object_["spec"]["ports"].items()) {
      const Spot target = port["targetPort"];
      if (target.text().empty()) continue;
      const bool found = std::any_of(pods.begin(), pods.end(), [&](const Index::Pod* pod) {
        return pod->spec != nullptr && has_port(*pod->spec, target.text());
      });
      if (found) continue;
      missing(target,
              "no container of its pods has a port called '" + std::string(target.text()) + "'",
              did_you_mean(target.text(), port_names(pods)));
    }
  }

  static std::vector<std::string> port_names(const std::vector<const Index::Pod*>& pods) {
    std::vector<std::string> names;
    for (const Index::Pod* const pod : pods) {
      if (pod->spec == nullptr) continue;
      for_each_port(*pod->spec, [&](std::string_view name) { names.emplace_back(name); });
    }
    return names;
  }

  template <typename Visit>
  static void for_each_port(const Json& spec, Visit visit) {
    for (const char* const list : {"initContainers", "containers"}) {
      const Json* const containers = spec.find(list);
      if (containers == nullptr || !containers->is_array()) continue;
      for (const Json& container : containers->items()) {
        const Json* const ports = container.find("ports");
        if (ports == nullptr || !ports->is_array()) continue;
        for (const Json& port : ports->items()) visit(port.string_at({"name"}));
      }
    }
  }

  static bool has_port(const Json& spec, std::string_view wanted) {
    bool found = false;
    for_each_port(spec, [&](std::string_view name) { found |= name == wanted; });
    return found;
  }

  // A backend's service, and its port by name or number.
  void check_backend(const Spot& service) const {
    const Json* const found = want("Service", id_.namespace_, service["name"]);
    if (found == nullptr) return;
    const Json* const ports = found->at({"spec", "ports"});
    if (ports == nullptr || !ports->is_array()) return;
    const Spot name = service["port"]["name"];
    const Spot number = service["port"]["number"];
    const Spot& wanted = name.text().empty() ? number : name;
    if (!wanted.found()) return;
    for (const Json& port : ports->items()) {
      const Json* const value = port.find(name.text().empty() ? "port" : "name");
      if (value != nullptr && *value == wanted.value()) return;
    }
    missing(wanted, object_id(*found).text() + " has no such port", "");
  }

  void check_ingress_backends() const {
    check_backend(object_["spec"]["defaultBackend"]["service"]);
    for (const Spot& rule : object_["spec"]["rules"].items()) {
      for (const Spot& path : rule["http"]["paths"].items())
        check_backend(path["backend"]["service"]);
    }
    for (const Spot& tls : object_["spec"]["tls"].items()) {
      want("Secret", id_.namespace_, tls["secretName"]);
    }
  }

  void check_remote_service(const Spot& service) const {
    if (service.found()) want("Service", service["namespace"].text(), service["name"]);
  }

  // ---- the rest

  void check_binding() const {
    const Spot role = object_["roleRef"];
    if (role["kind"].is("Role")) {
      want("Role", id_.namespace_, role["name"]);
    } else if (role["kind"].is("ClusterRole")) {
      const std::string_view name = role["name"].text();
      const bool builtin = name == "admin" || name == "edit" || name == "view" ||
                           name == "cluster-admin" || name.starts_with("system:");
      if (!builtin) want("ClusterRole", "", role["name"]);
    }
    for (const Spot& subject : object_["subjects"].items()) {
      if (!subject["kind"].is("ServiceAccount") || subject["name"].is("default")) continue;
      const std::string_view space = subject["namespace"].text();
      want("ServiceAccount", space.empty() ? id_.namespace_ : space, subject["name"]);
    }
  }

  void check_scale_target() const {
    const Spot target = object_["spec"]["scaleTargetRef"];
    want(target["kind"].text(), id_.namespace_, target["name"]);
  }

  void check_protected_pods() const {
    const Spot selector = object_["spec"]["selector"];
    if (selector.size() == 0) return;
    if (index_.selected(id_.namespace_, selector.value()).empty()) {
      missing(selector, "selects no pods of these objects",
              "compare it with the labels of the pods' template");
    }
  }

  const Index& index_;
  const Spot& object_;
  bool strict_;
  ObjectId id_;
};

}  // namespace

void check_references(const std::vector<Json>& objects, bool strict, std::vector<Problem>& out) {
  const Index index(objects);
  for (const Json& object : objects) {
    Reporter reporter(object, out);
    ReferenceCheck(index, {&object, "", reporter}, strict).run();
  }
}

}  // namespace kfctl
