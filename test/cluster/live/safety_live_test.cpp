// What apply and delete do not do to objects that are not, or not only, ours.
#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

namespace {

const char* const kJob = R"(
apiVersion: batch/v1
kind: Job
metadata: {name: setup}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "example.org/setup:1"}]
)";

}  // namespace

TEST_CASE_FIXTURE(LiveTest, "what kubectl applied is taken over, and what the app lacks goes") {
  kubectl({"create", "namespace", ns});
  kubectl(
      {"apply", "-f", "-"},
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"key":"0","old":"1"}})");
  const Json map = config_map("a", "1");
  const DiffReport preview = diff({map});
  CHECK(preview.objects[0].note == "is taken over from kubectl");
  REQUIRE(preview.objects[0].fields.size() == 2);
  CHECK(preview.objects[0].fields[1].path == "data.old");
  CHECK(actions(apply({map})) == "configured ConfigMap/a");
  CHECK(was_told("is taken over from kubectl"));
  CHECK(kubectl({"get", "configmap", "a", "-o", "jsonpath={.data}"}) == R"({"key":"1"})");
  CHECK(kubectl({"get", "configmap", "a", "-o", "jsonpath={.metadata.annotations}"}) == "");
  CHECK(kubectl({"get", "configmap", "a", "--show-managed-fields", "-o",
                 "jsonpath={.metadata.managedFields[*].manager}"}) == "kfctl");
  CHECK(actions(apply({map})) == "unchanged ConfigMap/a");
}

TEST_CASE_FIXTURE(LiveTest, "what belongs to a helm release is refused, or taken over when asked") {
  kubectl({"create", "namespace", ns});
  kubectl({"apply", "--server-side", "--field-manager=helm", "-f", "-"},
          R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":
             {"app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"web",
             "meta.helm.sh/release-namespace":"ml"}},"data":{"old":"1"}})");
  const Json map = config_map("a", "1");
  const ClusterReport refused = apply({map});
  REQUIRE(refused.failure());
  CHECK(refused.failure()->message.find("belongs to the helm release 'web' in namespace ml") !=
        std::string::npos);
  CHECK(kubectl({"get", "configmap", "a", "-o", "jsonpath={.data}"}) == R"({"old":"1"})");
  CHECK(diff({map}).objects[0].note.find("--adopt") != std::string::npos);
  ApplyOptions adopt;
  adopt.adopt = true;
  CHECK(actions(apply({map}, adopt)) == "configured ConfigMap/a");
  CHECK(kubectl({"get", "configmap", "a", "-o", "jsonpath={.data}"}) == R"({"key":"1"})");
  CHECK(kubectl({"get", "configmap", "a", "-o", "jsonpath={.metadata.labels}"}) == "");
}

TEST_CASE_FIXTURE(LiveTest,
                  "a field that cannot change is refused, or the object made anew when asked") {
  std::vector<Json> job = objects(kJob);
  apply(job);
  const std::string before = kubectl({"get", "job", "setup", "-o", "jsonpath={.metadata.uid}"});
  job[0]["spec"]["template"]["spec"]["containers"].items()[0]["image"] = "example.org/setup:2";
  CHECK(diff(job).objects[0].note.find("cannot change") != std::string::npos);
  const ClusterReport refused = apply(job);
  REQUIRE(refused.failure());
  CHECK(refused.failure()->message.find("spec.template") != std::string::npos);
  CHECK(refused.failure()->hint.find("--recreate") != std::string::npos);
  ApplyOptions recreate;
  recreate.recreate = {"Job/other"};
  CHECK(apply(job, recreate).failure());
  CHECK(kubectl({"get", "job", "setup", "-o", "jsonpath={.metadata.uid}"}) == before);
  recreate.recreate = {"all"};
  recreate.dry_run = true;
  CHECK(actions(apply(job, recreate)) == "recreated Job/setup");
  CHECK(kubectl({"get", "job", "setup", "-o", "jsonpath={.metadata.uid}"}) == before);
  recreate.dry_run = false;
  CHECK(actions(apply(job, recreate)) == "recreated Job/setup");
  CHECK(kubectl({"get", "job", "setup", "-o", "jsonpath={.metadata.uid}"}) != before);
}

TEST_CASE_FIXTURE(LiveTest, "more than max-prune are not pruned, and nothing else is changed") {
  ApplyOptions how;
  how.apply_set = "kfctl.test";
  apply({config_map("a", "1"), config_map("b", "1"), config_map("c", "1")}, how);
  how.prune = true;
  how.max_prune = 1;
  const Result<ClusterReport> refused = open()->apply({config_map("a", "2")}, how, on_event());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message ==
        "2 objects would be pruned, more than --max-prune 1: ConfigMap/b, ConfigMap/c");
  CHECK(kubectl({"get", "configmap", "a", "-o", "jsonpath={.data.key}"}) == "1");
  how.max_prune = 2;
  CHECK(apply({config_map("a", "2")}, how).count(Action::kPruned) == 2);
}

TEST_CASE_FIXTURE(LiveTest, "delete leaves a namespace that holds a stranger's objects") {
  const std::vector<Json> all = {
      objects("{apiVersion: v1, kind: Namespace, metadata: {name: " + ns + "}}")[0],
      config_map("a", "1")};
  apply(all);
  kubectl({"create", "configmap", "stranger"});
  CHECK(actions(remove(all)) == "deleted ConfigMap/a");
  CHECK(was_told("Namespace/" + ns +
                 " is left alone: it holds objects that are not ours: "
                 "ConfigMap/stranger in namespace " +
                 ns));
  kubectl({"delete", "configmap", "stranger"});
  CHECK(remove(all).count(Action::kDeleted) == 1);
}

TEST_CASE_FIXTURE(LiveTest, "delete leaves a definition with a stranger's custom resources") {
  const std::string group = ns + ".example.org";
  const std::vector<Json> definition = objects(R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.)" + group + R"(}
spec:
  group: )" + group + R"(
  names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
)");
  apply(definition);
  kubectl({"create", "namespace", ns});
  const std::string gadget =
      R"({"apiVersion":")" + group + R"(/v1","kind":"Gadget","metadata":{"name":"stranger"}})";
  kubectl({"create", "-f", "-"}, gadget);
  CHECK(remove(definition).objects.empty());
  CHECK(was_told("Gadget." + group + "/stranger"));
  kubectl({"delete", "gadgets." + group, "stranger"});
  CHECK(remove(definition).count(Action::kDeleted) == 1);
}
