#include "cluster/local_apply.h"

#include <doctest/doctest.h>

#include "base/yaml.h"

using namespace kfctl;

namespace {

Json yaml(const std::string& text) { return parse_yaml(text, "test.yaml").value(); }

// `kind` (as "apiVersion: ..., kind: ...") with this spec; with `owned` as kfctl applied it last,
// and `others` as another manager did.
Json object(const std::string& kind, const std::string& spec, const std::string& owned = "",
            const std::string& others = "{}") {
  Json out = yaml("{" + kind + ", metadata: {name: a}}");
  out["spec"] = yaml(spec);
  if (owned.empty()) return out;
  out["metadata"]["managedFields"] =
      yaml("[{manager: kfctl, operation: Apply, fieldsV1: {'f:spec': " + owned +
           "}}, {manager: other, operation: Update, fieldsV1: {'f:spec': " + others + "}}]");
  return out;
}

const char* const kService = "apiVersion: v1, kind: Service";
const char* const kThing = "apiVersion: example.org/v1, kind: Thing";

std::string spec_after(const Json& wanted, const Json& live) {
  return apply_locally(wanted, live, Facts::builtin(34)).find("spec")->dump();
}

}  // namespace

TEST_CASE("maps are merged, and what was applied and is no longer wanted goes") {
  const Json live = object(kThing, "{a: 1, b: 2, c: 3, d: {x: 1, z: 2}}",
                           "{'f:a': {}, 'f:b': {}, 'f:d': {'f:x': {}}}");
  CHECK(spec_after(object(kThing, "{a: 9, e: 5}"), live) == R"({"a":9,"c":3,"d":{"z":2},"e":5})");
  CHECK(spec_after(object(kThing, "{}"), live) == R"({"c":3,"d":{"z":2}})");
}

TEST_CASE("what another manager owns too stays") {
  const Json live = object(kThing, "{a: 1, b: 2}", "{'f:a': {}, 'f:b': {}}", "{'f:b': {}}");
  CHECK(spec_after(object(kThing, "{}"), live) == R"({"b":2})");
}

TEST_CASE("lists with keys are merged element by element, others replaced") {
  const char* const owned =
      R"({'f:ports': {'k:{"port":80,"protocol":"TCP"}': {'.': {}, 'f:port': {}}}})";
  const Json live =
      object(kService, "{ports: [{port: 80, protocol: TCP}, {port: 53, protocol: UDP}]}", owned);
  CHECK(spec_after(object(kService, "{ports: [{port: 80, name: http}]}"), live) ==
        R"({"ports":[{"name":"http","port":80,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]})");
  CHECK(spec_after(object(kService, "{ports: [{port: 81}]}"), live) ==
        R"({"ports":[{"port":53,"protocol":"UDP"},{"port":81}]})");
  const Json thing = object(kThing, "{list: [1, 2]}", "{'f:list': {}}");
  CHECK(spec_after(object(kThing, "{list: [3]}"), thing) == R"({"list":[3]})");
}

TEST_CASE("a selector is owned whole; a quantity that is only spelt otherwise stays") {
  const Json live = object(kService, "{selector: {a: b, c: d}}", "{'f:selector': {}}");
  CHECK(spec_after(object(kService, "{selector: {a: b}}"), live) == R"({"selector":{"a":"b"}})");
  const char* const claim = "apiVersion: v1, kind: PersistentVolumeClaim";
  CHECK(spec_after(object(claim, "{resources: {requests: {storage: 1024Mi}}}"),
                   object(claim, "{resources: {requests: {storage: 1Gi}}}", "{}")) ==
        R"({"resources":{"requests":{"storage":"1Gi"}}})");
}

TEST_CASE("a Secret's stringData is its data") {
  const Json live = yaml("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: Yg==}}");
  const Json wanted =
      yaml("{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {a: c}}");
  CHECK(apply_locally(wanted, live, Facts::builtin(34)).find("data")->dump() == R"({"a":"Yw=="})");
  CHECK(apply_locally(wanted, live, Facts::builtin(34)).find("stringData") == nullptr);
}
