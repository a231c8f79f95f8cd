#include "cluster/forward_target.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

Json parse(const std::string& text) { return parse_json(text, "test").value(); }

Json pod(const std::string& name, const std::string& created, bool ready, bool going = false) {
  Json out = parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {"containers":
      [{"ports": [{"name": "http", "containerPort": 8080}, {"containerPort": 9090}]}]},
      "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})");
  out["metadata"]["name"] = name;
  out["metadata"]["creationTimestamp"] = created;
  if (going) out["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  if (!ready) {
    out["status"]["conditions"] =
        parse(R"([{"type": "Ready", "status": "False", "reason": "ContainersNotReady"}])");
  }
  return out;
}

const Json kService = parse(R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
    "spec": {"selector": {"app": "web", "tier": "front"}, "ports": [
      {"name": "plain", "port": 80, "targetPort": "http"}, {"name": "raw", "port": 81},
      {"name": "admin", "port": 82, "targetPort": 9090}, {"name": "odd", "port": 83,
      "targetPort": "none"}]}})");

}  // namespace

TEST_CASE("selectors become a query") {
  CHECK(selector_query(*selector_of(kService)) == "app=web,tier=front");
  CHECK(selector_query(parse(R"({"matchLabels": {"a": "b"}, "matchExpressions": [
      {"key": "c", "operator": "In", "values": ["d", "e"]},
      {"key": "f", "operator": "NotIn", "values": ["g"]},
      {"key": "h", "operator": "Exists"}, {"key": "i", "operator": "DoesNotExist"}]})")) ==
        "a=b,c in (d,e),f notin (g),h,!i");
  CHECK(selector_query(parse("{}")) == "");
  CHECK(selector_of(parse(R"({"spec": {"selector": "x"}})")) == nullptr);
}

TEST_CASE("the oldest of the pods that take connections is chosen") {
  const Json young = pod("a", "2026-01-03T00:00:00Z", true);
  const Json old = pod("b", "2026-01-02T00:00:00Z", true);
  const Json going = pod("c", "2026-01-01T00:00:00Z", true, true);
  const Json starting = pod("d", "2026-01-01T00:00:00Z", false);
  CHECK(choose_pod({&young, &going, &starting, &old}) == &old);
  CHECK(choose_pod({&going, &starting}) == nullptr);
  CHECK(why_no_pod({}) == "no pod is there");
  CHECK(why_no_pod({&starting}) == "Pod/d is not ready (ContainersNotReady)");
}

TEST_CASE("a Service translates its ports, by number and by name") {
  const Json web = pod("web-1", "2026-01-01T00:00:00Z", true);
  const auto container = [&](const char* remote) {
    return choose_port(kService, web, remote).value().container;
  };
  CHECK(container("80") == 8080);
  CHECK(container("plain") == 8080);
  CHECK(container("81") == 81);
  CHECK(container("admin") == 9090);
  CHECK(choose_port(kService, web, "plain").value().local == 80);
  const Error none = choose_port(kService, web, "8080").error();
  CHECK(none.kind == ErrorKind::kUsage);
  CHECK(none.message == "Service/web has no port '8080'");
  CHECK(none.hint == "there are plain (80), raw (81), admin (82), odd (83)");
  CHECK(choose_port(kService, web, "odd").error().message == "Pod/web-1 has no port 'none'");
}

TEST_CASE("any other object's ports are those of the pod") {
  const Json web = pod("web-1", "2026-01-01T00:00:00Z", true);
  const Json workload =
      parse(R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}})");
  CHECK(choose_port(workload, web, "http").value().container == 8080);
  CHECK(choose_port(workload, web, "http").value().local == 8080);
  CHECK(choose_port(workload, web, "1234").value().container == 1234);
  CHECK(choose_port(workload, web, "htp").error().hint == "there are http (8080), 9090");
}
