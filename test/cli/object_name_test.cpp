#include "cli/object_name.h"

#include <doctest/doctest.h>

namespace kfctl {
namespace {

Json object(const char* version, const char* kind, const char* name, const char* name_space) {
  return Json::object({{"apiVersion", version},
                       {"kind", kind},
                       {"metadata", Json::object({{"name", name}, {"namespace", name_space}})}});
}

const std::vector<Json> kObjects{
    object("apps/v1", "Deployment", "web", "a"), object("v1", "Service", "web", "a"),
    object("v1", "Service", "web", "b"), object("v1", "Secret", "key", "a")};

std::string found(std::string_view name) {
  const Result<const Json*> object = find_named_object(kObjects, name);
  if (!object.ok()) return object.error().to_text();
  return std::to_string(object.value() - kObjects.data());
}

}  // namespace

TEST_CASE("an object is found by kind and name, in any case, with its group or namespace") {
  CHECK(found("Deployment/web") == "0");
  CHECK(found("deployment/web") == "0");
  CHECK(found("Deployment.apps/web") == "0");
  CHECK(found("b/Service/web") == "2");
  CHECK(found("key") == "3");
}

TEST_CASE("a name that is none or several says what there is") {
  CHECK(found("Service/web") ==
        "'Service/web' may mean a/Service/web or b/Service/web\n"
        "hint: name one of them, or choose a component with -c");
  CHECK(found("Deploymnt/web") ==
        "there is no object 'Deploymnt/web'\nhint: did you mean 'Deployment/web'?");
  CHECK(found("Deployment.batch/web").starts_with("there is no object"));
  CHECK(found("x").find("hint: there are Deployment/web, Secret/key, Service/web") !=
        std::string::npos);
}

}  // namespace kfctl
