// Rules: what the API server insists on beyond fields and types. Names and labels, containers that
// mount what no volume offers, selectors that miss their own pods, ports without a name.
//
// rules.cpp has the table of kinds; the rules of a family of kinds are in a file of their own. A
// rule reports nothing about a value that is missing or of a wrong type: check_value does.
#pragma once

#include <vector>

#include "cluster/schema/spot.h"

namespace kfctl {

/// A pod or a template of one, within an object.
struct PodSpot {
  Spot metadata;
  Spot spec;
};

/// The pod or the templates that an object of a built-in kind has; in a custom resource whatever
/// is called `template` and has spec.containers.
std::vector<PodSpot> pods_of(const Spot& object);

/// Reports what is wrong with an object's metadata, and for built-in kinds with the rest of it.
/// `minor` is that of Kubernetes.
void check_rules(const Spot& object, int minor);

// ---- what the files of rules offer each other

/// Keys and values of labels and selectors.
void check_labels(const Spot& labels);
/// matchLabels and matchExpressions.
void check_selector(const Spot& selector);
/// True if `labels` has all that the selector's matchLabels and matchExpressions want.
bool selects(const Json& selector, const Json* labels);

/// A pod's spec. `template_of` is the kind whose template it is ("Pod" for a pod itself).
void check_pod(const PodSpot& pod, std::string_view template_of, int minor);

void check_pod_object(const Spot& object, int minor);
void check_workload(const Spot& object, int minor);
void check_job(const Spot& object, int minor);
void check_cron_job(const Spot& object, int minor);
void check_service(const Spot& object, int minor);
void check_ingress(const Spot& object, int minor);
void check_network_policy(const Spot& object, int minor);
void check_config_map(const Spot& object, int minor);
void check_secret(const Spot& object, int minor);
void check_claim(const Spot& object, int minor);
void check_volume(const Spot& object, int minor);
void check_role(const Spot& object, int minor);
void check_role_binding(const Spot& object, int minor);
void check_autoscaler(const Spot& object, int minor);
void check_disruption_budget(const Spot& object, int minor);
void check_definition(const Spot& object, int minor);
void check_webhooks(const Spot& object, int minor);

}  // namespace kfctl
