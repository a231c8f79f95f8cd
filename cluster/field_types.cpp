#include "cluster/field_types.h"

#include <algorithm>
#include <array>
#include <optional>

#include "cluster/schema/formats.h"

namespace kfctl {
namespace {

// x-kubernetes-map-type: atomic in the OpenAPI document of Kubernetes 1.34. A type that is missing
// here costs a request; one too many would be an error.
constexpr std::array<std::string_view, 36> kAtomicTypes = {
    "admissionregistration.v1.MatchResources",
    "admissionregistration.v1.NamedRuleWithOperations",
    "admissionregistration.v1.ParamKind",
    "admissionregistration.v1.ParamRef",
    "admissionregistration.v1.Variable",
    "admissionregistration.v1alpha1.MatchResources",
    "admissionregistration.v1alpha1.NamedRuleWithOperations",
    "admissionregistration.v1alpha1.ParamKind",
    "admissionregistration.v1alpha1.ParamRef",
    "admissionregistration.v1beta1.MatchResources",
    "admissionregistration.v1beta1.NamedRuleWithOperations",
    "admissionregistration.v1beta1.ParamKind",
    "admissionregistration.v1beta1.ParamRef",
    "admissionregistration.v1beta1.Variable",
    "autoscaling.v1.CrossVersionObjectReference",
    "core.v1.ConfigMapKeySelector",
    "core.v1.EndpointAddress",
    "core.v1.EndpointPort",
    "core.v1.FileKeySelector",
    "core.v1.LocalObjectReference",
    "core.v1.NodeSelector",
    "core.v1.NodeSelectorTerm",
    "core.v1.ObjectFieldSelector",
    "core.v1.ObjectReference",
    "core.v1.ResourceFieldSelector",
    "core.v1.ScopeSelector",
    "core.v1.SecretKeySelector",
    "core.v1.SecretReference",
    "core.v1.TopologySelectorTerm",
    "core.v1.TypedLocalObjectReference",
    "discovery.v1.EndpointPort",
    "meta.v1.LabelSelector",
    "meta.v1.OwnerReference",
    "networking.v1.ServiceBackendPort",
    "rbac.v1.RoleRef",
    "rbac.v1.Subject",
};

struct MemberOf {
  std::string_view type, member;
};

// The same, said of a field.
constexpr MemberOf kAtomicMembers[] = {
    {"core.v1.PodSpec", "nodeSelector"},
    {"core.v1.ReplicationControllerSpec", "selector"},
    {"core.v1.ServiceSpec", "selector"},
    {"node.v1.Scheduling", "nodeSelector"},
};

// Fields that are no pointers in Kubernetes' own types (k8s.io/api 0.34) and are left out where
// they are zero: "hostNetwork: false" is stored as nothing. Those that somebody writes out,
// templates above all; one that is missing here costs a request. What a default fills in is none of
// them.
constexpr MemberOf kDroppedZeros[] = {
    {"apps.v1.DaemonSetSpec", "minReadySeconds"},
    {"apps.v1.DeploymentSpec", "minReadySeconds"},
    {"apps.v1.DeploymentSpec", "paused"},
    {"apps.v1.ReplicaSetSpec", "minReadySeconds"},
    {"apps.v1.StatefulSetSpec", "minReadySeconds"},
    {"core.v1.Container", "stdin"},
    {"core.v1.Container", "stdinOnce"},
    {"core.v1.Container", "tty"},
    {"core.v1.Container", "workingDir"},
    {"core.v1.ContainerPort", "hostIP"},
    {"core.v1.ContainerPort", "hostPort"},
    {"core.v1.ContainerPort", "name"},
    {"core.v1.EmptyDirVolumeSource", "medium"},
    {"core.v1.EnvVar", "value"},
    {"core.v1.HTTPGetAction", "host"},
    {"core.v1.NFSVolumeSource", "readOnly"},
    {"core.v1.PersistentVolumeClaimVolumeSource", "readOnly"},
    {"core.v1.PodSpec", "hostIPC"},
    {"core.v1.PodSpec", "hostNetwork"},
    {"core.v1.PodSpec", "hostPID"},
    {"core.v1.PodSpec", "hostname"},
    {"core.v1.PodSpec", "priorityClassName"},
    {"core.v1.PodSpec", "serviceAccountName"},
    {"core.v1.PodSpec", "subdomain"},
    {"core.v1.Probe", "initialDelaySeconds"},
    {"core.v1.ServicePort", "name"},
    {"core.v1.ServiceSpec", "externalName"},
    {"core.v1.ServiceSpec", "loadBalancerIP"},
    {"core.v1.ServiceSpec", "publishNotReadyAddresses"},
    {"core.v1.TCPSocketAction", "host"},
    {"core.v1.Toleration", "effect"},
    {"core.v1.Toleration", "key"},
    {"core.v1.Toleration", "value"},
    {"core.v1.VolumeMount", "readOnly"},
    {"core.v1.VolumeMount", "subPath"},
    {"core.v1.VolumeMount", "subPathExpr"},
};

struct Default {
  std::string_view type, member, value;  // the value as JSON
};

// What the server fills in inside of values that are owned whole.
constexpr Default kDefaults[] = {
    {"core.v1.ObjectFieldSelector", "apiVersion", R"("v1")"},
    {"core.v1.PersistentVolumeClaim", "apiVersion", R"("v1")"},
    {"core.v1.PersistentVolumeClaim", "kind", R"("PersistentVolumeClaim")"},
    {"core.v1.PersistentVolumeClaim", "status", R"({"phase":"Pending"})"},
    {"core.v1.PersistentVolumeClaimSpec", "volumeMode", R"("Filesystem")"},
    {"networking.v1.NetworkPolicyPort", "protocol", R"("TCP")"},
    {"rbac.v1.RoleRef", "apiGroup", R"("rbac.authorization.k8s.io")"},
};

template <size_t kCount>
bool is_listed(const MemberOf (&list)[kCount], std::string_view type, std::string_view member) {
  return std::any_of(std::begin(list), std::end(list),
                     [&](const MemberOf& one) { return one.type == type && one.member == member; });
}

FieldType resolved(const Facts& facts, const Schema* schema, std::string_view parent,
                   std::string_view member) {
  FieldType out;
  if (schema == nullptr) return out;
  if (schema->type == ValueType::kNamed) {
    out.name = schema->type_name;
    out.atomic_map = std::binary_search(kAtomicTypes.begin(), kAtomicTypes.end(), out.name);
    schema = facts.type(schema->type_name);
  }
  out.schema = schema;
  out.atomic_map = out.atomic_map || is_listed(kAtomicMembers, parent, member);
  out.drops_zero = is_listed(kDroppedZeros, parent, member);
  return out;
}

// Of another type it would be refused.
bool is_zero(const Json& value, ValueType type) {
  switch (type) {
    case ValueType::kBool:
      return value == Json(false);
    case ValueType::kString:
      return value == Json("");
    case ValueType::kInt32:
    case ValueType::kInt64:
      return value == Json(0);
    default:
      return false;
  }
}

bool is_default(std::string_view type, std::string_view member, const Json& value) {
  return std::any_of(std::begin(kDefaults), std::end(kDefaults), [&](const Default& one) {
    return one.type == type && one.member == member && one.value == value.dump();
  });
}

// The server rewrites a quantity within its own notation only: 1000m as 1, 1024Mi as 1Gi.
bool same_quantity(const Json& wanted, const Json& live) {
  constexpr size_t kExact = 12;  // beyond it a double may take two quantities for one
  const std::string a = wanted.is_string() ? wanted.as_string() : wanted.dump();
  if (!live.is_string() || a.size() > kExact || live.as_string().size() > kExact) return false;
  const auto binary = [](const std::string& text) { return text.ends_with('i'); };
  const auto power = [](const std::string& text) {
    const size_t e = text.find_first_of("eE");
    return e != std::string::npos && e + 1 < text.size();
  };
  if (binary(a) != binary(live.as_string()) || power(a) || power(live.as_string())) return false;
  const std::optional<double> ours = read_quantity(a), theirs = read_quantity(live.as_string());
  return ours && theirs && *ours == *theirs;
}

bool object_stores_as(const Facts& facts, const Json& wanted, const Json& live,
                      const FieldType& type) {
  for (const auto& [name, value] : wanted.members()) {
    const Json* const stored = live.find(name);
    const FieldType member = type_of_member(facts, type, name);
    const bool same = stored == nullptr ? member.drops_zero && stores_nothing(value, member)
                                        : stores_as(facts, value, *stored, member);
    if (!same) return false;
  }
  return std::all_of(live.members().begin(), live.members().end(), [&](const Json::Member& one) {
    return wanted.find(one.first) != nullptr || is_default(type.name, one.first, one.second);
  });
}

bool list_stores_as(const Facts& facts, const Json& wanted, const Json& live,
                    const FieldType& type) {
  if (wanted.items().size() != live.items().size()) return false;
  const FieldType element = type_of_element(facts, type);
  for (size_t i = 0; i < wanted.items().size(); ++i) {
    if (!stores_as(facts, wanted.items()[i], live.items()[i], element)) return false;
  }
  return true;
}

}  // namespace

bool FieldType::atomic_list() const {
  return known() && schema->type == ValueType::kArray && !keyed_list();
}

bool FieldType::keyed_list() const {
  return known() && schema->type == ValueType::kArray && (schema->is_set || !schema->keys.empty());
}

FieldType type_of_kind(const Facts& facts, std::string_view api_version, std::string_view kind) {
  const KindFact* const fact = facts.find_kind(api_version, kind);
  if (fact == nullptr) return {};
  return {facts.type(fact->type), fact->type, false};
}

FieldType type_of_member(const Facts& facts, const FieldType& object, std::string_view name) {
  if (!object.known()) return {};
  if (object.is_map()) {
    return resolved(facts, object.schema->items.get(), "", "");
  }
  const SchemaField* const field = object.schema->find(name);
  return resolved(facts, field == nullptr ? nullptr : &field->schema, object.name, name);
}

FieldType type_of_element(const Facts& facts, const FieldType& list) {
  if (!list.known() || list.schema->type != ValueType::kArray) return {};
  return resolved(facts, list.schema->items.get(), "", "");
}

const Json* key_value(const FieldType& list, const Json& element, std::string_view key,
                      Json& filled_in) {
  if (const Json* const value = element.find(key)) return value;
  if (!list.known()) return nullptr;
  for (size_t i = 0; i < list.schema->keys.size(); ++i) {
    if (list.schema->keys[i] != key || list.schema->key_defaults[i].empty()) continue;
    filled_in = Json(list.schema->key_defaults[i]);
    return &filled_in;
  }
  return nullptr;
}

bool stores_nothing(const Json& wanted, const FieldType& type) {
  if (wanted.is_null()) return true;
  if (wanted.is_object()) return wanted.members().empty() && type.is_map();
  if (wanted.is_array()) return wanted.items().empty() && type.atomic_list();
  return type.drops_zero && is_zero(wanted, type.schema->type);
}

bool stores_as(const Facts& facts, const Json& wanted, const Json& live, const FieldType& type) {
  if (wanted.is_object() && live.is_object()) return object_stores_as(facts, wanted, live, type);
  if (wanted.is_array() && live.is_array()) return list_stores_as(facts, wanted, live, type);
  if (wanted == live) return true;
  return type.known() && type.schema->type == ValueType::kQuantity && same_quantity(wanted, live);
}

}  // namespace kfctl
