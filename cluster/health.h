// Health: whether an object does what it is there for, told from its own text. Pure.
//
// The rules are those of kstatus (cli-utils, pkg/kstatus/status), which Helm, Flux and kpt follow:
// first what holds for every object (deletion, observedGeneration, Reconciling and Stalled), then
// the rule of its kind, then its condition Ready, then kCurrent. Where kstatus is known to be wrong
// or blind we go on:
//   Job            in progress until it is complete, not current while it runs
//   Pod            a failed one is kFailed; images that cannot be pulled, configurations that
//   cannot
//                  be made and init containers that crash count as crash loops do
//   claims         of a class that binds at first use are current before it
//   custom kinds   without any status are in progress for their first seconds: their controller has
//                  not seen them yet
//   Kubeflow       jobs and experiments by their conditions: current while they run, failed when
//                  they say so
//   APIService     current when it is Available
// What one object alone does not show (why a Deployment has no pods) is cluster/health_tree.h's.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"

namespace kfctl {

enum class Health { kCurrent, kInProgress, kFailed, kTerminating, kNotFound, kUnknown };

/// "Current", "InProgress", "Failed", "Terminating", "NotFound", "Unknown": kstatus' words.
std::string_view health_name(Health state);

struct HealthReport {
  static constexpr int kForEver = -1;

  Health state = Health::kUnknown;
  std::string message;  // for people, one line: "2 of 3 replicas are ready"
  /// For kFailed: seconds after which waiting is in vain. 0: it will never mend itself; kForEver:
  /// it may at any time (a pod that no node has room for).
  int patience_s = 0;
};

struct HealthContext {
  int64_t now = 0;                          // seconds since 1970, by the clock of whoever looks
  std::set<std::string> late_classes = {};  // StorageClasses that bind when a pod comes
};

HealthReport health_of(const Json& object, const HealthContext& context);

/// Seconds that a failed pod is hoped for: it is started again with growing pauses.
inline constexpr int kPodPatience = 15;

}  // namespace kfctl
