#include "cluster/health_tree.h"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "test/cluster/unit/planned.h"

using namespace kfctl;

namespace {

// A set of objects with owners, as a view of a cluster gives them.
class Family {
 public:
  void add(const std::string& owner, const std::string& yaml) {
    objects_.emplace_back(owner, yaml_object(yaml));
  }
  HealthTree tree(const std::string& yaml) const {
    return health_tree(yaml_object(yaml), parts(), {0});
  }
  PartsOf parts() const {
    return [this](std::string_view uid) {
      std::vector<const Json*> out;
      for (const auto& [owner, object] : objects_) {
        if (owner == uid) out.push_back(&object);
      }
      return out;
    };
  }

 private:
  std::vector<std::pair<std::string, Json>> objects_;
};

const char* const kDeployment =
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: ns, uid: d, "
    "annotations: {deployment.kubernetes.io/revision: '2'}}, spec: {replicas: 1}, status: "
    "{replicas: 1}}";

std::string replica_set(const std::string& name, const std::string& revision, int replicas) {
  return "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: " + name +
         ", namespace: ns, uid: " + name + ", annotations: {deployment.kubernetes.io/revision: '" +
         revision + "'}}, spec: {replicas: " + std::to_string(replicas) +
         "}, status: {replicas: " + std::to_string(replicas) + "}}";
}

std::string pod(const std::string& name, const std::string& status) {
  return "{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", namespace: ns}, status: {" +
         status + "}}";
}

const char* const kCrashing =
    "phase: Running, containerStatuses: [{name: c, restartCount: 2, state: {waiting: {reason: "
    "CrashLoopBackOff}}}]";

}  // namespace

TEST_CASE("a workload whose newest pods cannot run has failed, with the pod's reason") {
  Family family;
  family.add("d", replica_set("new", "2", 1));
  family.add("d", replica_set("gone", "1", 0));
  family.add("new", pod("new-1", kCrashing));
  const HealthTree tree = family.tree(kDeployment);
  CHECK(tree.health.state == Health::kFailed);
  CHECK(tree.health.message == "Pod/new-1: container c: CrashLoopBackOff, restarted 2 times");
  CHECK(tree.health.patience_s == kPodPatience);
  REQUIRE(tree.parts.size() == 1);  // the empty revision is left out
  CHECK(tree.parts[0].parts[0].id.name == "new-1");
  REQUIRE(failed_pod(tree) != nullptr);
  CHECK(failed_pod(tree)->id.name == "new-1");
}

TEST_CASE("pods of an old revision fail without holding up the new one") {
  Family family;
  family.add("d", replica_set("new", "2", 1));
  family.add("d", replica_set("old", "1", 1));
  family.add("old", pod("old-1", kCrashing));
  const HealthTree tree = family.tree(kDeployment);
  CHECK(tree.health.state == Health::kInProgress);
  CHECK(tree.parts.size() == 2);
}

TEST_CASE("a pod that has ended is replaced, and no reason to give up") {
  Family family;
  family.add("j", pod("first", "phase: Failed"));
  const HealthTree tree = family.tree(
      "{apiVersion: batch/v1, kind: Job, metadata: {name: j, uid: j}, status: "
      "{startTime: t, failed: 1}}");
  CHECK(tree.health.state == Health::kInProgress);
  CHECK(tree.parts[0].health.state == Health::kFailed);
}

TEST_CASE("of a StatefulSet the pods of the revision that it updates to count") {
  const char* const set =
      "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: s, uid: s}, status: "
      "{updateRevision: r2}}";
  const std::string labelled = pod("s-0", kCrashing);
  for (const char* const revision : {"r1", "r2"}) {
    Family family;
    std::string text = labelled;
    text.replace(text.find("namespace: ns"), 13,
                 std::string("labels: {controller-revision-hash: ") + revision + "}");
    family.add("s", text);
    const bool counts = std::string(revision) == "r2";
    CHECK((family.tree(set).health.state == Health::kFailed) == counts);
  }
}

TEST_CASE("what is current stays so, whatever its parts are at") {
  Family family;
  family.add("c", pod("p", kCrashing));
  CHECK(
      family.tree("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, uid: c}}").health.state ==
      Health::kCurrent);
}

TEST_CASE("an object that owns itself ends somewhere") {
  Family family;
  family.add("c", "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, uid: c}}");
  const HealthTree tree =
      family.tree("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, uid: c}}");
  CHECK(tree.parts.size() == 1);
}

TEST_CASE("parts are sorted, and everything current is told") {
  Family family;
  family.add("s", pod("b", "phase: Succeeded"));
  family.add("s", pod("a", "phase: Succeeded"));
  const HealthTree tree =
      family.tree("{apiVersion: v1, kind: Service, metadata: {name: s, uid: s}}");
  CHECK(tree.parts[0].id.name == "a");
  CHECK(all_current({tree}));
  CHECK_FALSE(all_current({tree, absent_tree({"v1", "Pod", "ns", "gone"})}));
}
