#include "cluster/discovery.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

Json parsed(std::string_view text) { return parse_json(text, "test").value(); }

const char* const kAggregated = R"({"kind":"APIGroupDiscoveryList","items":[
  {"metadata":{"name":"apps"},"versions":[
    {"version":"v1","resources":[
      {"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced",
       "verbs":["get","patch"]}]},
    {"version":"v1beta1","resources":[
      {"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced"}]}]},
  {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1","freshness":"Stale"}]},
  {"metadata":{},"versions":[{"version":"v1","resources":[
      {"resource":"namespaces","responseKind":{"kind":"Namespace"},"scope":"Cluster"}]}]}]})";

}  // namespace

TEST_CASE("kinds are found with their paths") {
  Discovery discovery;
  discovery.add_aggregated(parsed(kAggregated));
  const ResourceInfo* const deployment = discovery.find("apps/v1", "Deployment");
  REQUIRE(deployment != nullptr);
  CHECK(deployment->object_path("ns", "web") == "/apis/apps/v1/namespaces/ns/deployments/web");
  CHECK(deployment->collection_path("") == "/apis/apps/v1/deployments");
  CHECK(deployment->verbs.contains("patch"));
  CHECK(discovery.find("v1", "Namespace")->object_path("", "a/b") == "/api/v1/namespaces/a%2Fb");
  CHECK(discovery.find_in_group("apps", "Deployment")->api_version == "apps/v1");
  CHECK(discovery.find_resource("apps", "deployments")->kind == "Deployment");
  CHECK(discovery.find_resource("apps", "namespaces") == nullptr);
  CHECK(discovery.stale() == std::set<std::string>{"metrics.k8s.io/v1"});
}

TEST_CASE("the old form of discovery says the same, without subresources") {
  Discovery discovery;
  discovery.add_resource_list(parsed(R"({"kind":"APIResourceList","groupVersion":"apps/v1",
      "resources":[{"name":"deployments","kind":"Deployment","namespaced":true,"verbs":["get"]},
                   {"name":"deployments/scale","kind":"Scale","namespaced":true}]})"));
  CHECK(discovery.find("apps/v1", "Deployment")->namespaced);
  CHECK(discovery.find("apps/v1", "Scale") == nullptr);
}

TEST_CASE("a definition brings its served versions") {
  Discovery discovery;
  discovery.add_definition(parsed(R"({"spec":{"group":"g.org","scope":"Cluster",
      "names":{"kind":"Job","plural":"jobs"},
      "versions":[{"name":"v1","served":true},{"name":"v0","served":false}]}})"));
  CHECK(discovery.find("g.org/v1", "Job")->object_path("ignored", "x") == "/apis/g.org/v1/jobs/x");
  CHECK(discovery.find("g.org/v0", "Job") == nullptr);
}

TEST_CASE("an unknown kind says what is near") {
  Discovery discovery;
  discovery.add_aggregated(parsed(kAggregated));
  const Error version = discovery.unknown_kind({"apps/v2", "Deployment", "", "web"});
  CHECK(version.message == "Deployment/web: the cluster has no kind 'Deployment' in apps/v2");
  CHECK(version.hint == "it has that kind in apps/v1, apps/v1beta1");
  CHECK(discovery.unknown_kind({"apps/v1", "Deploymnt", "", "w"}).hint ==
        "did you mean 'Deployment'?");
  CHECK(discovery.unknown_kind({"extensions/v1", "Deployment", "", "w"}).hint ==
        "it has that kind in apps/v1, apps/v1beta1");
  CHECK(discovery.unknown_kind({"metrics.k8s.io/v1", "X", "", "w"}).kind == ErrorKind::kCluster);
}

TEST_CASE("stored in namespaces is what can be listed and deleted there") {
  Discovery discovery;
  discovery.add({"v1", "Pod", "pods", true, {"get", "list", "delete"}});
  discovery.add({"v1", "Node", "nodes", false, {"get", "list", "delete"}});
  discovery.add({"metrics.k8s.io/v1", "PodMetrics", "pods", true, {"get", "list"}});
  const std::vector<const ResourceInfo*> stored = discovery.stored_in_namespaces();
  REQUIRE(stored.size() == 1);
  CHECK(stored[0]->kind == "Pod");
}
