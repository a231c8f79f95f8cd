#include "base/object.h"

#include <algorithm>
#include <tuple>

namespace kfctl {
namespace {

enum class Scope { kNamespaced, kCluster };

struct KindRow {
  std::string_view group;
  std::string_view kind;
  Scope scope;
};

// The one table of kinds. Its order is the order of installation: what others need comes first, so
// that no object waits for a later one. It is Helm's order (which `ks show` used) with three
// changes: PriorityClass and NetworkPolicy have a place; definitions of custom resources come
// before everything but namespaces, because any other object may be a custom resource; roles come
// before their bindings of both scopes.
constexpr KindRow kKinds[] = {
    {"", "Namespace", Scope::kCluster},
    {"apiextensions.k8s.io", "CustomResourceDefinition", Scope::kCluster},
    {"scheduling.k8s.io", "PriorityClass", Scope::kCluster},
    {"networking.k8s.io", "NetworkPolicy", Scope::kNamespaced},
    {"", "ResourceQuota", Scope::kNamespaced},
    {"", "LimitRange", Scope::kNamespaced},
    {"policy", "PodSecurityPolicy", Scope::kCluster},
    {"policy", "PodDisruptionBudget", Scope::kNamespaced},
    {"", "Secret", Scope::kNamespaced},
    {"", "ConfigMap", Scope::kNamespaced},
    {"storage.k8s.io", "StorageClass", Scope::kCluster},
    {"", "PersistentVolume", Scope::kCluster},
    {"", "PersistentVolumeClaim", Scope::kNamespaced},
    {"", "ServiceAccount", Scope::kNamespaced},
    {"rbac.authorization.k8s.io", "ClusterRole", Scope::kCluster},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", Scope::kCluster},
    {"rbac.authorization.k8s.io", "Role", Scope::kNamespaced},
    {"rbac.authorization.k8s.io", "RoleBinding", Scope::kNamespaced},
    {"", "Service", Scope::kNamespaced},
    {"apps", "DaemonSet", Scope::kNamespaced},
    {"", "Pod", Scope::kNamespaced},
    {"", "ReplicationController", Scope::kNamespaced},
    {"apps", "ReplicaSet", Scope::kNamespaced},
    {"apps", "Deployment", Scope::kNamespaced},
    {"autoscaling", "HorizontalPodAutoscaler", Scope::kNamespaced},
    {"apps", "StatefulSet", Scope::kNamespaced},
    {"batch", "Job", Scope::kNamespaced},
    {"batch", "CronJob", Scope::kNamespaced},
    {"networking.k8s.io", "IngressClass", Scope::kCluster},
    {"networking.k8s.io", "Ingress", Scope::kNamespaced},
};

// Last of all, after kinds that the table does not name: they intercept what comes after them.
constexpr KindRow kLastKinds[] = {
    {"apiregistration.k8s.io", "APIService", Scope::kCluster},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration", Scope::kCluster},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicy", Scope::kCluster},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", Scope::kCluster},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", Scope::kCluster},
};

// Without a place of their own in the order, but without a namespace too.
constexpr KindRow kOtherClusterKinds[] = {
    {"", "Node", Scope::kCluster},
    {"certificates.k8s.io", "CertificateSigningRequest", Scope::kCluster},
    {"flowcontrol.apiserver.k8s.io", "FlowSchema", Scope::kCluster},
    {"flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", Scope::kCluster},
    {"node.k8s.io", "RuntimeClass", Scope::kCluster},
    {"resource.k8s.io", "DeviceClass", Scope::kCluster},
    {"resource.k8s.io", "ResourceSlice", Scope::kCluster},
    {"storage.k8s.io", "CSIDriver", Scope::kCluster},
    {"storage.k8s.io", "CSINode", Scope::kCluster},
    {"storage.k8s.io", "VolumeAttachment", Scope::kCluster},
};

// Groups in which built-in kinds lived before they moved to where the tables say.
std::string_view today_group(std::string_view group, std::string_view kind) {
  if (group != "extensions") return group;
  if (kind == "Ingress" || kind == "NetworkPolicy") return "networking.k8s.io";
  return kind == "PodSecurityPolicy" ? "policy" : "apps";
}

template <size_t N>
int find_row(const KindRow (&table)[N], std::string_view group, std::string_view kind) {
  for (size_t i = 0; i < N; ++i) {
    if (table[i].kind == kind && table[i].group == group) return static_cast<int>(i);
  }
  return -1;
}

// What objects are sorted by, made once for each.
struct SortKey {
  ObjectId id;
  int rank = 0;
  std::string generate_name;
};

SortKey sort_key(const Json& object) {
  SortKey key{object_id(object), 0, std::string(object.string_at({"metadata", "generateName"}))};
  key.rank = kind_rank(key.id.group(), key.id.kind);
  return key;
}

