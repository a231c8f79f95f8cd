#include "cli/diff_text.h"

#include <doctest/doctest.h>

namespace kfctl {
namespace {

Json deployment(int replicas) {
  return Json::object({{"apiVersion", "apps/v1"},
                       {"kind", "Deployment"},
                       {"metadata", Json::object({{"name", "web"}, {"namespace", "ml"}})},
                       {"spec", Json::object({{"replicas", replicas}})}});
}

ObjectDiff changed(const Json& before, const Json& after) {
  ObjectDiff diff;
  diff.id = object_id(before.is_null() ? after : before);
  diff.change = before.is_null()  ? ObjectDiff::Change::kAdded
                : after.is_null() ? ObjectDiff::Change::kPruned
                                  : ObjectDiff::Change::kChanged;
  diff.before = before;
  diff.after = after;
  if (diff.change == ObjectDiff::Change::kChanged) diff.fields = json_diff(before, after);
  return diff;
}

TEST_CASE("text: a sign and a name per object, a line per field") {
  DiffReport report;
  report.objects = {changed(deployment(1), deployment(2)), changed(Json(), deployment(1))};
  report.objects[1].id.name = "api";
  report.objects.push_back(report.objects[0]);
  report.objects.back().change = ObjectDiff::Change::kUnchanged;
  report.objects.back().id.name = "same";
  CHECK(diff_text(report, Style()) ==
        "~ Deployment/web\n"
        "    spec.replicas: 1 -> 2\n"
        "+ Deployment/api\n");
  CHECK(diff_names(report, Style()) == "~ Deployment/web\n+ Deployment/api\n");
  CHECK(diff_summary(report) == "1 to create, 1 to change, 1 unchanged");
}

TEST_CASE("two objects of one name are told apart") {
  DiffReport report;
  report.objects = {changed(Json(), deployment(1)), changed(deployment(1), Json())};
  report.objects[1].id.namespace_ = "other";
  CHECK(diff_names(report, Style()) ==
        "+ Deployment.apps/web in namespace ml\n"
        "- Deployment.apps/web in namespace other\n");
}

TEST_CASE("long texts are compared line by line below their field") {
  Json before = Json::object({{"data", Json::object({{"app.conf", "a=1\nb=2\nc=3\n"}})}});
  Json after = Json::object({{"data", Json::object({{"app.conf", "a=1\nb=5\nc=3\n"}})}});
  DiffReport report;
  report.objects.push_back(changed(before, after));
  CHECK(diff_text(report, Style())
            .find("    data[\"app.conf\"]:\n"
                  "       a=1\n"
                  "      -b=2\n"
                  "      +b=5\n"
                  "       c=3\n") != std::string::npos);
}

TEST_CASE("unified: what patch reads") {
  DiffReport report;
  report.objects.push_back(changed(deployment(1), deployment(2)));
  CHECK(diff_unified(report, Style()) ==
        "--- live/ml/Deployment/web\n"
        "+++ app/ml/Deployment/web\n"
        "@@ -4,4 +4,4 @@\n"
        "   name: web\n"
        "   namespace: ml\n"
        " spec:\n"
        "-  replicas: 1\n"
        "+  replicas: 2\n");
}

TEST_CASE("json: fields with both values, nothing about what does not change") {
  DiffReport report;
  report.objects.push_back(changed(deployment(1), deployment(2)));
  const Json json = diff_json(report, "prod", "here");
  CHECK(json.string_at({"environment"}) == "prod");
  CHECK(json.string_at({"destination"}) == "here");
  CHECK(json.find("changed")->as_bool());
  CHECK(json.find("objects")->items()[0].find("fields")->dump() ==
        R"([{"after":2,"before":1,"path":"spec.replicas"}])");
  CHECK_FALSE(diff_json(DiffReport(), "", "").find("changed")->as_bool());
}

}  // namespace
}  // namespace kfctl
