// What the API server insists on for what makes pods, and for what scales and protects them.
#include "cluster/schema/formats.h"
#include "cluster/schema/rules.h"

namespace kfctl {
namespace {

constexpr size_t kMaxCronJobName = 52;  // its jobs append eleven characters
constexpr size_t kMaxJobName = 63;      // it becomes a label of its pods

// Does the object's selector find the pods of its own template?
void check_own_selector(const Spot& object) {
  const Spot selector = object["spec"]["selector"];
  if (!selector.found() || !selector.value().is_object()) return;
  check_selector(selector);
  const Spot labels = object["spec"]["template"]["metadata"]["labels"];
  if (selector["matchLabels"].size() + selector["matchExpressions"].size() == 0) {
    selector.error("must not be empty");
  } else if (!selects(selector.value(), labels.found() ? &labels.value() : nullptr)) {
    selector.error("does not select the pods of its own template",
                   "give spec.template.metadata.labels what the selector asks for");
  }
}

void check_job_spec(const Spot& spec, int minor) {
  for (const char* const field : {"parallelism", "completions", "backoffLimit",
                                  "ttlSecondsAfterFinished", "backoffLimitPerIndex"}) {
    spec[field].must_be_at_least(0);
  }
  spec["activeDeadlineSeconds"].must_be_at_least(0);
  const Spot manual = spec["manualSelector"];
  if (spec["selector"].found() && !manual.is_true()) {
    spec["selector"].error("is made by the server unless manualSelector is true", "leave it out");
  }
  // With neither of the two, the server takes both for 1.
  const bool indexed = spec["completionMode"].is("Indexed");
  if (indexed && spec["parallelism"].found() && !spec["completions"].found()) {
    spec.error("completionMode Indexed with parallelism needs completions");
  }
  check_pod({spec["template"]["metadata"], spec["template"]["spec"]}, "Job", minor);
}

}  // namespace

void check_workload(const Spot& object, int minor) {
  const std::string_view kind = object["kind"].text();
  const Spot spec = object["spec"];
  spec["replicas"].must_be_at_least(0);
  spec["minReadySeconds"].must_be_at_least(0);
  spec["revisionHistoryLimit"].must_be_at_least(0);
  if (kind != "ReplicationController") check_own_selector(object);
  if (spec["strategy"]["type"].is("Recreate") && spec["strategy"]["rollingUpdate"].found()) {
    spec["strategy"]["rollingUpdate"].error("must not be there where the type is Recreate");
  }
  for (const PodSpot& pod : pods_of(object)) check_pod(pod, kind, minor);
}

void check_job(const Spot& object, int minor) {
  const Spot name = object["metadata"]["name"];
  if (name.text().size() > kMaxJobName)
    name.error("a Job's name must be at most 63 characters long");
  check_job_spec(object["spec"], minor);
}

void check_cron_job(const Spot& object, int minor) {
  const Spot name = object["metadata"]["name"];
  if (name.text().size() > kMaxCronJobName) {
    name.error("a CronJob's name must be at most 52 characters long");
  }
  const Spot spec = object["spec"];
  const Spot schedule = spec["schedule"];
  schedule.text_must(check_cron);
  if (schedule.text().find("TZ=") != std::string_view::npos) {
    schedule.error("must not name a time zone", "use spec.timeZone");
  }
  for (const char* const field :
       {"startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"}) {
    spec[field].must_be_at_least(0);
  }
  check_job_spec(spec["jobTemplate"]["spec"], minor);
}

void check_autoscaler(const Spot& object, int) {
  const Spot spec = object["spec"];
  const Spot least = spec["minReplicas"];
  const Spot most = spec["maxReplicas"];
  least.must_be_at_least(0);
  most.must_be_at_least(1);
  if (least.number() && most.number() && *least.number() > *most.number()) {
    most.error("must be at least minReplicas, which is " + least.value().dump());
  }
}

void check_disruption_budget(const Spot& object, int) {
  const Spot spec = object["spec"];
  check_selector(spec["selector"]);
  if (spec["minAvailable"].found() && spec["maxUnavailable"].found()) {
    spec.error("has both minAvailable and maxUnavailable");
  }
}

}  // namespace kfctl
