// Pods: their phase, and what their containers, init containers first, wait for.
#include <algorithm>
#include <iterator>

#include "cluster/health_rules.h"

namespace kfctl {
namespace {

constexpr int64_t kUnschedulableSeconds = 15;

// A container that waits for one of these does not start without somebody's help, or keeps ending.
constexpr std::string_view kBadReasons[] = {
    "CrashLoopBackOff",     "ImagePullBackOff",          "ErrImagePull",
    "ErrImageNeverPull",    "ImageInspectError",         "InvalidImageName",
    "RegistryUnavailable",  "SignatureValidationFailed", "CreateContainerConfigError",
    "CreateContainerError", "RunContainerError",         "PreCreateHookError",
    "PreStartHookError",    "PostStartHookError"};

bool is_bad(std::string_view reason) {
  return std::find(std::begin(kBadReasons), std::end(kBadReasons), reason) != std::end(kBadReasons);
}

std::string ending_of(const Json& terminated) {
  const std::optional<int64_t> code = number_at(terminated, {"exitCode"});
  std::string text = code ? "ended with exit code " + std::to_string(*code) : "ended";
  const std::string_view reason = terminated.string_at({"reason"});
  if (!reason.empty() && reason != "Error" && reason != "Completed") {
    text += " (" + std::string(reason) + ")";
  }
  return text;
}

// "CrashLoopBackOff, ended with exit code 1, restarted 3 times".
std::string waiting_text(const Json& container) {
  const Json& waiting = *container.at({"state", "waiting"});
  const std::string reason(waiting.string_at({"reason"}));
  if (reason != "CrashLoopBackOff") return reason_of(waiting);
  std::string text = reason;
  if (const Json* const last = container.at({"lastState", "terminated"})) {
    text += ", " + ending_of(*last);
  }
  const int64_t restarts = number_at(container, {"restartCount"}).value_or(0);
  return text + ", restarted " + std::to_string(restarts) + (restarts == 1 ? " time" : " times");
}

struct Containers {
  std::string broken;   // the first that cannot run, with its reason
  std::string waiting;  // the first that is on its way
};

Containers look_at_containers(const Json& pod) {
  Containers out;
  const struct {
    const char* list;
    const char* what;
  } kLists[] = {{"initContainerStatuses", "init container "}, {"containerStatuses", "container "}};
  for (const auto& [list, what] : kLists) {
    for (const Json& one : list_at(pod, {"status", list})) {
      const std::string name = what + std::string(one.string_at({"name"})) + ": ";
      if (const Json* const waiting = one.at({"state", "waiting"})) {
        const std::string_view reason = waiting->string_at({"reason"});
        std::string& into = is_bad(reason) ? out.broken : out.waiting;
        if (into.empty() && !reason.empty()) into = name + waiting_text(one);
      } else if (const Json* const ended = one.at({"state", "terminated"});
                 ended != nullptr && number_at(*ended, {"exitCode"}).value_or(0) != 0) {
        if (out.waiting.empty()) out.waiting = name + ending_of(*ended);
      }
    }
  }
  return out;
}

std::string failed_pod_text(const Json& pod) {
  const std::string reason(pod.string_at({"status", "reason"}));
  const std::string message(pod.string_at({"status", "message"}));
  if (!reason.empty()) return message.empty() ? reason : reason + ": " + message;
  const Containers containers = look_at_containers(pod);
  if (!containers.waiting.empty()) return containers.waiting;
  return message.empty() ? "the pod has failed" : message;
}

}  // namespace

HealthReport pod_health(const Json& object, const HealthContext& context) {
  const std::string_view phase = object.string_at({"status", "phase"});
  if (phase == "Succeeded") return current("has succeeded");
  if (phase == "Failed") return failed(failed_pod_text(object));
  if (phase == "Unknown") return {Health::kUnknown, "its node does not answer"};

  const Json* const ready = find_condition(object, "Ready");
  if (phase == "Running" && is_true(ready)) return current("ready");
  const Containers containers = look_at_containers(object);
  if (!containers.broken.empty()) return failed(containers.broken, kPodPatience);
  const Json* const scheduled = find_condition(object, "PodScheduled");
  if (phase == "Pending" && scheduled != nullptr &&
      scheduled->string_at({"reason"}) == "Unschedulable") {
    if (age_of(object, context) <= kUnschedulableSeconds) return in_progress(reason_of(*scheduled));
    return failed(reason_of(*scheduled), HealthReport::kForEver);
  }
  if (!containers.waiting.empty()) return in_progress(containers.waiting);
  if (phase == "Running" && ready != nullptr) return in_progress(reason_of(*ready));
  return in_progress(phase == "Pending" ? "is being started" : "has not been looked at yet");
}

}  // namespace kfctl
