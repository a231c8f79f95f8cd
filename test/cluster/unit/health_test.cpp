#include "cluster/health.h"

#include <doctest/doctest.h>

#include "cluster/health_tree.h"
#include "test/cluster/unit/planned.h"

using namespace kfctl;

namespace {

constexpr int64_t kNow = 1'700'000'000;  // 2023-11-14T22:13:20Z
const char* const kOld = "2023-11-14T22:00:00Z";
const char* const kYoung = "2023-11-14T22:13:18Z";

struct Row {
  const char* what;
  const char* kind;  // "apps/v1 Deployment"
  std::string rest;  // metadata apart, as YAML in braces
  Health state;
  const char* message;  // what it has to say, or "" for anything
};

Json object_of(const std::string& api_version_and_kind, const std::string& rest,
               const std::string& meta = "") {
  const size_t space = api_version_and_kind.find(' ');
  return yaml_object("{apiVersion: " + api_version_and_kind.substr(0, space) +
                     ", kind: " + api_version_and_kind.substr(space + 1) +
                     ", metadata: {name: x, namespace: ns, uid: u, creationTimestamp: '" + kOld +
                     "'" + meta + "}" + (rest.empty() ? "" : ", " + rest) + "}");
}

HealthReport health(const Json& object) { return health_of(object, {kNow, {"late"}}); }

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const HealthReport report = health(object_of(row.kind, row.rest));
    CHECK(health_name(report.state) == health_name(row.state));
    if (*row.message != '\0') CHECK(report.message == row.message);
  }
}

std::string conditions(const std::string& list) { return "status: {conditions: [" + list + "]}"; }

// A Deployment of two with these counts: replicas, updated, ready, available.
std::string deployment(int there, int updated, int ready, int available,
                       const std::string& more = "") {
  return "spec: {replicas: 2, progressDeadlineSeconds: 600}, status: {replicas: " +
         std::to_string(there) + ", updatedReplicas: " + std::to_string(updated) +
         ", readyReplicas: " + std::to_string(ready) +
         ", availableReplicas: " + std::to_string(available) + ", conditions: [" + more + "]}";
}

const std::string kProgressed =
    "{type: Progressing, status: 'True', reason: NewReplicaSetAvailable}";
const std::string kAvailable = "{type: Available, status: 'True'}";

std::string pod(const std::string& status) { return "status: {" + status + "}"; }

std::string waiting(const std::string& reason) {
  return pod("phase: Pending, containerStatuses: [{name: c, state: {waiting: {reason: " + reason +
             ", message: m}}}]");
}

}  // namespace

TEST_CASE("what holds for every object comes before the rule of its kind") {
  CHECK(health(object_of("v1 ConfigMap", "", ", deletionTimestamp: t, finalizers: [a/b, c/d]"))
            .message == "is being deleted, and waits for a/b, c/d");
  CHECK(health(object_of("v1 ConfigMap", "", ", deletionTimestamp: t")).state ==
        Health::kTerminating);
  CHECK(health(
            object_of("v1 Namespace", "spec: {finalizers: [kubernetes]}", ", deletionTimestamp: t"))
            .message == "is being deleted, and waits for kubernetes");
  CHECK(health(object_of("g.org/v1 Thing", "status: {observedGeneration: 1}", ", generation: 2"))
            .state == Health::kInProgress);
  CHECK(health(object_of("g.org/v1 Thing", "status: {observedGeneration: 2}", ", generation: 2"))
            .state == Health::kCurrent);
  check({{"reconciling", "g.org/v1 Thing",
          conditions("{type: Reconciling, status: 'True', reason: R, message: m}"),
          Health::kInProgress, "R: m"},
         {"stalled", "g.org/v1 Thing", conditions("{type: Stalled, status: 'True', message: m}"),
          Health::kFailed, "m"},
         {"stalled after reconciling", "apps/v1 Deployment",
          conditions("{type: Reconciling, status: 'True'}, {type: Stalled, status: 'True'}"),
          Health::kInProgress, "Reconciling is True"}});
}

