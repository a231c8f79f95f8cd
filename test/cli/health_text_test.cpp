#include "cli/health_text.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace kfctl {
namespace {

HealthTree tree(const std::string& kind, const std::string& name, Health state,
                const std::string& message, std::vector<HealthTree> parts = {}) {
  return {{"v1", kind, "ns", name}, {state, message}, std::move(parts)};
}

StatusReport report() {
  StatusReport out;
  out.objects = {
      tree("Service", "web", Health::kCurrent, "", {tree("Pod", "hidden", Health::kCurrent, "")}),
      tree("Deployment", "web", Health::kFailed, "1 of 2",
           {tree("Pod", "web-1", Health::kFailed, "line\n\x1b[31mbreak")})};
  out.stale = {tree("ConfigMap", "old", Health::kCurrent, "")};
  return out;
}

TEST_CASE("the table indents parts, leaves those of what is current out, and says what is stale") {
  CHECK(health_text(report(), Style(), false) ==
        "OBJECT          NAMESPACE  HEALTH   MESSAGE\n"
        "Service/web     ns         Current\n"
        "Deployment/web  ns         Failed   1 of 2\n"
        "  Pod/web-1     ns         Failed   line  [31mbreak\n"
        "ConfigMap/old   ns         Current  no longer rendered\n");
  CHECK(health_text(report(), Style(), true).find("  Pod/hidden") != std::string::npos);
}

TEST_CASE("the summary counts objects, not their parts") {
  CHECK(health_summary(report()) == "3 objects: 2 current, 1 failed");
  CHECK(health_summary({}) == "no objects");
}

TEST_CASE("for programs every object has its parts, and says whether it is rendered") {
  const Json data = health_json(report(), "prod", "cluster x");
  CHECK(data.at({"healthy"})->dump() == "false");
  const Json::Array& objects = data.find("objects")->items();
  REQUIRE(objects.size() == 3);
  CHECK(objects[1].find("parts")->items()[0].string_at({"health"}) == "Failed");
  CHECK(objects[2].find("rendered")->dump() == "false");
}

TEST_CASE("what is drawn over and over fits the window") {
  std::vector<HealthTree> trees;
  for (int i = 0; i < 30; ++i) {
    trees.push_back(tree("Deployment", "web-" + std::to_string(i), Health::kInProgress,
                         std::string(200, 'x') + "\u00e9\u00e9\u00e9"));
  }
  trees.push_back(tree("Job", "done", Health::kCurrent, ""));
  const std::vector<std::string> lines = health_lines(trees, Style(true), 60, 10);
  CHECK(lines.size() == 10);
  CHECK(lines[0] == "1 of 31 ready");
  CHECK(lines.back() == "  and 22 more");
  for (const std::string& line : health_lines(trees, Style(), 60, 10)) {
    CHECK(display_width(line) < 60);
    CHECK(find_invalid_utf8(line) == std::string::npos);
  }
}

}  // namespace
}  // namespace kfctl
