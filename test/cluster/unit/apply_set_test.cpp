#include "cluster/apply_set.h"

#include <doctest/doctest.h>

#include "cluster/session.h"
#include "test/cluster/unit/fake_client.h"

using namespace kfctl;

namespace {

Json parsed(std::string_view text) { return parse_json(text, "test").value(); }

ApplySet web() { return {"web", "prod", false, {}}; }

}  // namespace

// The digest of "web.prod.Secret." was made with another implementation.
TEST_CASE("the id of a set is made from its parent as the specification says") {
  CHECK(apply_set_id("web", "prod", "Secret", "") ==
        "applyset-urL2h4aVg3a_edRtK9aAR8zrSuhnmBmUjQFVaar2EI4-v1");
  CHECK(web().id() == apply_set_id("web", "prod", "Secret", ""));
}

TEST_CASE("a parent that is written is read back") {
  ApplySetScope scope;
  scope.add({"apps/v1", "Deployment", "prod", "a"});
  scope.add({"v1", "ConfigMap", "other", "b"});
  scope.add({"rbac.authorization.k8s.io/v1", "ClusterRole", "", "c"});
  const Json parent = apply_set_parent(web(), scope);
  const Json* const notes = parent.at({"metadata", "annotations"});
  CHECK(notes->string_at({"applyset.kubernetes.io/contains-group-kinds"}) ==
        "ClusterRole.rbac.authorization.k8s.io,ConfigMap,Deployment.apps");
  CHECK(notes->string_at({"applyset.kubernetes.io/additional-namespaces"}) == "other");
  CHECK(notes->string_at({"applyset.kubernetes.io/tooling"}) == "kfctl/v" KFCTL_VERSION);
  const ApplySet read = parse_apply_set(parent, "web", "prod").value();
  CHECK(read.exists);
  CHECK(read.recorded == scope);
}

TEST_CASE("a Secret that is not our set is refused") {
  const auto error = [](const Json& parent) {
    const Result<ApplySet> set = parse_apply_set(parent, "web", "prod");
    REQUIRE_FALSE(set.ok());
    return set.error().message;
  };
  CHECK(error(Json::object()) == "Secret/web in namespace prod exists and is not an apply set");
  Json parent = apply_set_parent(web(), {});
  parent["metadata"]["annotations"]["applyset.kubernetes.io/tooling"] = "kubectl/v1.34.0";
  CHECK(error(parent) ==
        "Secret/web in namespace prod is the apply set of another tool (kubectl/v1.34.0)");
  parent["metadata"]["labels"]["applyset.kubernetes.io/id"] = "applyset-x-v1";
  CHECK(error(parent) == "Secret/web in namespace prod carries the id of another apply set");
}

TEST_CASE("members get the label, once") {
  std::vector<PlannedObject> objects(1);
  objects[0].object = parsed(R"({"metadata":{"labels":{"a":"b"}}})");
  REQUIRE(label_members(web(), objects).ok());
  CHECK(objects[0].object.string_at({"metadata", "labels", kPartOfLabel}) == web().id());
  CHECK(label_members(web(), objects).error().kind == ErrorKind::kProject);
}

