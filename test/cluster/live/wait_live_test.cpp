#include <algorithm>
#include <chrono>

#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

namespace {

std::string deployment(const std::string& name, const std::string& more_meta = "",
                       int replicas = 1) {
  return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + more_meta +
         "}\nspec:\n  replicas: " + std::to_string(replicas) +
         "\n  selector: {matchLabels: {app: " + name +
         "}}\n  template:\n    metadata: {labels: "
         "{app: " +
         name + "}}\n    spec: {containers: [{name: c, image: 'example.org/c:1'}]}\n";
}

// KWOK makes every pod ready at once; these hold one back, or make it fail, by its status.
class WaitTest : public LiveTest {
 public:
  ApplyOptions waiting(int timeout_ms = 60'000) {
    ApplyOptions how;
    how.wait = true;
    how.wait_timeout_ms = timeout_ms;
    return how;
  }
  size_t position(const std::string& line) const {
    return static_cast<size_t>(std::find(told.begin(), told.end(), line) - told.begin());
  }
  // A Deployment whose pods no node takes.
  std::string nowhere(const std::string& name) {
    std::string text = deployment(name);
    return text.replace(text.find("containers"), 0, "nodeSelector: {no: where}, ");
  }
  StatusReport status(const std::vector<Json>& what, const std::string& set = "") {
    StatusOptions how;
    how.apply_set = set;
    Result<StatusReport> report = open()->status(what, how, on_event());
    REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().to_text()));
    return std::move(report).value();
  }
};

}  // namespace

TEST_CASE_FIXTURE(WaitTest, "apply waits until everything is ready, once for what is so already") {
  const std::vector<Json> web = objects(deployment("web", "", 2) + R"(
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'example.org/c:1'}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: data}
)");
  const ClusterReport report = apply(web, waiting());
  CHECK_FALSE(report.failure());
  CHECK(was_told("ready Deployment/web"));
  CHECK(was_told("ready Job/once"));
  CHECK_FALSE(was_told("ready ConfigMap"));
  CHECK(kubectl({"get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}"}) == "2");

  told.clear();
  CHECK_FALSE(apply(web, waiting()).failure());
  CHECK_FALSE(was_told("waiting"));

  const StatusReport now = status(web);
  CHECK(now.healthy());
  REQUIRE(now.objects[1].id.text() == "Deployment/web");
  REQUIRE(now.objects[1].parts.size() == 1);
  CHECK(now.objects[1].parts[0].parts.size() == 2);
}

TEST_CASE_FIXTURE(WaitTest, "depends-on: the second begins when the first is ready") {
  const std::vector<Json> both =
      objects(deployment("second", ", annotations: {kfctl.io/depends-on: Deployment/first}") +
              deployment("first"));
  CHECK_FALSE(apply(both).failure());
  CHECK(position("ready Deployment/first") < position("created Deployment/second"));
}

TEST_CASE_FIXTURE(WaitTest, "what depends on something that is not ready in time is skipped") {
  const std::vector<Json> both =
      objects(nowhere("stuck") +
              deployment("later", ", annotations: {kfctl.io/depends-on: Deployment/stuck}"));
  ApplyOptions how;
  how.wait_timeout_ms = 2'000;
  const ClusterReport report = apply(both, how);
  CHECK(actions(report) == "skipped Deployment/later, failed Deployment/stuck");
  const std::string message = report.failure()->message;
  CHECK(message.find("Deployment.apps/stuck in namespace " + ns + ": is not ready after 2 s: ") !=
        std::string::npos);
  CHECK(message.find("Deployment/later was not tried: it needs Deployment/stuck, which failed") !=
        std::string::npos);
  CHECK(kubectl({"get", "deployment", "-o", "name"}) == "deployment.apps/stuck");
}

TEST_CASE_FIXTURE(WaitTest, "a definite failure ends the wait early and names its reason") {
  const std::vector<Json> job = objects(R"(
apiVersion: batch/v1
kind: Job
metadata: {name: bad}
spec:
  activeDeadlineSeconds: 1
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {no: where}
      containers: [{name: c, image: 'example.org/c:1'}]
)" + nowhere("stuck"));
  const auto started = std::chrono::steady_clock::now();
  const ClusterReport report = apply(job, waiting());
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(30));
  CHECK(actions(report) == "created Deployment/stuck, failed Job/bad");
  CHECK(report.failure()->message.find("DeadlineExceeded") != std::string::npos);
  CHECK(was_told("warning 1 other object is not waited for any longer"));
}

TEST_CASE_FIXTURE(WaitTest, "a pod that crashes fails its deployment with the pod's last words") {
  use_proxy();
  apply(objects(nowhere("web")));
  // Two controllers have to come to it before there is a pod.
  kubectl({"wait", "deployment/web", "--for=jsonpath={.status.replicas}=1", "--timeout=60s"});
  const std::string pod = kubectl({"get", "pod", "-o", "jsonpath={.items[0].metadata.name}"});
  REQUIRE(pod != "");
  // The kubelet's part is played: KWOK leaves a pod alone that is on none of its nodes.
  kubectl({"patch", "pod", pod, "--subresource=status", "--type=merge", "-p",
           R"({"status":{"phase":"Running","containerStatuses":[{"name":"c","image":"i",
               "imageID":"","ready":false,"restartCount":4,"state":{"waiting":{"reason":
               "CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":3}}}]}})"});
  // No kubelet, no logs: the proxy has them.
  rule(R"({"path":"/log$","status":200,"body":"first\nsecond \u001b[31mline"})");
  WaitOptions how;
  how.timeout_ms = 60'000;
  const Result<StatusReport> report = open()->wait(objects(nowhere("web")), how, on_event());
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message ==
        "Deployment.apps/web in namespace " + ns + ": is not ready: Pod/" + pod +
            ": container c: CrashLoopBackOff, ended with exit code 3, restarted 4 times\n"
            "  | first\n  | second  [31mline");
}

