#include "cluster/schema/rules.h"

#include <algorithm>

#include "cluster/schema/formats.h"

namespace kfctl {
namespace {

using NameCheck = std::string (*)(std::string_view);
using Rule = void (*)(const Spot& object, int minor);

struct KindRules {
  std::string_view group;
  std::string_view kind;
  NameCheck name;
  Rule rule;  // nullptr: nothing beyond its metadata
};

// Kinds that are missing have names that are DNS subdomains, and no rules of their own.
constexpr KindRules kRules[] = {
    {"", "ConfigMap", check_dns_subdomain, check_config_map},
    {"", "Namespace", check_dns_label, nullptr},
    {"", "PersistentVolume", check_dns_subdomain, check_volume},
    {"", "PersistentVolumeClaim", check_dns_subdomain, check_claim},
    {"", "Pod", check_dns_subdomain, check_pod_object},
    {"", "ReplicationController", check_dns_subdomain, check_workload},
    {"", "Secret", check_dns_subdomain, check_secret},
    {"", "Service", check_dns_1035_label, check_service},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration", check_dns_subdomain,
     check_webhooks},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", check_dns_subdomain,
     check_webhooks},
    {"apiextensions.k8s.io", "CustomResourceDefinition", check_dns_subdomain, check_definition},
    {"apps", "DaemonSet", check_dns_subdomain, check_workload},
    {"apps", "Deployment", check_dns_subdomain, check_workload},
    {"apps", "ReplicaSet", check_dns_subdomain, check_workload},
    {"apps", "StatefulSet", check_dns_subdomain, check_workload},
    {"autoscaling", "HorizontalPodAutoscaler", check_dns_subdomain, check_autoscaler},
    {"batch", "CronJob", check_dns_subdomain, check_cron_job},
    {"batch", "Job", check_dns_subdomain, check_job},
    {"networking.k8s.io", "Ingress", check_dns_subdomain, check_ingress},
    {"networking.k8s.io", "NetworkPolicy", check_dns_subdomain, check_network_policy},
    {"policy", "PodDisruptionBudget", check_dns_subdomain, check_disruption_budget},
    {"rbac.authorization.k8s.io", "ClusterRole", check_path_segment, check_role},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", check_path_segment, check_role_binding},
    {"rbac.authorization.k8s.io", "Role", check_path_segment, check_role},
    {"rbac.authorization.k8s.io", "RoleBinding", check_path_segment, check_role_binding},
};

constexpr size_t kMaxAnnotations = size_t{256} << 10;  // bytes of all of them

void check_annotations(const Spot& annotations) {
  size_t bytes = 0;
  for (const auto& [key, value] : annotations.members()) {
    if (const std::string bad = check_label_key(key); !bad.empty()) {
      value.error("the annotation's name " + bad);
    }
    bytes += key.size() + value.text().size();
  }
  if (bytes > kMaxAnnotations) {
    annotations.error("all annotations together must be at most 262144 bytes, not " +
                      std::to_string(bytes));
  }
}

void check_metadata(const Spot& metadata, NameCheck check_name) {
  metadata["name"].text_must(check_name);
  // The server appends letters and digits, so a '-' at the end is fine.
  const Spot generate = metadata["generateName"];
  if (generate.found() && !generate.text().empty()) {
    generate.must(check_name(std::string(generate.text()) + "x"));
  }
  metadata["namespace"].text_must(
      [](std::string_view text) { return text.empty() ? std::string() : check_dns_label(text); });
  check_labels(metadata["labels"]);
  check_annotations(metadata["annotations"]);
}

void find_templates(const Spot& spot, int depth, std::vector<PodSpot>& found) {
  if (depth == 0 || !spot.found()) return;
  for (const auto& [key, member] : spot.members()) {
    if (!member.value().is_object()) continue;
    const Json* const containers = member.value().at({"spec", "containers"});
    if (key == "template" && containers != nullptr && containers->is_array()) {
      found.push_back({member["metadata"], member["spec"]});
    } else {
      find_templates(member, depth - 1, found);
    }
  }
}

}  // namespace

std::vector<PodSpot> pods_of(const Spot& object) {
  const std::string_view api_version = object["apiVersion"].text();
  const std::string_view kind = object["kind"].text();
  const auto part = [](const Spot& spot) {
    return std::vector<PodSpot>{{spot["metadata"], spot["spec"]}};
  };
  if (api_version == "v1" && kind == "Pod") return part(object);
  if (api_version == "v1" && kind == "PodTemplate") return part(object["template"]);
  if (kind == "CronJob") return part(object["spec"]["jobTemplate"]["spec"]["template"]);
  std::vector<PodSpot> found;
  find_templates(object["spec"], 6, found);
  return found;
}

void check_rules(const Spot& object, int minor) {
  const ObjectId id = object_id(object.value());
  const auto row = std::find_if(std::begin(kRules), std::end(kRules), [&](const KindRules& rules) {
    return rules.kind == id.kind && rules.group == id.group();
  });
  const bool known = row != std::end(kRules);
  check_metadata(object["metadata"], known ? row->name : check_dns_subdomain);
  if (known && row->rule != nullptr) row->rule(object, minor);
}

void check_labels(const Spot& labels) {
  for (const auto& [key, value] : labels.members()) {
    if (const std::string bad = check_label_key(key); !bad.empty()) {
      value.error("the label's name " + bad);
    }
    value.text_must(check_label_value);
  }
}

void check_selector(const Spot& selector) {
  check_labels(selector["matchLabels"]);
  for (const Spot& one : selector["matchExpressions"].items()) {
    one["key"].text_must(check_label_key);
    const std::string_view how = one["operator"].text();
    const Spot values = one["values"];
    if ((how == "In" || how == "NotIn") && values.size() == 0) {
      one.error("operator " + std::string(how) + " needs values");
    } else if ((how == "Exists" || how == "DoesNotExist") && values.size() > 0) {
      values.error("operator " + std::string(how) + " takes no values");
    } else if (!how.empty() && how != "In" && how != "NotIn" && how != "Exists" &&
               how != "DoesNotExist") {
      one["operator"].error("must be one of DoesNotExist, Exists, In, NotIn, not '" +
                            std::string(how) + "'");
    }
  }
}

bool selects(const Json& selector, const Json* labels) {
  const auto label = [labels](const std::string& key) {
    return labels == nullptr ? nullptr : labels->find(key);
  };
  if (const Json* const wanted = selector.find("matchLabels");
      wanted != nullptr && wanted->is_object()) {
    for (const auto& [key, value] : wanted->members()) {
      const Json* const found = label(key);
      if (found == nullptr || !(*found == value)) return false;
    }
  }
  const Json* const expressions = selector.find("matchExpressions");
  if (expressions == nullptr || !expressions->is_array()) return true;
  for (const Json& one : expressions->items()) {
    const Json* const found = label(std::string(one.string_at({"key"})));
    const std::string_view how = one.string_at({"operator"});
    const Json* const values = one.find("values");
    const bool listed =
        found != nullptr && values != nullptr && values->is_array() &&
        std::find(values->items().begin(), values->items().end(), *found) != values->items().end();
    if (how == "In" && !listed) return false;
    if (how == "NotIn" && listed) return false;
    if (how == "Exists" && found == nullptr) return false;
    if (how == "DoesNotExist" && found != nullptr) return false;
  }
  return true;
}

}  // namespace kfctl
