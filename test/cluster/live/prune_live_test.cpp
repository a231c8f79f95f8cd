#include "cluster/apply_set.h"
#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

namespace {

ApplyOptions recorded(bool prune = false) {
  ApplyOptions options;
  options.apply_set = "kfctl.app.test";
  options.prune = prune;
  return options;
}

DiffOptions with_prune() {
  DiffOptions options;
  options.apply_set = "kfctl.app.test";
  options.prune = true;
  return options;
}

}  // namespace

TEST_CASE_FIXTURE(LiveTest, "what the environment no longer has is pruned, when asked") {
  const Json secret =
      objects("{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: b}}")[0];
  apply({config_map("a", "1"), config_map("b", "1"), secret}, recorded());
  CHECK(apply({config_map("a", "1")}, recorded()).objects.size() == 1);
  CHECK(kubectl({"get", "configmap", "b", "-o", "name"}) == "configmap/b");

  const DiffReport preview = diff({config_map("a", "1")}, with_prune());
  REQUIRE(preview.objects.size() == 3);
  CHECK(preview.objects[1].change == ObjectDiff::Change::kPruned);
  CHECK(preview.objects[1].before.at({"data"}) != nullptr);

  CHECK(actions(apply({config_map("a", "1")}, recorded(true))) ==
        "unchanged ConfigMap/a, pruned ConfigMap/b, pruned Secret/s");
  CHECK(kubectl({"get", "configmap,secret", "-l", "applyset.kubernetes.io/part-of", "-o",
                 "name"}) == "configmap/a");
  // The parent was shrunk, and a third time there is nothing to do.
  CHECK(kubectl({"get", "secret", "kfctl.app.test", "-o",
                 "jsonpath={.metadata.annotations.applyset\\.kubernetes\\.io/"
                 "contains-group-kinds}"}) == "ConfigMap");
  const std::string version = resource_version("secret/kfctl.app.test");
  CHECK(actions(apply({config_map("a", "1")}, recorded(true))) == "unchanged ConfigMap/a");
  CHECK(resource_version("secret/kfctl.app.test") == version);
  CHECK(diff({config_map("a", "1")}, with_prune()).empty());
}

TEST_CASE_FIXTURE(LiveTest, "a stranger's object with a copied label is never pruned") {
  apply({config_map("a", "1")}, recorded());
  const std::string set =
      kubectl({"get", "configmap", "a", "-o",
               "jsonpath={.metadata.labels.applyset\\.kubernetes\\.io/part-of}"});
  kubectl({"create", "configmap", "stranger"});
  kubectl({"label", "configmap", "stranger", "applyset.kubernetes.io/part-of=" + set});
  CHECK(actions(apply({config_map("b", "1")}, recorded(true))) ==
        "created ConfigMap/b, pruned ConfigMap/a");
  CHECK(was_told("ConfigMap/stranger in namespace " + ns +
                 " is left alone: it carries this environment's label, but kfctl never applied"));
  CHECK(kubectl({"get", "configmap", "stranger", "-o", "name"}) == "configmap/stranger");
}

TEST_CASE_FIXTURE(LiveTest, "a volume claim is never pruned") {
  const Json claim = objects(R"({apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: d},
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}})")[0];
  apply({config_map("a", "1"), claim}, recorded());
  CHECK(actions(apply({config_map("a", "1")}, recorded(true))) == "unchanged ConfigMap/a");
  CHECK(was_told("is left alone: it holds what cannot be made again"));
  CHECK(kubectl({"get", "pvc", "d", "-o", "name"}) == "persistentvolumeclaim/d");
}

TEST_CASE_FIXTURE(LiveTest, "kubectl sees the same apply set") {
  apply({config_map("a", "1"), config_map("b", "1")}, recorded());
  const std::string id = kubectl({"get", "secret", "kfctl.app.test", "-o",
                                  "jsonpath={.metadata.labels.applyset\\.kubernetes\\.io/id}"});
  CHECK(id == kubectl({"get", "configmap", "b", "-o",
                       "jsonpath={.metadata.labels.applyset\\.kubernetes\\.io/part-of}"}));
  CHECK(id.starts_with("applyset-"));
  // And a set that kubectl makes has the id that we would give it.
  kubectl({"apply", "--prune", "--applyset=other", "-f", "-"},
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: k}}");
  CHECK(kubectl({"get", "secret", "other", "-o",
                 "jsonpath={.metadata.labels.applyset\\.kubernetes\\.io/id}"}) ==
        apply_set_id("other", ns, "Secret", ""));
}

