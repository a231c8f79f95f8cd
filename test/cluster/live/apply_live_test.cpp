#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

namespace {

const char* const kWeb = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: example.org/web:1
        ports: [{containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {a: b}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
)";

}  // namespace

TEST_CASE_FIXTURE(LiveTest, "apply makes objects in order, and applied again changes nothing") {
  const std::vector<Json> web = objects(kWeb);
  CHECK(actions(apply(web)) ==
        "created ConfigMap/web, created ServiceAccount/web, created Service/web, "
        "created Deployment/web");
  CHECK(was_told("namespace " + ns));
  CHECK(kubectl({"get", "deployment", "web", "-o",
                 "jsonpath={.metadata.managedFields[?(@.manager=='kfctl')].operation}"}) ==
        "Apply");

  std::vector<std::string> before, after;
  for (const char* kind :
       {"deployment/web", "service/web", "configmap/web", "serviceaccount/web"}) {
    before.push_back(resource_version(kind));
  }
  CHECK(actions(apply(web)) ==
        "unchanged ConfigMap/web, unchanged ServiceAccount/web, unchanged Service/web, "
        "unchanged Deployment/web");
  for (const char* kind : {"service/web", "configmap/web", "serviceaccount/web"}) {
    after.push_back(resource_version(kind));
  }
  // A Deployment's version also moves when its status does.
  before.erase(before.begin());
  CHECK(before == after);
  CHECK(diff(web).empty());
}

TEST_CASE_FIXTURE(LiveTest, "a changed field is configured, one taken out is removed") {
  std::vector<Json> web = objects(kWeb);
  apply(web);
  web[0]["spec"]["replicas"] = 2;
  web[2]["data"] = Json::object({{"c", "d"}});
  const ClusterReport report = apply(web);
  CHECK(actions(report) ==
        "configured ConfigMap/web, unchanged ServiceAccount/web, unchanged Service/web, "
        "configured Deployment/web");
  CHECK(kubectl({"get", "deployment", "web", "-o", "jsonpath={.spec.replicas}"}) == "2");
  CHECK(kubectl({"get", "configmap", "web", "-o", "jsonpath={.data}"}) == R"({"c":"d"})");
}

TEST_CASE_FIXTURE(LiveTest, "a dry run stores nothing, not even the namespace") {
  ApplyOptions dry;
  dry.dry_run = true;
  CHECK(apply({config_map("a", "1")}, dry).count(Action::kCreated) == 1);
  CHECK(kubectl({"get", "namespace", ns, "--ignore-not-found", "-o", "name"}) == "");
  apply({config_map("a", "1")});
  CHECK(actions(apply({config_map("a", "2"), config_map("b", "1")}, dry)) ==
        "configured ConfigMap/a, created ConfigMap/b");
  CHECK(actions(apply({config_map("a", "1")}, dry)) == "unchanged ConfigMap/a");
  CHECK(kubectl({"get", "configmap", "a", "-o", "jsonpath={.data.key}"}) == "1");
}

TEST_CASE_FIXTURE(LiveTest, "a definition and objects of its kind are applied in one go") {
  const std::string group = ns + ".example.org";
  std::vector<Json> all = objects("apiVersion: " + group + R"(/v1
kind: Gadget
metadata: {name: one}
spec: {size: 3}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.)" + group +
                                  R"(}
spec:
  group: )" + group + R"(
  names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {size: {type: integer}}
)");
  const DiffReport preview = diff(all);
  CHECK(preview.objects[1].note.find("does not exist yet") != std::string::npos);
  CHECK(apply(all).count(Action::kCreated) == 2);
  CHECK(kubectl({"get", "gadgets." + group, "one", "-o", "jsonpath={.spec.size}"}) == "3");
  CHECK(apply(all).count(Action::kUnchanged) == 2);
  CHECK(actions(remove(all)) ==
        "deleted Gadget/one, deleted CustomResourceDefinition/gadgets." + group);
  // Its kind is gone now: nothing to delete, and no error.
  CHECK(remove(all).count(Action::kAbsent) == 2);
}