TEST_CASE("Deployment") {
  const char* const kind = "apps/v1 Deployment";
  const std::string good = kProgressed + ", " + kAvailable;
  check(
      {{"new", kind, "spec: {replicas: 2}", Health::kInProgress, "0 of 2 replicas are there"},
       {"not updated", kind, deployment(2, 1, 2, 2, good), Health::kInProgress,
        "1 of 2 replicas are updated"},
       {"old pods", kind, deployment(3, 2, 2, 2, good), Health::kInProgress,
        "1 old replicas are still there"},
       {"not available", kind, deployment(2, 2, 2, 1, good), Health::kInProgress,
        "1 of 2 replicas are available"},
       {"not ready", kind, deployment(2, 2, 1, 2, good), Health::kInProgress,
        "1 of 2 replicas are ready"},
       {"progressing", kind, deployment(2, 2, 2, 2, kAvailable), Health::kInProgress,
        "its rollout is not complete"},
       {"no Available", kind, deployment(2, 2, 2, 2, kProgressed), Health::kInProgress,
        "is not available yet"},
       {"done", kind, deployment(2, 2, 2, 2, good), Health::kCurrent, "2 of 2 replicas are ready"},
       {"no deadline, no Progressing", kind,
        "spec: {replicas: 0}, status: {conditions: [" + kAvailable + "]}", Health::kCurrent, ""},
       {"past its deadline", kind,
        deployment(2, 2, 2, 1,
                   "{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded, "
                   "message: too slow}"),
        Health::kFailed, "ProgressDeadlineExceeded: too slow"},
       {"pods are refused", kind,
        deployment(1, 1, 1, 1,
                   "{type: ReplicaFailure, status: 'True', reason: FailedCreate, message: quota}"),
        Health::kInProgress, "FailedCreate: quota"},
       {"paused", kind,
        deployment(2, 2, 2, 2,
                   kAvailable + ", {type: Progressing, status: Unknown, reason: "
                                "DeploymentPaused}"),
        Health::kInProgress, "is paused"}});
}

TEST_CASE("StatefulSet") {
  const char* const kind = "apps/v1 StatefulSet";
  const auto set = [](const std::string& spec, const std::string& status) {
    return "spec: {replicas: 3" + spec + "}, status: {" + status + "}";
  };
  const std::string partition = ", updateStrategy: {rollingUpdate: {partition: 2}}";
  check({{"OnDelete", kind, set(", updateStrategy: {type: OnDelete}", ""), Health::kCurrent, ""},
         {"new", kind, set("", ""), Health::kInProgress, "0 of 3 replicas are there"},
         {"not ready", kind, set("", "replicas: 3, readyReplicas: 2"), Health::kInProgress,
          "2 of 3 replicas are ready"},
         {"too many", kind, set("", "replicas: 4, readyReplicas: 4"), Health::kInProgress, ""},
         {"partition, not updated", kind, set(partition, "replicas: 3, readyReplicas: 3"),
          Health::kInProgress, "0 of 1 replicas are updated"},
         {"partition, updated", kind,
          set(partition, "replicas: 3, readyReplicas: 3, updatedReplicas: 1, currentReplicas: 2"),
          Health::kCurrent, "updated down to partition 2"},
         {"revisions differ", kind,
          set("",
              "replicas: 3, readyReplicas: 3, currentReplicas: 3, currentRevision: a, "
              "updateRevision: b"),
          Health::kInProgress, "its update is not complete"},
         {"done", kind,
          set("",
              "replicas: 3, readyReplicas: 3, currentReplicas: 3, currentRevision: a, "
              "updateRevision: a"),
          Health::kCurrent, "3 of 3 replicas are ready"}});
}

TEST_CASE("DaemonSet") {
  const auto set = [](const std::string& status) {
    return object_of("apps/v1 DaemonSet", "status: {" + status + "}", ", generation: 1");
  };
  CHECK(health(object_of("apps/v1 DaemonSet", "")).state == Health::kInProgress);
  CHECK(health(set("observedGeneration: 1")).state == Health::kInProgress);
  CHECK(health(set("observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, "
                   "updatedNumberScheduled: 2, numberAvailable: 2, numberReady: 1"))
            .message == "1 of 2 nodes have a pod that is ready");
  CHECK(health(set("observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, "
                   "updatedNumberScheduled: 2, numberAvailable: 2, numberReady: 2"))
            .state == Health::kCurrent);
  CHECK(health(set("observedGeneration: 1, desiredNumberScheduled: 0")).state == Health::kCurrent);
}

TEST_CASE("ReplicaSet") {
  const char* const kind = "apps/v1 ReplicaSet";
  check({{"refused", kind,
          "status: {fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1, conditions: "
          "[{type: ReplicaFailure, status: 'True', message: quota}]}",
          Health::kInProgress, "quota"},
         {"not labelled", kind, "", Health::kInProgress, "0 of 1 replicas are there"},
         {"done", kind,
          "status: {replicas: 1, fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1}",
          Health::kCurrent, ""}});
}

