#include "cluster/object_set.h"

#include <doctest/doctest.h>

using namespace kfctl;

TEST_CASE("an object is in the set in whatever version, and another one is not") {
  ObjectSet set;
  const ObjectId web = {"apps/v1", "Deployment", "prod", "web"};
  CHECK_FALSE(set.contains(web));
  CHECK(set.add(web));
  CHECK_FALSE(set.add({"apps/v1beta1", "Deployment", "prod", "web"}));
  CHECK(set.contains({"apps/v2", "Deployment", "prod", "web"}));
  CHECK_FALSE(set.contains({"extensions/v1", "Deployment", "prod", "web"}));
  CHECK_FALSE(set.contains({"apps/v1", "StatefulSet", "prod", "web"}));
  CHECK_FALSE(set.contains({"apps/v1", "Deployment", "test", "web"}));
  CHECK_FALSE(set.contains({"apps/v1", "Deployment", "prod", "web2"}));
}