TEST_CASE_FIXTURE(LiveTest, "a field that another manager owns is a conflict with its ways out") {
  std::vector<Json> web = objects(kWeb);
  apply(web);
  kubectl({"apply", "--server-side", "--field-manager=hpa", "--force-conflicts", "-f", "-"},
          R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},
              "spec":{"replicas":5}})");
  web[0]["spec"]["replicas"] = 2;
  const ClusterReport report = apply(web);
  REQUIRE(report.count(Action::kFailed) == 1);
  const ObjectResult& failed = report.objects[3];
  REQUIRE(failed.conflicts.size() == 1);
  CHECK(failed.conflicts[0].manager == "hpa");
  CHECK(failed.conflicts[0].field == ".spec.replicas");
  CHECK(failed.conflicts[0].ours == "2");
  CHECK(failed.conflicts[0].theirs == "5");
  CHECK(report.failure()->hint.find("--force-conflicts") != std::string::npos);
  const DiffReport preview = diff(web);
  CHECK(preview.objects[3].conflicts.size() == 1);
  CHECK(preview.objects[3].fields.size() == 1);

  ApplyOptions force;
  force.force_conflicts = true;
  CHECK_FALSE(apply(web, force).failure());
  CHECK(kubectl({"get", "deployment", "web", "-o", "jsonpath={.spec.replicas}"}) == "2");
}

TEST_CASE_FIXTURE(LiveTest, "what the server refuses is told field by field, the rest goes on") {
  std::vector<Json> web = objects(kWeb);
  apply(web);
  web[0]["spec"]["selector"]["matchLabels"]["app"] = "other";
  web[0]["spec"]["template"]["metadata"]["labels"]["app"] = "other";
  const ClusterReport immutable = apply(web);
  REQUIRE(immutable.failure());
  CHECK(immutable.failure()->message.find("spec.selector") != std::string::npos);
  CHECK(immutable.failure()->hint.find("cannot change while the object exists") !=
        std::string::npos);
  CHECK(immutable.count(Action::kUnchanged) == 3);

  std::vector<Json> misspelt = objects(kWeb);
  misspelt[2]["dta"] = "x";
  const ClusterReport strict = apply(misspelt);
  REQUIRE(strict.failure());
  CHECK(strict.failure()->kind == ErrorKind::kCluster);
  CHECK(strict.failure()->message.find("dta") != std::string::npos);
  CHECK(strict.failure()->hint.find("misspelt") != std::string::npos);
  CHECK(strict.count(Action::kUnchanged) == 3);  // nothing of them names the ConfigMap
}

TEST_CASE_FIXTURE(LiveTest, "what needs an object that failed is skipped, the rest goes on") {
  std::vector<Json> web = objects(kWeb);
  web[2]["dta"] = "x";
  Json from = Json::object({{"configMapRef", Json::object({{"name", "web"}})}});
  web[0]["spec"]["template"]["spec"]["containers"].items()[0]["envFrom"].push_back(from);
  const ClusterReport report = apply(web);
  CHECK(actions(report) ==
        "failed ConfigMap/web, created ServiceAccount/web, created Service/web, "
        "skipped Deployment/web");
  CHECK(report.failure()->message.find(
            "Deployment/web was not tried: it needs ConfigMap/web, which failed") !=
        std::string::npos);
  CHECK(was_told("skipped Deployment/web"));
}

TEST_CASE_FIXTURE(LiveTest,
                  "an unknown kind and a missing namespace are errors before any change") {
  const Result<ClusterReport> kind = open()->apply(
      objects("{apiVersion: apps/v1, kind: Deploymint, metadata: {name: x}}"), {}, {});
  REQUIRE_FALSE(kind.ok());
  CHECK(kind.error().kind == ErrorKind::kProject);
  CHECK(kind.error().hint == "did you mean 'Deployment'?");

  Json elsewhere = config_map("a", "1");
  elsewhere["metadata"]["namespace"] = "not-there";
  const Result<ClusterReport> space = open()->apply({config_map("b", "1"), elsewhere}, {}, {});
  REQUIRE_FALSE(space.ok());
  CHECK(space.error().message ==
        "the cluster has no namespace 'not-there', which these objects need: ConfigMap/a");
  CHECK(kubectl({"get", "namespace", ns, "--ignore-not-found", "-o", "name"}) == "");
}