TEST_CASE_FIXTURE(WaitTest, "an outage in the middle of a wait is only a pause") {
  use_proxy();
  apply(objects(nowhere("web")));
  // Streams are cut off, versions forgotten, the server is away: the wait goes on.
  rule(R"({"query":"watch=true","times":3,"reset_after":0})");
  rule(R"({"query":"watch=true","skip":3,"times":3,"status":410})");
  const std::unique_ptr<Session> session = open();
  bool freed = false;
  const OnClusterEvent event = [&](const ClusterEvent& one) {
    if (one.kind != ClusterEvent::Kind::kHealth || std::exchange(freed, true)) return;
    kubectl({"patch", "deployment", "web", "--type=merge", "-p",
             R"({"spec":{"template":{"spec":{"nodeSelector":null}}}})"});
  };
  WaitOptions how;
  how.timeout_ms = 60'000;
  const Result<StatusReport> report = session->wait(objects(nowhere("web")), how, event);
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().to_text()));
  CHECK(report.value().healthy());
  CHECK(std::stoi(control("/count?method=GET&path=/deployments")) >= 4);
}

TEST_CASE_FIXTURE(WaitTest, "one LIST and one stream for each kind, however many objects") {
  use_proxy();
  std::string many;
  for (int i = 0; i < 5; ++i) many += deployment("web-" + std::to_string(i));
  CHECK_FALSE(apply(objects(many), waiting()).failure());
  const std::string all = control("/counts");
  CAPTURE(all);
  for (const char* const kind : {"/deployments$", "/replicasets$", "/pods$"}) {
    CHECK(std::stoi(count("GET", kind)) <= 3);  // and that of the survey before
  }
}

TEST_CASE_FIXTURE(WaitTest, "wait --for deleted sees finalizers, and the end") {
  std::vector<Json> held = {config_map("held", "1")};
  held[0]["metadata"]["finalizers"].push_back("example.org/hold");
  apply(held);
  WaitOptions how;
  how.deleted = true;
  how.timeout_ms = 1'000;
  kubectl({"delete", "configmap", "held", "--wait=false"});
  const Result<StatusReport> late = open()->wait(held, how, on_event());
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().message == "ConfigMap/held in namespace " + ns +
                                    ": is still there after 1 s: is being deleted, and waits for "
                                    "example.org/hold");
  kubectl(
      {"patch", "configmap", "held", "--type=merge", "-p", R"({"metadata":{"finalizers":null}})"});
  how.timeout_ms = 30'000;
  CHECK(open()->wait(held, how, on_event()).ok());
}

TEST_CASE_FIXTURE(WaitTest, "status knows what is not there and what is no longer rendered") {
  ApplyOptions recorded;
  recorded.apply_set = "kfctl.app.test";
  apply({config_map("kept", "1"), config_map("left", "1")}, recorded);
  const StatusReport report =
      status({config_map("kept", "1"), config_map("new", "1")}, recorded.apply_set);
  CHECK_FALSE(report.healthy());
  REQUIRE(report.objects.size() == 2);
  CHECK(report.objects[0].health.state == Health::kCurrent);
  CHECK(report.objects[1].health.state == Health::kNotFound);
  REQUIRE(report.stale.size() == 1);
  CHECK(report.stale[0].id.name == "left");
}

TEST_CASE_FIXTURE(WaitTest, "a claim of a class that binds late does not hold up the rest") {
  const std::string name = "late-" + ns;
  const std::vector<Json> all = objects(
      "apiVersion: storage.k8s.io/v1\nkind: StorageClass\n"
      "metadata: {name: " +
      name +
      "}\n"
      "provisioner: example.org/none\n"
      "volumeBindingMode: WaitForFirstConsumer\n"
      "---\napiVersion: v1\nkind: PersistentVolumeClaim\n"
      "metadata: {name: data}\nspec:\n  storageClassName: " +
      name +
      "\n  accessModes: [ReadWriteOnce]\n"
      "  resources: {requests: {storage: 1Gi}}\n");
  CHECK_FALSE(apply(all, waiting(20'000)).failure());
  CHECK(was_told("ready PersistentVolumeClaim/data"));
  kubectl({"delete", "storageclass", name, "--wait=false"});
}

TEST_CASE_FIXTURE(WaitTest, "an interrupt ends a wait, and says so") {
  const OnClusterEvent stop = [this](const ClusterEvent& event) {
    if (event.kind == ClusterEvent::Kind::kWaiting) cancel.cancel();
  };
  const Result<ClusterReport> report = open()->apply(objects(nowhere("web")), waiting(), stop);
  REQUIRE(report.ok());
  REQUIRE(report.value().failure());
  CHECK(report.value().failure()->kind == ErrorKind::kInterrupted);
  CHECK_FALSE(was_told("failed Deployment/web"));
}

TEST_CASE_FIXTURE(WaitTest, "a user who may not look at what was applied is told so") {
  apply({config_map("a", "1")});
  options.destination.context = "kfctl-test-limited";
  options.destination.namespace_ = "default";
  const Result<StatusReport> report = open()->status(objects(deployment("web")), {}, on_event());
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().to_text()));
  CHECK(report.value().objects[0].health.state == Health::kUnknown);
  CHECK(report.value().objects[0].health.message.find("forbidden") != std::string::npos);
}
