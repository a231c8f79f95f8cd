#include "cluster/replicas.h"

#include <doctest/doctest.h>

#include "base/yaml.h"

using namespace kfctl;

namespace {

Json yaml(const std::string& text) { return parse_yaml(text, "test.yaml").value(); }

PlannedObject planned(const std::string& text) {
  PlannedObject out;
  out.object = yaml(text);
  out.id = object_id(out.object);
  return out;
}

const char* const kWeb =
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: n}, spec: {replicas: "
    "1}}";
const char* const kScaler =
    "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: s, namespace: n},"
    " spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}";

// The deployment on the server with 5 replicas, that field owned as `entry` says.
LiveObject live(const std::string& entry) {
  LiveObject out;
  out.state = LiveObject::State::kPresent;
  out.object = yaml(
      "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: n, managedFields: "
      "[{" +
      entry + ", fieldsV1: {'f:spec': {'f:replicas': {}}}}]}, spec: {replicas: 5}}");
  return out;
}

const char* const kOurs = "manager: kfctl, operation: Apply";
const char* const kScaled =
    "manager: kube-controller-manager, operation: Update, subresource: scale";

// The deployment's spec as it is sent.
std::string sent(std::vector<PlannedObject> objects, LiveObject web) {
  std::vector<LiveObject> there(objects.size());
  there[0] = std::move(web);
  leave_replicas(objects, there);
  return objects[0].object.find("spec")->dump();
}

}  // namespace

TEST_CASE("replicas that an autoscaler of the app decides about stay as they are") {
  CHECK(sent({planned(kWeb), planned(kScaler)}, live(kScaled)) == "{}");
  // Not sending what only we own would make it 1.
  CHECK(sent({planned(kWeb), planned(kScaler)}, live(kOurs)) == R"({"replicas":5})");
  CHECK(sent({planned(kWeb), planned(kScaler)}, {}) == R"({"replicas":1})");  // not there yet
}

TEST_CASE("so do those that another autoscaler has set, but not those that a person has") {
  CHECK(sent({planned(kWeb)}, live(kScaled)) == "{}");
  CHECK(sent({planned(kWeb)}, live("manager: kubectl, operation: Update, subresource: scale")) ==
        R"({"replicas":1})");
  CHECK(sent({planned(kWeb)}, live(kOurs)) == R"({"replicas":1})");
}