TEST_CASE_FIXTURE(LiveTest, "another tool's apply set is refused") {
  kubectl({"create", "namespace", ns});
  kubectl({"create", "secret", "generic", "kfctl.app.test"});
  const Result<ClusterReport> report =
      open()->apply({config_map("a", "1")}, recorded(), on_event());
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message ==
        "Secret/kfctl.app.test in namespace " + ns + " exists and is not an apply set");
  CHECK(kubectl({"get", "configmap", "a", "--ignore-not-found", "-o", "name"}) == "");
}

TEST_CASE_FIXTURE(LiveTest, "pruning with nothing rendered is refused") {
  apply({config_map("a", "1")}, recorded());
  const Result<ClusterReport> report = open()->apply({}, recorded(true), on_event());
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().kind == ErrorKind::kUsage);
}

TEST_CASE_FIXTURE(LiveTest, "delete takes members along that are no longer rendered, and the set") {
  apply({config_map("a", "1"), config_map("b", "1")}, recorded());
  DeleteOptions all;
  all.apply_set = "kfctl.app.test";
  CHECK(actions(remove({config_map("a", "1")}, all)) == "deleted ConfigMap/a, deleted ConfigMap/b");
  CHECK(kubectl({"get", "secret", "kfctl.app.test", "--ignore-not-found", "-o", "name"}) == "");
  CHECK(actions(remove({config_map("a", "1")}, all)) == "not found ConfigMap/a");
}

TEST_CASE_FIXTURE(LiveTest, "what cannot be deleted in time is told with its finalizers") {
  Json held = config_map("held", "1");
  held["metadata"]["finalizers"].push_back("example.org/hold");
  apply({held});
  DeleteOptions impatient;
  impatient.timeout_ms = 300;
  const ClusterReport report = remove({held}, impatient);
  REQUIRE(report.failure());
  CHECK(report.failure()->message.find("is being deleted, but not gone yet; it waits for "
                                       "example.org/hold") != std::string::npos);
  kubectl(
      {"patch", "configmap", "held", "--type=merge", "-p", R"({"metadata":{"finalizers":null}})"});
  CHECK(remove({held}).count(Action::kAbsent) == 1);
}

namespace {

Json of_component(const std::string& name, const std::string& component) {
  Json map = config_map(name, "1");
  map["metadata"]["labels"]["ksonnet.io/component"] = component;
  return map;
}

}  // namespace

TEST_CASE_FIXTURE(LiveTest, "pruning of some components leaves the others' objects to the set") {
  const Json secret = objects(
      "{apiVersion: v1, kind: Secret, metadata: {name: s, labels: {ksonnet.io/component: b}}}")[0];
  apply({of_component("one", "a"), of_component("moved", "a"), of_component("gone", "a"), secret},
        recorded());
  ApplyOptions some = recorded(true);
  some.partial = true;
  some.prune_scope = {{"a"}, {{"v1", "ConfigMap", ns, "moved"}}};
  DiffOptions preview = with_prune();
  preview.prune_scope = some.prune_scope;
  CHECK(diff({of_component("one", "a")}, preview).objects.size() == 2);
  CHECK(actions(apply({of_component("one", "a")}, some)) ==
        "unchanged ConfigMap/one, pruned ConfigMap/gone");
  // The set still knows that there are Secrets, so a full apply finds them.
  CHECK(actions(apply({of_component("one", "a")}, recorded(true))) ==
        "unchanged ConfigMap/one, pruned ConfigMap/moved, pruned Secret/s");
}

TEST_CASE_FIXTURE(LiveTest, "what has changed since it was listed is pruned if it is still ours") {
  Json held = config_map("held", "1");
  held["metadata"]["finalizers"].push_back("example.org/hold");
  apply({config_map("a", "1"), held}, recorded());
  use_proxy();
  // The deletion is accepted, which changes the object, but the answer is lost.
  rule(R"({"method":"DELETE","times":1,"reset_after":0})");
  CHECK(actions(apply({config_map("a", "1")}, recorded(true))) ==
        "unchanged ConfigMap/a, pruned ConfigMap/held");
  kubectl(
      {"patch", "configmap", "held", "--type=merge", "-p", R"({"metadata":{"finalizers":null}})"});
}

TEST_CASE_FIXTURE(LiveTest, "a claim that delete leaves alone stays a member of the set") {
  const Json claim = objects(R"({apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: d},
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}})")[0];
  apply({config_map("a", "1"), claim}, recorded());
  DeleteOptions all;
  all.apply_set = "kfctl.app.test";
  CHECK(actions(remove({config_map("a", "1")}, all)) == "deleted ConfigMap/a");
  CHECK(kubectl({"get", "secret", "kfctl.app.test", "-o", "name"}) == "secret/kfctl.app.test");
  CHECK(actions(remove({claim}, all)) == "deleted PersistentVolumeClaim/d");
  CHECK(kubectl({"get", "secret", "kfctl.app.test", "--ignore-not-found", "-o", "name"}) == "");
}
