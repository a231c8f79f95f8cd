#include "cluster/health.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "base/object.h"
#include "cluster/credentials.h"
#include "cluster/health_rules.h"
#include "cluster/plan.h"

namespace kfctl {
namespace {

constexpr int64_t kUnseenSeconds = 5;  // for a controller to see a new object

// ---- kinds that are not workloads

HealthReport claim_health(const Json& object, const HealthContext& context) {
  const std::string_view phase = object.string_at({"status", "phase"});
  if (phase == "Bound") return current("bound");
  if (phase == "Lost") return failed("its volume is gone");
  const std::string name(object.string_at({"spec", "storageClassName"}));
  if (context.late_classes.contains(name)) return current("is bound when a pod uses it");
  return in_progress(name.empty() ? "waits for a volume" : "waits for a volume of class " + name);
}

HealthReport volume_health(const Json& object, const HealthContext&) {
  const std::string_view phase = object.string_at({"status", "phase"});
  if (phase == "Failed") return failed(std::string(object.string_at({"status", "message"})));
  if (phase.empty() || phase == "Pending") return in_progress("is not available yet");
  return current();
}

HealthReport service_health(const Json& object, const HealthContext&) {
  if (object.string_at({"spec", "type"}) != "LoadBalancer") return current();
  if (object.string_at({"spec", "clusterIP"}).empty()) return in_progress("has no cluster IP yet");
  if (list_at(object, {"status", "loadBalancer", "ingress"}).empty()) {
    return current("has no external address yet");
  }
  return current();
}

HealthReport ingress_health(const Json& object, const HealthContext&) {
  const bool reached = !list_at(object, {"status", "loadBalancer", "ingress"}).empty();
  return current(reached ? "" : "has no address yet");
}

HealthReport definition_health(const Json& object, const HealthContext&) {
  const Json* const names = find_condition(object, "NamesAccepted");
  if (names != nullptr && names->string_at({"status"}) == "False") return failed(reason_of(*names));
  const Json* const established = find_condition(object, "Established");
  if (is_true(established)) return current("established");
  const bool refused = established != nullptr && established->string_at({"status"}) == "False" &&
                       established->string_at({"reason"}) != "Installing";
  return refused ? failed(reason_of(*established)) : in_progress("is not established yet");
}

HealthReport api_service_health(const Json& object, const HealthContext&) {
  const Json* const available = find_condition(object, "Available");
  if (is_true(available)) return current("available");
  return in_progress(available == nullptr ? "was not looked at yet" : reason_of(*available));
}

HealthReport autoscaler_health(const Json& object, const HealthContext&) {
  const Json* const active = find_condition(object, "ScalingActive");
  const bool off = active != nullptr && active->string_at({"status"}) == "False";
  return current(off ? "does not scale: " + reason_of(*active) : "");
}

HealthReport always_current(const Json&, const HealthContext&) { return current(); }

struct Rule {
  std::string_view group;
  std::string_view kind;
  HealthReport (*health)(const Json& object, const HealthContext& context);
};

constexpr Rule kRules[] = {
    {"apps", "Deployment", deployment_health},
    {"extensions", "Deployment", deployment_health},
    {"apps", "StatefulSet", stateful_set_health},
    {"apps", "DaemonSet", daemon_set_health},
    {"extensions", "DaemonSet", daemon_set_health},
    {"apps", "ReplicaSet", replica_set_health},
    {"extensions", "ReplicaSet", replica_set_health},
    {"", "Pod", pod_health},
    {"batch", "Job", job_health},
    {"batch", "CronJob", always_current},
    {"", "ConfigMap", always_current},
    {"", "Secret", always_current},
    {"", "PersistentVolumeClaim", claim_health},
    {"", "PersistentVolume", volume_health},
    {"", "Service", service_health},
    {"networking.k8s.io", "Ingress", ingress_health},
    {"policy", "PodDisruptionBudget", always_current},
    {"apiextensions.k8s.io", "CustomResourceDefinition", definition_health},
    {"apiregistration.k8s.io", "APIService", api_service_health},
    {"autoscaling", "HorizontalPodAutoscaler", autoscaler_health},
};

// ---- custom resources

// Jobs of the training operators, experiments and trials: the last of these that is true counts.
HealthReport kubeflow_health(const Json& object) {
  if (const Json* const bad = find_condition(object, "Failed"); is_true(bad)) {
    return failed(reason_of(*bad));
  }
  for (const char* const type : {"Succeeded", "Complete", "Suspended", "Running"}) {
    if (const Json* const good = find_condition(object, type); is_true(good)) {
      return current(reason_of(*good));
    }
  }
  return in_progress("has not started yet");
}

HealthReport notebook_health(const Json& object) {
  if (number_at(object, {"status", "readyReplicas"}).value_or(0) > 0) return current();
  return in_progress("its pod is not ready");
}

bool is_kubeflow(std::string_view group) {
  return group == "kubeflow.org" || group.ends_with(".kubeflow.org");
}

// By the words of Kubeflow's own operators where they do not say Ready.
HealthReport custom_health(const Json& object, const ObjectId& id, const HealthContext& context) {
  const std::string_view group = id.group();
  const Json* const status = object.find("status");
  const bool silent = status == nullptr || !status->is_object() || status->members().empty();
  if (is_custom(id) && silent && age_of(object, context) < kUnseenSeconds) {
    return in_progress("has no status yet");
  }
  if (!is_kubeflow(group)) return current();
  const bool runs = id.kind.ends_with("Job") || id.kind == "Experiment" || id.kind == "Trial";
  if (runs && !silent) return kubeflow_health(object);
  if (id.kind == "Notebook" && !silent) return notebook_health(object);
  return current();
}

// ---- every object

std::string terminating_message(const Json& object) {
  std::string names;
  for (const char* const where : {"metadata", "spec"}) {  // a Namespace has them in its spec
    for (const Json& item : list_at(object, {where, "finalizers"})) {
      if (item.is_string()) names += (names.empty() ? "" : ", ") + item.as_string();
    }
  }
  return names.empty() ? "is being deleted" : "is being deleted, and waits for " + names;
}

std::optional<HealthReport> generic_health(const Json& object) {
  if (object.at({"metadata", "deletionTimestamp"}) != nullptr) {
    return HealthReport{Health::kTerminating, terminating_message(object)};
  }
  const std::optional<int64_t> made = number_at(object, {"metadata", "generation"});
  const std::optional<int64_t> seen = number_at(object, {"status", "observedGeneration"});
  if (made && seen && *made != *seen)
    return in_progress("its controller has yet to see the change");
  for (const Json& condition : list_at(object, {"status", "conditions"})) {
    const std::string_view type = condition.string_at({"type"});
    if (type == "Reconciling" && is_true(&condition)) return in_progress(reason_of(condition));
    if (type == "Stalled" && is_true(&condition)) return failed(reason_of(condition));
  }
  return std::nullopt;
}

}  // namespace

std::string_view health_name(Health state) {
  switch (state) {
    case Health::kCurrent:
      return "Current";
    case Health::kInProgress:
      return "InProgress";
    case Health::kFailed:
      return "Failed";
    case Health::kTerminating:
      return "Terminating";
    case Health::kNotFound:
      return "NotFound";
    case Health::kUnknown:
      break;
  }
  return "Unknown";
}

HealthReport health_of(const Json& object, const HealthContext& context) {
  if (const std::optional<HealthReport> general = generic_health(object)) return *general;
  const ObjectId id = object_id(object);
  for (const Rule& rule : kRules) {
    if (rule.kind == id.kind && rule.group == id.group()) return rule.health(object, context);
  }
  if (const Json* const ready = find_condition(object, "Ready")) {
    return is_true(ready) ? current() : in_progress(reason_of(*ready));
  }
  return custom_health(object, id, context);
}

// ---- what the rules share

const Json::Array& list_at(const Json& object, std::initializer_list<std::string_view> path) {
  static const Json::Array kNone;
  const Json* const list = object.at(path);
  return list != nullptr && list->is_array() ? list->items() : kNone;
}

const Json* find_condition(const Json& object, std::string_view type) {
  for (const Json& condition : list_at(object, {"status", "conditions"})) {
    if (condition.string_at({"type"}) == type) return &condition;
  }
  return nullptr;
}

bool is_true(const Json* condition) {
  return condition != nullptr && condition->string_at({"status"}) == "True";
}

std::string reason_of(const Json& condition) {
  const std::string reason(condition.string_at({"reason"}));
  const std::string message(condition.string_at({"message"}));
  if (reason.empty() && message.empty()) {
    return std::string(condition.string_at({"type"})) + " is " +
           std::string(condition.string_at({"status"}));
  }
  return reason.empty() || message.empty() ? reason + message : reason + ": " + message;
}

std::optional<int64_t> number_at(const Json& object, std::initializer_list<std::string_view> path) {
  const Json* const value = object.at(path);
  if (value == nullptr || !value->is_int()) return std::nullopt;
  return value->as_int();
}

int64_t age_of(const Json& object, const HealthContext& context) {
  const auto created = parse_rfc3339(object.string_at({"metadata", "creationTimestamp"}));
  if (!created) return std::numeric_limits<int64_t>::max();
  return context.now -
         std::chrono::duration_cast<std::chrono::seconds>(created->time_since_epoch()).count();
}

}  // namespace kfctl