TEST_CASE_FIXTURE(LiveTest, "a namespace among the objects comes first and is deleted last") {
  std::vector<Json> all = {config_map("a", "1")};
  all.push_back(objects("{apiVersion: v1, kind: Namespace, metadata: {name: " + ns + "}}")[0]);
  ApplyOptions recorded;
  recorded.apply_set = "kfctl.app.test";
  CHECK(actions(apply(all, recorded)) == "created Namespace/" + ns + ", created ConfigMap/a");
  CHECK(apply(all, recorded).count(Action::kUnchanged) == 2);
  CHECK(actions(remove(all)) == "deleted ConfigMap/a, deleted Namespace/" + ns);
  CHECK(kubectl({"get", "namespace", ns, "--ignore-not-found", "-o", "name"}) == "");
}

TEST_CASE_FIXTURE(LiveTest, "the environment's own namespace waits for nothing") {
  std::vector<Json> all = {config_map("a", "1")};
  all.push_back(objects("{apiVersion: v1, kind: Namespace, metadata: {name: " + ns +
                        ", annotations: {kfctl.io/depends-on: PriorityClass/first}}}")[0]);
  all.push_back(
      objects("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: "
              "first}, value: 1}")[0]);
  ApplyOptions recorded;
  recorded.apply_set = "kfctl.app.test";
  const Result<ClusterReport> report = open()->apply(all, recorded, {});
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message ==
        "Namespace/" + ns + ": the environment's own namespace cannot wait for other objects");
}

TEST_CASE_FIXTURE(LiveTest, "interrupted work says what is done") {
  const std::unique_ptr<Session> session = open();
  std::vector<Json> web = objects(kWeb);
  Json from = Json::object({{"configMapRef", Json::object({{"name", "web"}})}});
  web[0]["spec"]["template"]["spec"]["containers"].items()[0]["envFrom"].push_back(from);
  const OnClusterEvent stop = [this](const ClusterEvent& event) {
    if (event.kind == ClusterEvent::Kind::kObjectDone) cancel.cancel();
  };
  const Result<ClusterReport> report = session->apply(web, {}, stop);
  REQUIRE(report.ok());
  REQUIRE(report.value().failure());
  CHECK(report.value().failure()->kind == ErrorKind::kInterrupted);
  // How many answers had come in already is chance; the Deployment needs the ConfigMap's.
  CHECK(report.value().failure()->message.starts_with("interrupted: "));
  CHECK(report.value().failure()->message.ends_with(
      " of 4 objects are done; running the command again completes the work"));
  CHECK(kubectl({"get", "deployment", "web", "--ignore-not-found", "-o", "name"}) == "");
}

TEST_CASE_FIXTURE(LiveTest, "a create-only object is made once and never changed") {
  Json map = config_map("once", "1");
  map["metadata"]["annotations"]["kfctl.io/create-only"] = "true";
  CHECK(actions(apply({map})) == "created ConfigMap/once");
  map["data"]["key"] = "2";
  CHECK(diff({map}).empty());
  ApplyOptions force;
  force.force_conflicts = true;
  CHECK(actions(apply({map}, force)) == "unchanged ConfigMap/once");
  CHECK(kubectl({"get", "configmap", "once", "-o", "jsonpath={.data.key}"}) == "1");
}

TEST_CASE_FIXTURE(LiveTest, "an autoscaler's number of replicas survives an apply") {
  std::vector<Json> all = objects(kWeb);
  apply(all);
  const std::vector<Json> scaler = objects(R"(
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
)");
  all.push_back(scaler[0]);
  // As the autoscaler does it, though under the name of kubectl.
  kubectl({"scale", "deployment/web", "--replicas=4"});
  all[0]["spec"]["replicas"] = 2;
  CHECK_FALSE(apply(all).failure());
  CHECK(kubectl({"get", "deployment", "web", "-o", "jsonpath={.spec.replicas}"}) == "4");
}

TEST_CASE_FIXTURE(LiveTest, "a pod in a namespace of a moment ago waits for its service account") {
  const ClusterReport report =
      apply(objects("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: "
                    "c, image: i}]}}"));
  CHECK_MESSAGE(!report.failure(), report.failure()->to_text());
  CHECK(report.count(Action::kCreated) == 1);
}