TEST_CASE("Job: in progress until it is complete, whatever kstatus says") {
  const char* const kind = "batch/v1 Job";
  check(
      {{"new", kind, "", Health::kInProgress, "has not started yet"},
       {"running", kind, "spec: {completions: 3}, status: {startTime: t, succeeded: 1, failed: 2}",
        Health::kInProgress, "1 of 3 pods have succeeded, 2 failed"},
       {"complete", kind, conditions("{type: Complete, status: 'True'}"), Health::kCurrent, ""},
       {"enough", kind, conditions("{type: SuccessCriteriaMet, status: 'True'}"), Health::kCurrent,
        ""},
       {"failed", kind, conditions("{type: Failed, status: 'True', reason: BackoffLimitExceeded}"),
        Health::kFailed, "BackoffLimitExceeded"},
       {"will have failed", kind, conditions("{type: FailureTarget, status: 'True'}"),
        Health::kFailed, ""},
       {"suspended", kind,
        "spec: {suspend: true}, status: {conditions: [{type: Suspended, status: 'True'}]}",
        Health::kCurrent, "suspended"},
       {"was suspended", kind,
        "spec: {suspend: false}, status: {startTime: t, conditions: [{type: Suspended, status: "
        "'True'}]}",
        Health::kInProgress, ""}});
}

TEST_CASE("Pod") {
  const char* const kind = "v1 Pod";
  const std::string ready = "conditions: [{type: Ready, status: 'True'}]";
  check({{"succeeded", kind, pod("phase: Succeeded"), Health::kCurrent, ""},
         {"failed", kind, pod("phase: Failed, reason: Evicted, message: no disk"), Health::kFailed,
          "Evicted: no disk"},
         {"failed container", kind,
          pod("phase: Failed, containerStatuses: [{name: c, state: {terminated: {exitCode: 137, "
              "reason: OOMKilled}}}]"),
          Health::kFailed, "container c: ended with exit code 137 (OOMKilled)"},
         {"ready", kind, pod("phase: Running, " + ready), Health::kCurrent, ""},
         {"crash loop", kind,
          pod("phase: Running, containerStatuses: [{name: c, restartCount: 3, state: {waiting: "
              "{reason: CrashLoopBackOff, message: back-off}}, lastState: {terminated: {exitCode: "
              "1}}}]"),
          Health::kFailed,
          "container c: CrashLoopBackOff, ended with exit code 1, restarted 3 times"},
         {"image", kind, waiting("ImagePullBackOff"), Health::kFailed,
          "container c: ImagePullBackOff: m"},
         {"first pull", kind, waiting("ErrImagePull"), Health::kFailed, ""},
         {"config", kind, waiting("CreateContainerConfigError"), Health::kFailed, ""},
         {"name", kind, waiting("InvalidImageName"), Health::kFailed, ""},
         {"on its way", kind, waiting("ContainerCreating"), Health::kInProgress,
          "container c: ContainerCreating: m"},
         {"init container", kind,
          pod("phase: Pending, initContainerStatuses: [{name: i, restartCount: 1, state: {waiting: "
              "{reason: CrashLoopBackOff}}}], containerStatuses: [{name: c, state: {waiting: "
              "{reason: PodInitializing}}}]"),
          Health::kFailed, "init container i: CrashLoopBackOff, restarted 1 time"},
         {"not ready", kind,
          pod("phase: Running, conditions: [{type: Ready, status: 'False', reason: "
              "ContainersNotReady}]"),
          Health::kInProgress, "ContainersNotReady"},
         {"no room", kind,
          pod("phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: "
              "Unschedulable, message: no room}]"),
          Health::kFailed, "Unschedulable: no room"},
         {"lost node", kind, pod("phase: Unknown"), Health::kUnknown, ""},
         {"new", kind, "", Health::kInProgress, ""}});
}

TEST_CASE("a pod without room is in progress at first, and hoped for until the end") {
  Json young = object_of("v1 Pod", pod("phase: Pending, conditions: [{type: PodScheduled, status: "
                                       "'False', reason: Unschedulable}]"));
  CHECK(health(young).patience_s == HealthReport::kForEver);
  young["metadata"]["creationTimestamp"] = kYoung;
  CHECK(health(young).state == Health::kInProgress);
  CHECK(health(object_of("v1 Pod", waiting("ErrImagePull"))).patience_s == kPodPatience);
  CHECK(health(object_of("v1 Pod", pod("phase: Failed"))).patience_s == 0);
}

