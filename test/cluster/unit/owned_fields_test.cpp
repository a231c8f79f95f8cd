// The shapes of a set of owned fields, one by one. That the verdict is the server's own is shown by
// live/owned_fields_live_test.cpp.
#include "cluster/owned_fields.h"

#include <doctest/doctest.h>

#include "base/yaml.h"

using namespace kfctl;

namespace {

Json yaml(const std::string& text) { return parse_yaml(text, "test.yaml").value(); }

// The doubt about an object whose spec (as flow YAML) is `wanted`, where the server has `live` and
// kfctl owns `owned` (the fieldsV1 of spec). "" if there is none.
std::string doubt_of(const std::string& type, const std::string& wanted, const std::string& live,
                     const std::string& owned) {
  const std::string head = type + "\nmetadata: {name: a, namespace: n";
  const Json sent = yaml(head + "}\nspec: " + wanted);
  const Json stored = yaml(head + ", managedFields: [{manager: kfctl, operation: Apply, " +
                           type.substr(0, type.find('\n')) + ", fieldsV1: {'f:spec': " + owned +
                           "}}]}\nspec: " + live);
  return doubt_unchanged(sent, stored, Facts::builtin(34)).value_or("");
}

const char* const kDeployment = "apiVersion: apps/v1\nkind: Deployment";
const char* const kService = "apiVersion: v1\nkind: Service";
const char* const kClaim = "apiVersion: v1\nkind: PersistentVolumeClaim";
const char* const kThing = "apiVersion: example.org/v1\nkind: Thing";

}  // namespace

TEST_CASE("the same fields with the same values change nothing, whatever others own beside them") {
  CHECK(doubt_of(kDeployment, "{replicas: 1}", "{replicas: 1, paused: true}",
                 "{'f:replicas': {}}") == "");
  CHECK(doubt_of(kDeployment, "{replicas: 2}", "{replicas: 1}", "{'f:replicas': {}}") ==
        "spec.replicas: another value");
  CHECK(doubt_of(kDeployment, "{replicas: 1, paused: true}", "{replicas: 1, paused: true}",
                 "{'f:replicas': {}}") == "spec.paused: was not applied so far");
  CHECK(doubt_of(kDeployment, "{replicas: 1}", "{replicas: 1}",
                 "{'f:replicas': {}, 'f:paused': {}}") ==
        "spec: 'paused' was applied and is no longer there");
  CHECK(doubt_of(kDeployment, "{replicas: 1}", "{}", "{'f:replicas': {}}") ==
        "spec.replicas: is not on the server");
}

TEST_CASE("a zero that the server stores as nothing is there, one that it keeps is not") {
  CHECK(doubt_of(kDeployment, "{paused: false, minReadySeconds: 0}", "{}",
                 "{'f:paused': {}, 'f:minReadySeconds': {}}") == "");
  CHECK(doubt_of(kDeployment, "{paused: 0}", "{}", "{'f:paused': {}}") ==
        "spec.paused: is not on the server");
  CHECK(doubt_of(kDeployment, "{paused: true}", "{}", "{'f:paused': {}}") ==
        "spec.paused: is not on the server");
  CHECK(doubt_of(kDeployment, "{replicas: 0}", "{}", "{'f:replicas': {}}") ==
        "spec.replicas: is not on the server");
  CHECK(doubt_of(kDeployment, "{paused: false}", "{paused: true}", "{'f:paused': {}}") ==
        "spec.paused: another value");
  CHECK(doubt_of(kThing, "{size: 0}", "{}", "{'f:size': {}}") == "spec.size: is not on the server");
}

TEST_CASE("elements of a list are found by their keys, defaults included, and keep their order") {
  const char* const owned =
      R"({'f:ports': {'k:{"port":80,"protocol":"TCP"}': {'.': {}, 'f:port': {}},
      'k:{"port":53,"protocol":"UDP"}': {'.': {}, 'f:port': {}, 'f:protocol': {}}}})";
  const char* const live =
      "{ports: [{port: 80, protocol: TCP, targetPort: 80}, {port: 53, protocol: UDP}]}";
  CHECK(doubt_of(kService, "{ports: [{port: 80}, {port: 53, protocol: UDP}]}", live, owned) == "");
  CHECK(doubt_of(kService, "{ports: [{port: 53, protocol: UDP}, {port: 80}]}", live, owned) ==
        "spec.ports: another order");
  CHECK(doubt_of(kService, "{ports: [{port: 80}]}", live, owned) ==
        "spec.ports: another number of elements");
  CHECK(doubt_of(kService, "{ports: [{port: 80}, {port: 54, protocol: UDP}]}", live, owned) ==
        "spec.ports: an element that was not applied so far");
  CHECK(doubt_of(kService, "{ports: [{port: 80}, {port: 53, protocol: UDP}]}",
                 "{ports: [{port: 80, protocol: TCP}, {port: 80, protocol: TCP}]}",
                 owned) == "spec.ports: an element is there twice");
  // The defaults of a custom resource are not known.
  CHECK(doubt_of(kThing, "{ports: [{port: 80}]}", "{ports: [{port: 80, protocol: TCP}]}",
                 R"({'f:ports': {'k:{"port":80,"protocol":"TCP"}': {'.': {}, 'f:port': {}}}})") ==
        "spec.ports: an element that was not applied so far");
}