template <typename Less>
void sort_objects(std::vector<Json>& objects, Less less) {
  std::vector<std::pair<SortKey, Json>> keyed;
  keyed.reserve(objects.size());
  for (Json& object : objects) {
    SortKey key = sort_key(object);
    keyed.emplace_back(std::move(key), std::move(object));
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [&less](const auto& a, const auto& b) { return less(a.first, b.first); });
  for (size_t i = 0; i < objects.size(); ++i) objects[i] = std::move(keyed[i].second);
}

}  // namespace

std::string_view ObjectId::group() const {
  const size_t slash = api_version.find('/');
  return slash == std::string::npos ? std::string_view()
                                    : std::string_view(api_version).substr(0, slash);
}

std::string_view ObjectId::version() const {
  const size_t slash = api_version.find('/');
  return slash == std::string::npos ? std::string_view(api_version)
                                    : std::string_view(api_version).substr(slash + 1);
}

std::string ObjectId::full_text() const {
  std::string out = kind;
  if (!group().empty()) out += "." + std::string(group());
  out += "/" + name;
  if (!namespace_.empty()) out += " in namespace " + namespace_;
  return out;
}

ObjectId object_id(const Json& object) {
  return {std::string(object.string_at({"apiVersion"})), std::string(object.string_at({"kind"})),
          std::string(object.string_at({"metadata", "namespace"})),
          std::string(object.string_at({"metadata", "name"}))};
}

bool same_object(const ObjectId& a, const ObjectId& b) {
  return a.name == b.name && a.kind == b.kind && a.namespace_ == b.namespace_ &&
         a.group() == b.group();
}

Status check_object(const Json& value, std::string_view where) {
  const std::string begin = std::string(where) + ": ";
  if (!value.is_object()) {
    return project_error(begin + "expected a Kubernetes object, found " +
                         std::string(value.type_name()));
  }
  for (const std::string_view key : {std::string_view("apiVersion"), std::string_view("kind")}) {
    const Json* member = value.find(key);
    if (member == nullptr) return project_error(begin + "has no " + std::string(key));
    if (!member->is_string() || member->as_string().empty()) {
      return project_error(begin + std::string(key) + " must be a string that is not empty");
    }
  }
  const ObjectId id = object_id(value);
  const bool named = !id.name.empty() || !value.string_at({"metadata", "generateName"}).empty();
  if (!named) return project_error(begin + id.kind + " has no metadata.name");
  const Json* name_space = value.at({"metadata", "namespace"});
  if (name_space != nullptr && !name_space->is_string() && !name_space->is_null()) {
    return project_error(begin + id.text() + ": metadata.namespace must be a string");
  }
  return Ok{};
}

int kind_rank(std::string_view group, std::string_view kind) {
  constexpr int kKnown = static_cast<int>(std::size(kKinds));
  const std::string_view today = today_group(group, kind);
  if (const int first = find_row(kKinds, today, kind); first >= 0) return first;
  if (const int last = find_row(kLastKinds, today, kind); last >= 0) return kKnown + 1 + last;
  return kKnown;
}

bool is_cluster_scoped(std::string_view group, std::string_view kind) {
  const std::string_view today = today_group(group, kind);
  const int row = find_row(kKinds, today, kind);
  if (row >= 0) return kKinds[row].scope == Scope::kCluster;
  // RBAC's bindings and roles are namespaced or not by their name, never by version.
  return find_row(kLastKinds, today, kind) >= 0 || find_row(kOtherClusterKinds, today, kind) >= 0;
}

void sort_for_show(std::vector<Json>& objects) {
  sort_objects(objects, [](const SortKey& a, const SortKey& b) {
    return std::tie(a.id.namespace_, a.rank, a.id.kind, a.id.api_version, a.id.name,
                    a.generate_name) < std::tie(b.id.namespace_, b.rank, b.id.kind,
                                                b.id.api_version, b.id.name, b.generate_name);
  });
}

void sort_for_apply(std::vector<Json>& objects) {
  sort_objects(objects, [](const SortKey& a, const SortKey& b) {
    return std::tie(a.rank, a.id.kind, a.id.api_version, a.id.namespace_, a.id.name,
                    a.generate_name) < std::tie(b.rank, b.id.kind, b.id.api_version,
                                                b.id.namespace_, b.id.name, b.generate_name);
  });
}

bool is_object_list(const Json& value) {
  const Json* items = value.find("items");
  return items != nullptr && items->is_array() && value.string_at({"kind"}).ends_with("List");
}

void flatten_lists(Json value, std::vector<Json>& objects) {
  if (!is_object_list(value)) {
    objects.push_back(std::move(value));
    return;
  }
  for (Json& item : value.find("items")->items()) flatten_lists(std::move(item), objects);
}

}  // namespace kfctl
