#include "base/json_diff.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

Json parsed(std::string_view text) {
  const Result<Json> result = parse_json(text, "test.json");
  REQUIRE_MESSAGE(result.ok(), text);
  return result.value();
}

// One line per change: "path: before -> after".
std::vector<std::string> diff(std::string_view before, std::string_view after) {
  std::vector<std::string> lines;
  for (const JsonChange& change : json_diff(parsed(before), parsed(after))) {
    lines.push_back(change.path + ": " + (change.before ? change.before->dump() : "-") + " -> " +
                    (change.after ? change.after->dump() : "-"));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("equal values have no difference, whatever the order of their keys") {
  CHECK(diff(R"({"a": 1, "b": [1.0]})", R"({"b": [1], "a": 1})").empty());
}

TEST_CASE("a field that changed, one added and one removed are three changes") {
  CHECK(diff(R"({"spec": {"replicas": 1, "old": true}})",
             R"({"spec": {"replicas": 2, "new": "x"}})") ==
        Lines{"spec.new: - -> \"x\"", "spec.old: true -> -", "spec.replicas: 1 -> 2"});
}

TEST_CASE("keys that are not words are quoted in a path") {
  CHECK(diff(R"({"data": {"a.yaml": "1"}})", R"({"data": {"a.yaml": "2"}})") ==
        Lines{"data[\"a.yaml\"]: \"1\" -> \"2\""});
}

TEST_CASE("a container more is one addition, not a change of all behind it") {
  CHECK(diff(R"({"containers": [{"name": "a", "image": "x"}]})",
             R"({"containers": [{"name": "s", "image": "y"}, {"name": "a", "image": "z"}]})") ==
        Lines{"containers[0]: - -> {\"image\":\"y\",\"name\":\"s\"}",
              "containers[1].image: \"x\" -> \"z\""});
}

TEST_CASE("ports are told apart by number and protocol") {
  CHECK(diff(R"({"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53}]})",
             R"({"ports": [{"port": 53, "targetPort": 5}, {"port": 53, "protocol": "UDP"}]})") ==
        Lines{"ports[0].targetPort: - -> 5",
              "ports: [\"53/UDP\",\"53/TCP\"] -> "
              "[\"53/TCP\",\"53/UDP\"]"});
}

TEST_CASE("a new order alone is one change") {
  CHECK(diff(R"({"env": [{"name": "A"}, {"name": "B"}]})",
             R"({"env": [{"name": "B"}, {"name": "A"}]})") ==
        Lines{"env: [\"A\",\"B\"] -> [\"B\",\"A\"]"});
}

TEST_CASE("what has no names is compared place by place") {
  CHECK(diff(R"({"args": ["a", "b", "c"]})", R"({"args": ["a", "x"]})") ==
        Lines{"args[1]: \"b\" -> \"x\"", "args[2]: \"c\" -> -"});
  // Two of one name: not named things.
  CHECK(diff(R"({"l": [{"name": "a", "v": 1}, {"name": "a", "v": 2}]})",
             R"({"l": [{"name": "a", "v": 1}, {"name": "a", "v": 3}]})") ==
        Lines{"l[1].v: 2 -> 3"});
}

TEST_CASE("values of a Secret are masked, and a difference of them stays visible") {
  Json before = parsed(R"({"apiVersion": "v1", "kind": "Secret",
      "metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{PW}"}},
      "data": {"same": "c2FtZQ==", "changed": "b2xk", "gone": "Z29uZQ=="}})");
  Json after = parsed(R"({"apiVersion": "v1", "kind": "Secret",
      "data": {"same": "c2FtZQ==", "changed": "bmV3", "added": "YWRk"}})");
  mask_secrets(before, after);
  CHECK(before.at({"data"})->dump() == R"x({"changed":"*** (before)","gone":"***","same":"***"})x");
  CHECK(after.at({"data"})->dump() == R"x({"added":"***","changed":"*** (after)","same":"***"})x");
  CHECK(before.dump().find("PW") == std::string::npos);
}

TEST_CASE("a Secret that appears is masked, other objects are not") {
  Json nothing;
  Json secret = parsed(R"({"apiVersion": "v1", "kind": "Secret", "stringData": {"a": "pw"}})");
  mask_secrets(nothing, secret);
  CHECK(nothing.is_null());
  CHECK(secret.at({"stringData"})->dump() == R"({"a":"***"})");
  const Json map = parsed(R"({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}})");
  CHECK(mask_secret(map) == map);
}