TEST_CASE("sets") {
  const char* const owned = R"({'f:tags': {'v:"a"': {}, 'v:"b"': {}}})";
  CHECK(doubt_of(kThing, "{tags: [a, b]}", "{tags: [a, x, b]}", owned) == "");
  CHECK(doubt_of(kThing, "{tags: [b, a]}", "{tags: [a, b]}", owned) == "spec.tags: another order");
  CHECK(doubt_of(kThing, "{tags: [a, c]}", "{tags: [a, b]}", owned) ==
        "spec.tags: an element that was not applied so far");
}

TEST_CASE("what is owned whole is compared whole, but for what the server fills in") {
  CHECK(doubt_of(kService, "{selector: {a: b}}", "{selector: {a: b}}", "{'f:selector': {}}") == "");
  CHECK(doubt_of(kService, "{selector: {a: b}}", "{selector: {a: b, c: d}}",
                 "{'f:selector': {}}") == "spec.selector: another value");
  // Not atomic: it was empty when it was applied, and what is there are others' values or defaults.
  CHECK(doubt_of(kDeployment, "{strategy: {type: Recreate}}", "{strategy: {type: Recreate}}",
                 "{'f:strategy': {}}") == "spec.strategy: may be merged");
  CHECK(doubt_of(kDeployment, "{strategy: {}}", "{strategy: {type: Recreate}}",
                 "{'f:strategy': {}}") == "");
  CHECK(doubt_of(kThing, "{any: {a: b}}", "{any: {a: b}}", "{'f:any': {}}") ==
        "spec.any: may be merged");
  CHECK(doubt_of(kThing, "{any: [1, 2]}", "{any: [1, 2]}", "{'f:any': {}}") == "");
  CHECK(doubt_of(kThing, "{any: [1, 2]}", "{any: [2, 1]}", "{'f:any': {}}") ==
        "spec.any: another value");
}

TEST_CASE("two spellings of a quantity are one, where the server rewrites one to the other") {
  const char* const owned = "{'f:resources': {'f:requests': {'f:storage': {}}}}";
  const auto doubt = [owned](const std::string& wanted, const std::string& live) {
    return doubt_of(kClaim, "{resources: {requests: {storage: " + wanted + "}}}",
                    "{resources: {requests: {storage: " + live + "}}}", owned);
  };
  CHECK(doubt("1024Mi", "1Gi") == "");
  CHECK(doubt("1000m", "'1'") == "");
  CHECK(doubt("1", "'1'") == "");
  CHECK(doubt("'1073741824'", "1Gi") == "spec.resources.requests.storage: another value");
  CHECK(doubt("'1e3'", "1k") == "spec.resources.requests.storage: another value");
  CHECK(doubt("1Gi", "1G") == "spec.resources.requests.storage: another value");
  CHECK(doubt_of(kThing, "{cpu: 1000m}", "{cpu: '1'}", "{'f:cpu': {}}") ==
        "spec.cpu: another value");
}

TEST_CASE("no entry of ours, another version and damage are doubts") {
  const Json object = yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}}");
  const Facts facts = Facts::builtin(34);
  CHECK(doubt_unchanged(object, object, facts).value() ==
        "object: kfctl has not applied it so far");
  const auto with = [&object](const std::string& entry) {
    Json live = object;
    live["metadata"]["managedFields"] = yaml("[" + entry + "]");
    return live;
  };
  const std::string ours = "manager: kfctl, operation: Apply, ";
  CHECK_FALSE(doubt_unchanged(
      object, with("{" + ours + "apiVersion: v1, fieldsV1: {'f:data': {'f:a': {}}}}"), facts));
  for (const std::string& entry :
       {"{" + ours + "apiVersion: v2, fieldsV1: {'f:data': {'f:a': {}}}}",
        "{" + ours + "apiVersion: v1, subresource: scale, fieldsV1: {'f:data': {'f:a': {}}}}",
        std::string("{manager: kfctl, operation: Update, apiVersion: v1, fieldsV1: {'f:data': "
                    "{'f:a': {}}}}"),
        "{" + ours + "apiVersion: v1}", "{" + ours + "apiVersion: v1, fieldsV1: []}",
        "{" + ours + "apiVersion: v1, fieldsV1: {'f:data': 1}}",
        "{" + ours + "apiVersion: v1, fieldsV1: {'k:{': {}}}"}) {
    CHECK_MESSAGE(doubt_unchanged(object, with(entry), facts).has_value(), entry);
  }
  Json deleted = with("{" + ours + "apiVersion: v1, fieldsV1: {'f:data': {'f:a': {}}}}");
  deleted["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  CHECK(doubt_unchanged(object, deleted, facts).value() == "object: is being deleted");
}
