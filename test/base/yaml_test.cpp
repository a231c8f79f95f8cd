#include "base/yaml.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

std::string json_of(std::string_view text) {
  const Result<Json> result = parse_yaml(text, "t.yaml");
  REQUIRE_MESSAGE(result.ok(), result.error().to_text());
  return result.value().dump();
}

std::string error_of(std::string_view text) {
  const Result<std::vector<Json>> result = parse_yaml_stream(text, "t.yaml");
  REQUIRE_FALSE_MESSAGE(result.ok(), text);
  CHECK(result.error().kind == ErrorKind::kProject);
  return result.error().message;
}

}  // namespace

TEST_CASE("plain scalars mean what they mean to Kubernetes") {
  CHECK(json_of("[yes, No, on, OFF, y, true]") == "[true,false,true,false,true,true]");
  CHECK(json_of("[~, null, '', \"~\"]") == R"([null,null,"","~"])");
  CHECK(json_of("[10, 010, 0o10, 0x1F, 0b11, -7, 1_000]") == "[10,8,8,31,3,-7,1000]");
  CHECK(json_of("[1.5, .5, 1e3, 08]") == "[1.5,0.5,1000,8]");
  CHECK(json_of("[9223372036854775807, 1e999, 1:30]") == R"([9223372036854775807,"1e999","1:30"])");
  CHECK(json_of("[2001-01-01, 1.2.3, 100m, '10', \"yes\"]") ==
        R"(["2001-01-01","1.2.3","100m","10","yes"])");
  CHECK(json_of("[\"\\N and \\_\"]") == "[\"\u0085 and \u00A0\"]");
  CHECK(json_of("[!!str 10, !!int 7, !!float 2]") == R"(["10",7,2])");
}

TEST_CASE("keys that are not strings become strings") {
  CHECK(json_of("{1: a, true: b, 1.5: c}") == R"({"1":"a","1.5":"c","true":"b"})");
  CHECK(error_of("{[a]: 1}") == "t.yaml:1:2: a key must be a single value");
}

TEST_CASE("anchors, aliases and merge keys are resolved") {
  CHECK(json_of("a: &x {k: 1}\nb: *x\n") == R"({"a":{"k":1},"b":{"k":1}})");
  CHECK(json_of("a: &x {k: 1, m: 2}\nb:\n  <<: *x\n  k: 3\n") ==
        R"({"a":{"k":1,"m":2},"b":{"k":3,"m":2}})");
  CHECK(json_of("a: &x {k: 1}\nc: &y {k: 2, l: 3}\nb: {<<: [*x, *y]}") ==
        R"({"a":{"k":1},"b":{"k":1,"l":3},"c":{"k":2,"l":3}})");
  CHECK(json_of("{'<<': 1}") == R"({"<<":1})");
  CHECK(error_of("<<: 1") == "t.yaml:1:5: '<<' needs a mapping or a list of mappings");
}

TEST_CASE("aliases that multiply end in an error and not in all memory") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  CHECK(error_of(bomb).find("too large once its aliases are written out") != std::string::npos);
  CHECK(error_of("a: &a [*a]") == "t.yaml:1:8: an alias inside of what it stands for");
}

TEST_CASE("nesting is bounded") {
  CHECK_FALSE(parse_yaml_stream(std::string(100000, '['), "t.yaml").ok());
  CHECK_FALSE(parse_yaml_stream(std::string(100000, '{'), "t.yaml").ok());
}

TEST_CASE("a stream has its documents in order, empty ones left out") {
  const Result<std::vector<Json>> stream =
      parse_yaml_stream("# c\n---\na: 1\n---\n---\n# nothing\n---\nnull\n--- 2\n", "t.yaml");
  REQUIRE(stream.ok());
  CHECK(Json(stream.value()).dump() == R"([{"a":1},null,2])");
  CHECK(parse_yaml_stream("", "t").value().empty());
  CHECK(parse_yaml("", "t").value().is_null());
  CHECK(parse_yaml("a: 1\n---\nb: 2\n", "t.yaml").error().message ==
        "t.yaml:3:1: a second document where one was expected");
}

TEST_CASE("errors name the place and show it") {
  const Error error = parse_yaml("a: 1\nb:\n  k: 1\n  k: 2\n", "t.yaml").error();
  CHECK(error.message == "t.yaml:4:3: the key 'k' is twice in this mapping");
  CHECK(error.excerpt == "  k: 2\n  ^");
  CHECK(error_of("a: [1, 2") == "t.yaml:1:9: end of sequence flow not found");
  CHECK(error_of("a: .inf") == "t.yaml:1:4: '.inf' is not a number that JSON has");
  CHECK(error_of("a: !secret x") == "t.yaml:1:4: unknown tag '!secret'");
  CHECK(error_of("a: !!int x") == "t.yaml:1:4: 'x' is not of the type !!int");
  CHECK(error_of("a: é\nb: \xff") == "t.yaml:2:4: not valid UTF-8");
  CHECK(error_of(", <<: {").find("text that belongs to no value") != std::string::npos);
  CHECK(error_of("a: \x04") ==
        "t.yaml:1:4: a control character; write it as an escape in double quotes");
}

TEST_CASE("the place of a value is found by its path") {
  const std::string_view text =
      "# c\n---\na: 1\n---\nspec:\n  list:\n  - x\n  - name: é\n    k: 1\n";
  const auto at = [text](size_t document, const std::vector<std::string>& path) {
    const Place place = place_in_yaml(text, document, path);
    return std::to_string(place.line) + ":" + std::to_string(place.column);
  };
  CHECK(at(0, {"a"}) == "3:1");
  CHECK(at(1, {}) == "5:1");
  CHECK(at(1, {"spec", "list", "1", "k"}) == "9:5");
  CHECK(at(1, {"spec", "list", "0"}) == "7:5");
  CHECK(at(1, {"spec", "none"}) == "5:1");
  const Error error = yaml_error_at(text, "t.yaml", 1, {"spec", "list"}, "must be short");
  CHECK(error.message == "t.yaml:6:3: must be short");
  CHECK(error.excerpt == "  list:\n  ^~~~");
}
