// Deployments, StatefulSets, DaemonSets, ReplicaSets and Jobs: counts of pods in their status.
#include <limits>

#include "cluster/health_rules.h"

namespace kfctl {
namespace {

int64_t status_of(const Json& object, std::string_view key) {
  return number_at(object, {"status", key}).value_or(0);
}

int64_t wanted_replicas(const Json& object) {
  return number_at(object, {"spec", "replicas"}).value_or(1);
}

std::string of(int64_t have, int64_t want, std::string_view what) {
  return std::to_string(have) + " of " + std::to_string(want) + " replicas are " +
         std::string(what);
}

HealthReport leaving(int64_t surplus) {
  return in_progress(std::to_string(surplus) + " old replicas are still there");
}

bool has_no_deadline(const Json& object) {
  const std::optional<int64_t> deadline = number_at(object, {"spec", "progressDeadlineSeconds"});
  return !deadline || *deadline == std::numeric_limits<int32_t>::max();
}

}  // namespace

HealthReport deployment_health(const Json& object, const HealthContext&) {
  const Json* const progress = find_condition(object, "Progressing");
  const std::string_view reason = progress == nullptr ? "" : progress->string_at({"reason"});
  if (reason == "ProgressDeadlineExceeded") return failed(reason_of(*progress));
  const bool progressed =
      has_no_deadline(object) || (is_true(progress) && reason == "NewReplicaSetAvailable");

  const int64_t wanted = wanted_replicas(object);
  const int64_t there = status_of(object, "replicas");
  const int64_t updated = status_of(object, "updatedReplicas");
  const int64_t available = status_of(object, "availableReplicas");
  const int64_t ready = status_of(object, "readyReplicas");
  if (const Json* const refused = find_condition(object, "ReplicaFailure");
      is_true(refused) && wanted > there) {
    return in_progress(reason_of(*refused));
  }
  if (wanted > there) return in_progress(of(there, wanted, "there"));
  if (wanted > updated) return in_progress(of(updated, wanted, "updated"));
  if (there > wanted) return leaving(there - wanted);
  if (updated > available) return in_progress(of(available, updated, "available"));
  if (wanted > ready) return in_progress(of(ready, wanted, "ready"));
  if (!progressed) {
    return in_progress(reason == "DeploymentPaused" ? "is paused" : "its rollout is not complete");
  }
  const Json* const enough = find_condition(object, "Available");
  if (!is_true(enough)) return in_progress("is not available yet");
  return current(of(ready, wanted, "ready"));
}

HealthReport stateful_set_health(const Json& object, const HealthContext&) {
  if (object.string_at({"spec", "updateStrategy", "type"}) == "OnDelete") {
    return current("is updated as its pods are deleted");
  }
  const int64_t wanted = wanted_replicas(object);
  const int64_t there = status_of(object, "replicas");
  const int64_t ready = status_of(object, "readyReplicas");
  if (wanted > there) return in_progress(of(there, wanted, "there"));
  if (wanted > ready) return in_progress(of(ready, wanted, "ready"));
  if (there > wanted) return leaving(there - wanted);
  const std::optional<int64_t> partition =
      number_at(object, {"spec", "updateStrategy", "rollingUpdate", "partition"});
  if (partition) {  // the server writes a 0 where none is given
    const int64_t updated = status_of(object, "updatedReplicas");
    const int64_t expected = wanted - *partition;
    if (updated < expected) return in_progress(of(updated, expected, "updated"));
    return current(*partition == 0 ? of(ready, wanted, "ready")
                                   : "updated down to partition " + std::to_string(*partition));
  }
  const int64_t now = status_of(object, "currentReplicas");
  if (wanted > now) return in_progress(of(now, wanted, "updated"));
  if (object.string_at({"status", "currentRevision"}) !=
      object.string_at({"status", "updateRevision"})) {
    return in_progress("its update is not complete");
  }
  return current(of(ready, wanted, "ready"));
}

HealthReport daemon_set_health(const Json& object, const HealthContext&) {
  const std::optional<int64_t> wanted = number_at(object, {"status", "desiredNumberScheduled"});
  if (!number_at(object, {"metadata", "generation"}) ||
      !number_at(object, {"status", "observedGeneration"}) || !wanted) {
    return in_progress("its controller has yet to see it");
  }
  const auto on = [&](int64_t have, std::string_view what) {
    return std::to_string(have) + " of " + std::to_string(*wanted) + " nodes have a pod that is " +
           std::string(what);
  };
  const struct {
    std::string_view key;
    std::string_view what;
  } kCounts[] = {{"currentNumberScheduled", "scheduled"},
                 {"updatedNumberScheduled", "updated"},
                 {"numberAvailable", "available"},
                 {"numberReady", "ready"}};
  for (const auto& count : kCounts) {
    const int64_t have = status_of(object, count.key);
    if (*wanted > have) return in_progress(on(have, count.what));
  }
  return current(on(status_of(object, "numberReady"), "ready"));
}

HealthReport replica_set_health(const Json& object, const HealthContext&) {
  const Json* const refused = find_condition(object, "ReplicaFailure");
  if (is_true(refused)) return in_progress(reason_of(*refused));
  const int64_t wanted = wanted_replicas(object);
  const int64_t there = status_of(object, "replicas");
  const int64_t labelled = status_of(object, "fullyLabeledReplicas");
  const int64_t available = status_of(object, "availableReplicas");
  const int64_t ready = status_of(object, "readyReplicas");
  if (wanted > labelled) return in_progress(of(labelled, wanted, "there"));
  if (wanted > available) return in_progress(of(available, wanted, "available"));
  if (wanted > ready) return in_progress(of(ready, wanted, "ready"));
  if (there > wanted) return leaving(there - wanted);
  return current(of(ready, wanted, "ready"));
}

HealthReport job_health(const Json& object, const HealthContext&) {
  for (const Json& condition : list_at(object, {"status", "conditions"})) {
    if (!is_true(&condition)) continue;
    const std::string_view type = condition.string_at({"type"});
    if (type == "Complete" || type == "SuccessCriteriaMet") return current("complete");
    if (type == "Failed" || type == "FailureTarget") return failed(reason_of(condition));
    if (type == "Suspended") {
      const Json* const suspend = object.at({"spec", "suspend"});
      if (suspend != nullptr && *suspend == Json(true)) return current("suspended");
    }
  }
  if (object.string_at({"status", "startTime"}).empty()) return in_progress("has not started yet");
  const int64_t wanted = number_at(object, {"spec", "completions"}).value_or(1);
  std::string text = std::to_string(status_of(object, "succeeded")) + " of " +
                     std::to_string(wanted) + " pods have succeeded";
  if (const int64_t lost = status_of(object, "failed"); lost > 0) {
    text += ", " + std::to_string(lost) + " failed";
  }
  return in_progress(std::move(text));
}

}  // namespace kfctl
