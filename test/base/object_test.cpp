#include "base/object.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

Json object(std::string_view api_version, std::string_view kind, std::string_view name,
            std::string_view name_space = "") {
  Json result = Json::object({{"apiVersion", Json(api_version)}, {"kind", Json(kind)}});
  result["metadata"]["name"] = Json(name);
  if (!name_space.empty()) result["metadata"]["namespace"] = Json(name_space);
  return result;
}

std::string names(const std::vector<Json>& objects) {
  std::string out;
  for (const Json& item : objects) out += object_id(item).text() + " ";
  return out;
}

std::string problem(std::string_view json) {
  const Status status = check_object(parse_json(json, "t").value(), "web.jsonnet");
  return status.ok() ? "" : status.error().message;
}

}  // namespace

TEST_CASE("an identity knows its group, its version and its name for people") {
  const ObjectId id = object_id(object("apps/v1", "Deployment", "web", "prod"));
  CHECK(id.group() == "apps");
  CHECK(id.version() == "v1");
  CHECK(id.text() == "Deployment/web");
  CHECK(id.full_text() == "Deployment.apps/web in namespace prod");
  CHECK(object_id(object("v1", "Pod", "a")).group() == "");
  CHECK(same_object(id, object_id(object("apps/v1beta1", "Deployment", "web", "prod"))));
  CHECK_FALSE(same_object(id, object_id(object("apps/v1", "Deployment", "web"))));
}

TEST_CASE("a value that is no object is refused with what it lacks") {
  CHECK(problem(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}})").empty());
  CHECK(problem(R"({"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"a-"}})").empty());
  CHECK(problem("[]") == "web.jsonnet: expected a Kubernetes object, found array");
  CHECK(problem(R"({"kind":"Pod"})") == "web.jsonnet: has no apiVersion");
  CHECK(problem(R"({"apiVersion":"v1"})") == "web.jsonnet: has no kind");
  CHECK(problem(R"({"apiVersion":1,"kind":"Pod"})") ==
        "web.jsonnet: apiVersion must be a string that is not empty");
  CHECK(problem(R"({"apiVersion":"v1","kind":"Pod"})") == "web.jsonnet: Pod has no metadata.name");
}

TEST_CASE("apply goes kind by kind, definitions before what they define") {
  std::vector<Json> objects = {
      object("kubeflow.org/v1", "TFJob", "train"),
      object("apps/v1", "Deployment", "web"),
      object("v1", "Service", "web"),
      object("extensions/v1beta1", "Deployment", "old"),
      object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "tfjobs.kubeflow.org"),
      object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "hook"),
      object("v1", "Namespace", "prod"),
      object("v1", "ConfigMap", "b", "z"),
      object("v1", "ConfigMap", "c", "a")};
  sort_for_apply(objects);
  CHECK(names(objects) ==
        "Namespace/prod CustomResourceDefinition/tfjobs.kubeflow.org ConfigMap/c ConfigMap/b "
        "Service/web Deployment/web Deployment/old TFJob/train "
        "ValidatingWebhookConfiguration/hook ");
}

TEST_CASE("show goes namespace by namespace, cluster-wide objects first") {
  std::vector<Json> objects = {object("v1", "ConfigMap", "b", "z"),
                               object("apps/v1", "Deployment", "web", "a"),
                               object("v1", "Namespace", "z"), object("v1", "Secret", "s", "a")};
  sort_for_show(objects);
  CHECK(names(objects) == "Namespace/z Secret/s Deployment/web ConfigMap/b ");
}

TEST_CASE("scope is known for built-in kinds") {
  CHECK(is_cluster_scoped("", "Namespace"));
  CHECK(is_cluster_scoped("rbac.authorization.k8s.io", "ClusterRole"));
  CHECK(is_cluster_scoped("storage.k8s.io", "CSIDriver"));
  CHECK_FALSE(is_cluster_scoped("apps", "Deployment"));
  CHECK_FALSE(is_cluster_scoped("example.com", "Namespace"));
}

TEST_CASE("lists are flattened at any depth, but a kind that only ends in List is not one") {
  const Json inner =
      Json::object({{"kind", "List"}, {"items", Json::array({object("v1", "Pod", "b")})}});
  const Json outer = Json::object(
      {{"kind", "PodList"}, {"items", Json::array({object("v1", "Pod", "a"), inner})}});
  std::vector<Json> objects;
  flatten_lists(outer, objects);
  flatten_lists(object("x.io/v1", "AllowList", "c"), objects);
  CHECK(names(objects) == "Pod/a Pod/b AllowList/c ");
}