TEST_CASE("only what kfctl applied, nobody else controls and can be made again is pruned") {
  const ObjectId map = {"v1", "ConfigMap", "prod", "a"};
  const Json ours = parsed(R"({"managedFields":[{"manager":"kfctl","operation":"Apply"}]})");
  CHECK(reason_to_keep(map, ours) == "");
  CHECK(reason_to_keep(map, parsed(R"({"managedFields":[{"manager":"x","operation":"Apply"}]})")) !=
        "");
  CHECK(reason_to_keep(map, Json::object()) != "");
  Json owned = ours;
  owned["ownerReferences"] = parsed(R"([{"kind":"Job","name":"j"}])");
  CHECK(reason_to_keep(map, owned) == "belongs to Job/j");
  CHECK(reason_to_keep({"v1", "Namespace", "", "prod"}, ours) != "");
  CHECK(reason_to_keep({"v1", "PersistentVolumeClaim", "prod", "a"}, ours) != "");
  CHECK(reason_to_keep({"apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "a"}, ours) !=
        "");
}

TEST_CASE("the name of a set is a valid name, and different for different environments") {
  CHECK(apply_set_name("app", "prod") == "kfctl.app.prod");
  const std::string odd = apply_set_name("My App", "us/east");
  CHECK(odd.starts_with("kfctl.my-app.us-east-"));
  CHECK(odd != apply_set_name("my app", "us/east"));
  CHECK(apply_set_name(std::string(300, 'a'), "x").size() <= 253);
}

namespace {

// A server on which a member's kind is served or not, and defined or not.
struct Members : Setup {
  bool served = false, defined = false, stale = false;
  bool comes = false;  // it is served soon after the kinds were asked for
  bool listed = true;  // what is served answers its list

  Members() {
    handler = [this](const HttpRequest& request) {
      const std::string& url = request.url;
      if (url.find("customresourcedefinitions") != std::string::npos) {
        return status(200, R"({"kind":"CustomResourceDefinitionList","items":[)" +
                               std::string(defined ? kDefinition : "") + "]}");
      }
      if (url.find("/things") != std::string::npos) {
        return listed ? status(200, R"({"kind":"PartialObjectMetadataList","items":[]})")
                      : status(404, "404 page not found");
      }
      if (url.ends_with("/api")) return status(200, R"({"kind":"APIGroupDiscoveryList"})");
      return status(200, R"({"kind":"APIGroupDiscoveryList","items":[)" +
                             std::string(served ? kGroup : "") + (stale ? kStale : "") + "]}");
    };
  }

  Status fetch() {
    const std::unique_ptr<KubeClient> http = client();
    KindFinder kinds(*http, files, "", [] { return 0; });
    const Result<Discovery> discovery = kinds.ask();
    REQUIRE(discovery.ok());
    served = served || comes;
    ApplySetScope scope;
    scope.add({"example.org/v1", "Thing", "prod", "a"});
    KF_DO(fetch_members(*http, kinds, discovery.value(), web(), scope));
    return Ok{};
  }

  static constexpr const char* kDefinition =
      R"({"spec":{"group":"example.org","names":{"kind":"Thing"}}})";
  static constexpr const char* kGroup =
      R"({"metadata":{"name":"example.org"},"versions":[{"version":"v1","resources":[)"
      R"({"resource":"things","responseKind":{"kind":"Thing"},"scope":"Namespaced"}]}]})";
  static constexpr const char* kStale =
      R"({"metadata":{"name":"example.org"},"versions":[{"version":"v1","freshness":"Stale"}]})";
};

}  // namespace

TEST_CASE("a kind that was deleted has no members") { CHECK(Members().fetch().ok()); }

TEST_CASE("a kind that is defined, but not served yet, is not forgotten") {
  Members starting;
  starting.defined = true;
  const Status fetched = starting.fetch();
  REQUIRE_FALSE(fetched.ok());
  CHECK(fetched.error().message == "cannot look for objects of kind Thing.example.org");
  starting.served = true;
  CHECK(starting.fetch().ok());
  starting.listed = false;
  CHECK_FALSE(starting.fetch().ok());
}

TEST_CASE("a kind that came after the kinds were asked for is listed") {
  Members coming;
  coming.defined = coming.comes = true;
  CHECK(coming.fetch().ok());
  CHECK(coming.requests.back().url.find("/things") != std::string::npos);
}

TEST_CASE("a kind whose server does not answer is not forgotten") {
  Members away;
  away.stale = true;
  const Status fetched = away.fetch();
  REQUIRE_FALSE(fetched.ok());
  CHECK(fetched.error().hint.find("APIService") != std::string::npos);
}
