#include "cluster/former_owner.h"

#include <doctest/doctest.h>

#include "base/yaml.h"
#include "cluster/recreation.h"

using namespace kfctl;

namespace {

Json live(const std::string& metadata) {
  return parse_yaml("{apiVersion: v1, kind: ConfigMap, metadata: " + metadata + "}", "t").value();
}

// Who applied an object with this metadata, in words.
std::string owner_of(const std::string& metadata) {
  const std::optional<FormerOwner> owner = former_owner(live(metadata));
  return owner ? owner->text : "";
}

const char* const kByKubectl =
    "{manager: kubectl-client-side-apply, operation: Update, apiVersion: v1, fieldsV1: {'f:data': "
    "{'f:a': {}}}}";

}  // namespace

TEST_CASE("the tool that applied an object is told by what it left there") {
  CHECK(owner_of("{name: a}") == "");
  CHECK(owner_of("{managedFields: [" + std::string(kByKubectl) + "]}") == "kubectl");
  CHECK(owner_of("{annotations: {kubectl.kubernetes.io/last-applied-configuration: x}}") ==
        "kubectl");
  CHECK(owner_of("{annotations: {ksonnet.io/managed: x}}") == "ks");
  CHECK(owner_of("{labels: {app.kubernetes.io/managed-by: Helm}, annotations: "
                 "{meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: ml}}") ==
        "the helm release 'web' in namespace ml");
  CHECK(owner_of("{labels: {app.kubernetes.io/managed-by: Helm}}") == "");
  // Once kfctl has applied it, it is kfctl's.
  CHECK(owner_of("{managedFields: [{manager: kfctl, operation: Apply}, " + std::string(kByKubectl) +
                 "]}") == "");
}

TEST_CASE("who wrote the annotation wrote the object") {
  const std::optional<FormerOwner> owner = former_owner(live(
      "{annotations: {ksonnet.io/managed: x}, managedFields: [{manager: Go-http-client, operation: "
      "Update, fieldsV1: {'f:metadata': {'f:annotations': {'f:ksonnet.io/managed': {}}}}}]}"));
  REQUIRE(owner.has_value());
  CHECK(owner->managers.back() == "Go-http-client");
}

TEST_CASE("the former entries become one of ours, the others stay") {
  const Json object = live("{managedFields: [" + std::string(kByKubectl) + R"(,
      {manager: before-first-apply, operation: Update, apiVersion: v1,
       fieldsV1: {'f:data': {'.': {}, 'f:b': {}}, 'f:metadata': {}}},
      {manager: other, operation: Update, apiVersion: v1, fieldsV1: {'f:data': {'f:c': {}}}},
      {manager: kubectl-client-side-apply, operation: Update, subresource: status, fieldsV1: {}}]})");
  const std::optional<Json> fields =
      taken_over_fields(object, {"kubectl-client-side-apply", "before-first-apply"});
  REQUIRE(fields.has_value());
  REQUIRE(fields->items().size() == 3);
  const Json& ours = fields->items()[0];
  CHECK(ours.string_at({"manager"}) == "kfctl");
  CHECK(ours.string_at({"operation"}) == "Apply");
  CHECK(ours.find("fieldsV1")->dump() ==
        R"({"f:data":{".":{},"f:a":{},"f:b":{}},"f:metadata":{}})");
  CHECK(fields->items()[1].string_at({"manager"}) == "other");
  CHECK(fields->items()[2].string_at({"subresource"}) == "status");
  CHECK_FALSE(taken_over_fields(live("{name: a}"), {"kubectl-client-side-apply"}).has_value());
}

TEST_CASE("a leaf of one set and paths below it of the other are both in the union") {
  const Json object = live(R"({managedFields: [
      {manager: ks, operation: Update, apiVersion: v1, fieldsV1: {'f:data': {}}},
      {manager: helm, operation: Apply, apiVersion: v1, fieldsV1: {'f:data': {'f:a': {}}}}]})");
  const std::optional<Json> fields = taken_over_fields(object, {"ks", "helm"});
  REQUIRE(fields.has_value());
  CHECK(fields->items()[0].find("fieldsV1")->dump() == R"({"f:data":{".":{},"f:a":{}}})");
}

TEST_CASE("what holds data is recreated only by name") {
  const ObjectId job = {"batch/v1", "Job", "n", "a"};
  const ObjectId claim = {"v1", "PersistentVolumeClaim", "n", "data"};
  CHECK_FALSE(may_recreate(job, {}));
  CHECK(may_recreate(job, {"all"}));
  CHECK(may_recreate(job, {"Job/a"}));
  CHECK_FALSE(may_recreate(job, {"Job/b"}));
  CHECK_FALSE(may_recreate(claim, {"all"}));
  CHECK(may_recreate(claim, {"all", "PersistentVolumeClaim/data"}));
}