TEST_CASE("claims, volumes, services") {
  check(
      {{"bound", "v1 PersistentVolumeClaim", "status: {phase: Bound}", Health::kCurrent, ""},
       {"pending", "v1 PersistentVolumeClaim",
        "spec: {storageClassName: fast}, status: {phase: Pending}", Health::kInProgress,
        "waits for a volume of class fast"},
       {"pending until used", "v1 PersistentVolumeClaim",
        "spec: {storageClassName: late}, status: {phase: Pending}", Health::kCurrent,
        "is bound when a pod uses it"},
       {"lost", "v1 PersistentVolumeClaim", "status: {phase: Lost}", Health::kFailed, ""},
       {"volume", "v1 PersistentVolume", "status: {phase: Available}", Health::kCurrent, ""},
       {"bad volume", "v1 PersistentVolume", "status: {phase: Failed, message: m}", Health::kFailed,
        "m"},
       {"service", "v1 Service", "spec: {type: ClusterIP}", Health::kCurrent, ""},
       {"balancer", "v1 Service", "spec: {type: LoadBalancer}", Health::kInProgress, ""},
       {"balancer without address", "v1 Service", "spec: {type: LoadBalancer, clusterIP: 10.0.0.1}",
        Health::kCurrent, "has no external address yet"},
       {"ingress", "networking.k8s.io/v1 Ingress", "", Health::kCurrent, "has no address yet"},
       {"budget", "policy/v1 PodDisruptionBudget", "", Health::kCurrent, ""}});
}

TEST_CASE("definitions and API services") {
  const char* const crd = "apiextensions.k8s.io/v1 CustomResourceDefinition";
  check({{"new", crd, "", Health::kInProgress, ""},
         {"names taken", crd,
          conditions("{type: NamesAccepted, status: 'False', reason: ListKindConflict}, {type: "
                     "Established, status: 'True'}"),
          Health::kFailed, "ListKindConflict"},
         {"installing", crd, conditions("{type: Established, status: 'False', reason: Installing}"),
          Health::kInProgress, ""},
         {"not to be", crd, conditions("{type: Established, status: 'False', reason: NotAccepted}"),
          Health::kFailed, ""},
         {"established", crd, conditions("{type: Established, status: 'True'}"), Health::kCurrent,
          ""},
         {"API service", "apiregistration.k8s.io/v1 APIService",
          conditions("{type: Available, status: 'False', reason: MissingEndpoints}"),
          Health::kInProgress, "MissingEndpoints"},
         {"API service up", "apiregistration.k8s.io/v1 APIService",
          conditions("{type: Available, status: 'True'}"), Health::kCurrent, ""}});
}

TEST_CASE("custom resources by their condition Ready, new ones not before they were seen") {
  check({{"ready", "g.org/v1 Thing", conditions("{type: Ready, status: 'True'}"), Health::kCurrent,
          ""},
         {"not ready", "g.org/v1 Thing", conditions("{type: Ready, status: Unknown, reason: R}"),
          Health::kInProgress, "R"},
         {"silent and old", "g.org/v1 Thing", "", Health::kCurrent, ""}});
  Json young = object_of("g.org/v1 Thing", "");
  young["metadata"]["creationTimestamp"] = kYoung;
  CHECK(health(young).state == Health::kInProgress);
  young["apiVersion"] = "example.k8s.io/v1";
  CHECK(health(young).state == Health::kCurrent);
}

TEST_CASE("Kubeflow's jobs by their conditions") {
  const char* const kind = "kubeflow.org/v1 TFJob";
  const std::string created = "{type: Created, status: 'True'}";
  check({{"created", kind, conditions(created), Health::kInProgress, "has not started yet"},
         {"running", kind, conditions(created + ", {type: Running, status: 'True', message: m}"),
          Health::kCurrent, "m"},
         {"failed", kind,
          conditions("{type: Running, status: 'False'}, {type: Failed, status: 'True', message: "
                     "worker 0}"),
          Health::kFailed, "worker 0"},
         {"succeeded", kind, conditions("{type: Succeeded, status: 'True'}"), Health::kCurrent, ""},
         {"experiment", "kubeflow.org/v1beta1 Experiment", conditions(created), Health::kInProgress,
          ""},
         {"notebook", "kubeflow.org/v1 Notebook", "status: {readyReplicas: 0}", Health::kInProgress,
          ""},
         {"notebook up", "kubeflow.org/v1 Notebook", "status: {readyReplicas: 1}", Health::kCurrent,
          ""},
         {"a job of others", "g.org/v1 TFJob", conditions(created), Health::kCurrent, ""}});
}

TEST_CASE("values of the wrong type are no health, and no crash") {
  for (const char* const rest :
       {"status: 3", "status: {conditions: 3}", "status: {conditions: [3, {type: 4}]}",
        "spec: [], status: {replicas: many}", "status: {containerStatuses: [{state: 3}]}"}) {
    for (const char* const kind : {"apps/v1 Deployment", "v1 Pod", "batch/v1 Job",
                                   "apps/v1 DaemonSet", "g.org/v1 Thing", "v1 Service"}) {
      CAPTURE(rest);
      CHECK(health_name(health(object_of(kind, rest)).state) != "");
    }
  }
}
