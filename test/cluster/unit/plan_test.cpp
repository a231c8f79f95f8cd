#include "cluster/plan.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

Discovery discovery() {
  Discovery out;
  out.add({"v1", "ConfigMap", "configmaps", true, {}});
  out.add({"v1", "Namespace", "namespaces", false, {}});
  out.add({"apps/v1", "Deployment", "deployments", true, {}});
  out.add({"apiextensions.k8s.io/v1",
           "CustomResourceDefinition",
           "customresourcedefinitions",
           false,
           {}});
  return out;
}

Json object(const std::string& api_version, const std::string& kind, const std::string& name,
            const std::string& ns = "") {
  Json out = Json::object({{"apiVersion", api_version}, {"kind", kind}});
  out["metadata"]["name"] = name;
  if (!ns.empty()) out["metadata"]["namespace"] = ns;
  return out;
}

Json parsed(std::string_view text) { return parse_json(text, "test").value(); }

}  // namespace

TEST_CASE("namespaced kinds get the default namespace, others lose theirs") {
  const std::vector<PlannedObject> planned =
      plan_objects({object("v1", "ConfigMap", "a"), object("v1", "ConfigMap", "b", "own"),
                    object("v1", "Namespace", "n", "wrong")},
                   discovery(), "def")
          .value();
  REQUIRE(planned.size() == 3);
  CHECK(planned[0].path() == "/api/v1/namespaces/n");
  CHECK(planned[0].object.at({"metadata", "namespace"}) == nullptr);
  CHECK(planned[1].path() == "/api/v1/namespaces/def/configmaps/a");
  CHECK(planned[1].object.string_at({"metadata", "namespace"}) == "def");
  CHECK(planned[2].id.namespace_ == "own");
}

TEST_CASE("the order is that of the table of kinds") {
  const std::vector<PlannedObject> planned =
      plan_objects({object("apps/v1", "Deployment", "d"), object("v1", "ConfigMap", "b"),
                    object("v1", "ConfigMap", "a"), object("v1", "Namespace", "n")},
                   discovery(), "def")
          .value();
  std::string order;
  for (const PlannedObject& one : planned) order += one.id.text() + " ";
  CHECK(order == "Namespace/n ConfigMap/a ConfigMap/b Deployment/d ");
}

TEST_CASE("a kind that comes with its definition is pending, not unknown") {
  Json definition = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "jobs.g.org");
  definition["spec"] = parsed(R"({"group":"g.org","scope":"Namespaced",
      "names":{"kind":"Job","plural":"jobs"},"versions":[{"name":"v1","served":true}]})");
  const std::vector<PlannedObject> planned =
      plan_objects({object("g.org/v1", "Job", "j"), definition}, discovery(), "def").value();
  CHECK(planned[0].id.kind == "CustomResourceDefinition");
  CHECK_FALSE(planned[0].kind_pending);
  CHECK(planned[1].kind_pending);
  CHECK(planned[1].path() == "/apis/g.org/v1/namespaces/def/jobs/j");
}

TEST_CASE("all objects that cannot be sent are named at once") {
  Json generated = object("v1", "ConfigMap", "");
  generated["metadata"] = Json::object({{"generateName", "x-"}});
  const Result<std::vector<PlannedObject>> planned =
      plan_objects({object("v1", "Nope", "a"), object("v1", "ConfigMap", "t"),
                    object("v1", "ConfigMap", "t", "def"), generated},
                   discovery(), "def");
  REQUIRE_FALSE(planned.ok());
  CHECK(planned.error().kind == ErrorKind::kProject);
  CHECK(planned.error().message.find("no kind 'Nope'") != std::string::npos);
  CHECK(planned.error().message.find("ConfigMap/t in namespace def is rendered twice") !=
        std::string::npos);
  CHECK(planned.error().message.find("generateName") != std::string::npos);
}

TEST_CASE("what is sent has neither status nor managedFields") {
  Json map = object("v1", "ConfigMap", "a");
  map["status"] = Json::object();
  map["metadata"]["managedFields"] = Json::array();
  const std::vector<PlannedObject> planned = plan_objects({map}, discovery(), "def").value();
  CHECK(planned[0].object.find("status") == nullptr);
  CHECK(planned[0].object.at({"metadata", "managedFields"}) == nullptr);
}

TEST_CASE("unchanged means that nothing of ours was written") {
  const Json before = parsed(R"({"metadata":{"resourceVersion":"1","managedFields":[
      {"manager":"kfctl","operation":"Apply","time":"t1","fieldsV1":{"f:data":{}}}]},
      "data":{"a":"1"},"status":{"x":1}})");
  CHECK(is_unchanged(before, before));
  Json after = before;
  after["data"]["a"] = "2";
  CHECK_FALSE(is_unchanged(before, after));  // a dry run keeps the version

  // Somebody's status moved on between the list and the apply, which wrote nothing.
  after = before;
  after["metadata"]["resourceVersion"] = "2";
  after["status"]["x"] = 2;
  CHECK(is_unchanged(before, after));
  // We own a field more than before: that was a write.
  after["metadata"]["managedFields"].items()[0]["fieldsV1"]["f:spec"] = Json::object();
  CHECK_FALSE(is_unchanged(before, after));
}

TEST_CASE("noise is what the server keeps for itself") {
  const Json object = parsed(R"({"metadata":{"name":"a","uid":"u","generation":3,
      "resourceVersion":"1","creationTimestamp":"t","managedFields":[],
      "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},
      "spec":{},"status":{}})");
  CHECK(without_noise(object).dump() == R"({"metadata":{"name":"a"},"spec":{}})");
}
