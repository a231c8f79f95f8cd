#include <doctest/doctest.h>

#include "base/yaml.h"

using namespace kfctl;

namespace {

// The text after "k: " of the one-member mapping that holds `value`.
std::string scalar(std::string_view value) {
  const std::string text = to_yaml(Json::object({{"k", Json(value)}}));
  REQUIRE(text.starts_with("k: "));
  CHECK(parse_yaml(text, "t").value().find("k")->as_string() == value);
  return text.substr(3, text.size() - 4);
}

}  // namespace

TEST_CASE("mappings are indented by two, list items stand under their key") {
  const Json pod =
      parse_json(
          R"({"spec":{"containers":[{"name":"a","args":["x",["v","w"]],"env":[]}],"none":{}},"kind":"Pod"})",
          "t")
          .value();
  CHECK(to_yaml(pod) ==
        "kind: Pod\nspec:\n  containers:\n  - args:\n    - x\n    - - v\n      - w\n    env: []\n"
        "    name: a\n  none: {}\n");
  CHECK(to_yaml_stream({Json::object({{"a", 1}}), Json::array()}) == "---\na: 1\n---\n[]\n");
}

TEST_CASE("a string that reads as something else is quoted, others are plain") {
  for (const std::string_view text : {"10", "010", "1e3", "yes", "No", "on", "y", "null", "~",
                                      "true", "2001-01-01", "1:30", "<<", ".5", "0x1f", ""}) {
    CHECK(scalar(text) == "\"" + std::string(text) + "\"");
  }
  for (const std::string_view text : {"web", "1.2.3", "100m", "a:b", "a#b", "-x", "--flag=1",
                                      "http://x/?a=b", "a, b", "a'b", "a\"b", "é", "$(HOME)"}) {
    CHECK(scalar(text) == text);
  }
  CHECK(scalar("2001-02-30") == "2001-02-30");
}

TEST_CASE("characters that YAML gives a meaning force single quotes") {
  for (const std::string_view text :
       {"*",  "&a", "!x", "- a", "? a", ": a", "a: b", "a #b", "[a", "{a",  "%a", "@a",
        "`a", "|",  ">",  "#a",  " a",  "a ",  "a:",   "---",  "'a", "\"a", "-"}) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
    CHECK(scalar(text) == quoted + "'");
  }
}

TEST_CASE("what single quotes cannot hold is written with escapes") {
  CHECK(scalar("a\tb") == "\"a\\tb\"");
  CHECK(scalar("bell\x07") == "\"bell\\a\"");
  CHECK(scalar("😀") == "\"\\U0001F600\"");
  CHECK(scalar("a \nb") == "\"a \\nb\"");
  CHECK(scalar("tab\tin\na block") == "\"tab\\tin\\na block\"");
}

TEST_CASE("text with line ends is a block whose header keeps its end and its indentation") {
  CHECK(scalar("a\nb\n") == "|\n  a\n  b");
  CHECK(scalar("a\nb") == "|-\n  a\n  b");
  CHECK(scalar("a\n\n") == "|+\n  a\n");
  CHECK(scalar("  a\nb\n") == "|2\n    a\n  b");
  CHECK(scalar("\na\n") == "|2\n\n  a");
  CHECK(to_yaml(Json("a\nb\n")) == "|\n  a\n  b\n");
  CHECK(to_yaml(Json::array({Json("a\nb\n")})) == "- |\n  a\n  b\n");
}

TEST_CASE("long lines are not folded and long keys are written in full") {
  const std::string words = "word " + std::string(300, 'x') + " word";
  CHECK(scalar(words) == words);
  const std::string key(129, 'k');
  const Json value = Json::object({{key, Json::object({{"a", 1}, {"b", 2}})}});
  CHECK(to_yaml(value) == "? " + key + "\n: a: 1\n  b: 2\n");
  CHECK(parse_yaml(to_yaml(value), "t").value() == value);
}

TEST_CASE("keys are in go-yaml's order: numbers by value, letters after the rest") {
  const Json value = Json::object(
      {{"a10", 1}, {"a2", 2}, {"ab", 3}, {"a.b", 4}, {"B", 5}, {"10", 6}, {"9", 7}, {"yes", 8}});
  CHECK(to_yaml(value) == "\"9\": 7\n\"10\": 6\nB: 5\na.b: 4\na2: 2\na10: 1\nab: 3\n\"yes\": 8\n");
}

TEST_CASE("numbers print as Go prints them") {
  CHECK(to_yaml(Json(0.5)) == "0.5\n");
  CHECK(to_yaml(Json(1e21)) == "1e+21\n");
  CHECK(to_yaml(Json(0.00001)) == "1e-05\n");
  CHECK(to_yaml(Json(int64_t{1} << 60)) == "1152921504606846976\n");
}
