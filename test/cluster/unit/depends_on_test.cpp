#include "cluster/depends_on.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

Json annotated(std::string_view key, std::string_view value) {
  Json object = Json::object({{"apiVersion", "v1"}, {"kind", "Pod"}});
  object["metadata"]["name"] = "web";
  object["metadata"]["namespace"] = "prod";
  object["metadata"]["annotations"][key] = value;
  return object;
}

bool names(const Json& object, const ObjectId& id) {
  for (const Dependency& one : depends_on(object).value()) {
    if (one.is(id, object_id(object))) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("our annotation names objects of the own namespace, or of another") {
  const Json object = annotated(kDependsOn, "Deployment/db, infra/StatefulSet.apps/queue,Node/n1");
  CHECK(names(object, {"apps/v1", "Deployment", "prod", "db"}));
  CHECK(names(object, {"any.org/v1", "Deployment", "prod", "db"}));
  CHECK_FALSE(names(object, {"apps/v1", "Deployment", "infra", "db"}));
  CHECK(names(object, {"apps/v1beta2", "StatefulSet", "infra", "queue"}));
  CHECK_FALSE(names(object, {"other.org/v1", "StatefulSet", "infra", "queue"}));
  CHECK(names(object, {"v1", "Node", "", "n1"}));
}

TEST_CASE("the annotation of cli-utils is read in its own form") {
  const Json object =
      annotated(kStandardDependsOn,
                "apps/namespaces/infra/Deployment/db,/namespaces/prod/ConfigMap/c,g.org/Zone/z");
  CHECK(names(object, {"apps/v1", "Deployment", "infra", "db"}));
  CHECK(names(object, {"v1", "ConfigMap", "prod", "c"}));
  CHECK_FALSE(names(object, {"x.org/v1", "ConfigMap", "prod", "c"}));
  CHECK(names(object, {"g.org/v1", "Zone", "", "z"}));
  CHECK_FALSE(names(object, {"g.org/v1", "Zone", "prod", "z"}));
}

TEST_CASE("what names no object is an error that shows the form") {
  for (const char* text : {"db", "Deployment/", "/db", "a/b/c/d", "Deployment./db", "a/b,,c/d"}) {
    CAPTURE(text);
    const Result<std::vector<Dependency>> parsed = depends_on(annotated(kDependsOn, text));
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().kind == ErrorKind::kProject);
    CHECK(parsed.error().message.starts_with(
        "Pod/web in namespace prod: its annotation kfctl.io/depends-on names no object by '"));
    CHECK(parsed.error().hint.find("Deployment/db") != std::string::npos);
  }
  for (const char* text : {"db", "apps/Deployment", "apps/namespaces/x/Deployment",
                           "apps/spaces/x/Deployment/db", "apps/namespaces//Deployment/db"}) {
    CAPTURE(text);
    CHECK_FALSE(depends_on(annotated(kStandardDependsOn, text)).ok());
  }
}

TEST_CASE("an object without the annotation, or with an empty one, depends on nothing") {
  CHECK(depends_on(annotated("other", "x")).value().empty());
  CHECK(depends_on(annotated(kDependsOn, " ")).value().empty());
}
