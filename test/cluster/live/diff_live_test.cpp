#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

TEST_CASE_FIXTURE(LiveTest, "diff shows exactly the field that changed and changes nothing") {
  apply({config_map("a", "1"), config_map("b", "1")});
  const std::string version = resource_version("configmap/a");
  const DiffReport report = diff({config_map("a", "2"), config_map("b", "1")});
  CHECK_FALSE(report.empty());
  REQUIRE(report.objects.size() == 2);
  CHECK(report.objects[0].change == ObjectDiff::Change::kChanged);
  REQUIRE(report.objects[0].fields.size() == 1);
  CHECK(report.objects[0].fields[0].path == "data.key");
  CHECK(report.objects[0].fields[0].before->as_string() == "1");
  CHECK(report.objects[0].fields[0].after->as_string() == "2");
  CHECK(report.objects[1].change == ObjectDiff::Change::kUnchanged);
  CHECK(resource_version("configmap/a") == version);
}

TEST_CASE_FIXTURE(LiveTest, "what a missing namespace will hold is an addition") {
  const DiffReport report = diff({config_map("a", "1")});
  REQUIRE(report.objects.size() == 1);
  CHECK(report.objects[0].change == ObjectDiff::Change::kAdded);
  CHECK(report.objects[0].note ==
        "its namespace does not exist yet: shown as rendered, unchecked by the server");
  CHECK(report.objects[0].before.is_null());
  CHECK(kubectl({"get", "namespace", ns, "--ignore-not-found", "-o", "name"}) == "");
}

TEST_CASE_FIXTURE(LiveTest, "values of a Secret never come out of a diff") {
  Json secret = objects(
      "{apiVersion: v1, kind: Secret, metadata: {name: s}, "
      "stringData: {pw: hunter2, same: x}}")[0];
  apply({secret});
  secret["stringData"]["pw"] = "hunter3";
  const DiffReport report = diff({secret});
  REQUIRE(report.objects[0].fields.size() == 1);
  CHECK(report.objects[0].fields[0].before->as_string() == "*** (before)");
  CHECK(report.objects[0].after.dump().find("aHVudGVyMw") == std::string::npos);
  CHECK(report.objects[0].after.dump().find("hunter") == std::string::npos);
}

TEST_CASE_FIXTURE(LiveTest, "defaults of the server and fields of others are no difference") {
  const std::vector<Json> service =
      objects("{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 80}]}}");
  apply(service);
  kubectl({"annotate", "service", "s", "other=1"});
  CHECK(diff(service).empty());
}

TEST_CASE_FIXTURE(LiveTest,
                  "who may not patch still sees what would change, and that it was guessed") {
  const std::string name = "readable-" + ns;
  options.destination.namespace_ = "default";
  Json map = config_map(name, "1");
  apply({map});
  map["data"] = Json::object({{"other", "2"}});
  options.around.variables["KUBECONFIG"] = variable("KFCTL_TEST_KUBECONFIG_LIMITED");
  const DiffReport report = diff({map, config_map("new-" + ns, "1")});
  kubectl({"delete", "configmap", "-n", "default", name});
  REQUIRE(report.objects.size() == 2);
  const ObjectDiff& changed = report.objects[report.objects[0].id.name == name ? 0 : 1];
  CHECK(changed.change == ObjectDiff::Change::kChanged);
  REQUIRE(changed.fields.size() == 2);
  CHECK(changed.fields[0].path == "data.key");
  CHECK_FALSE(changed.fields[0].after.has_value());
  CHECK(changed.fields[1].path == "data.other");
  CHECK(changed.note ==
        "this user may not patch it: compared here, without the server's defaults and checks");
}
