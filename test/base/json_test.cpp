#include "base/json.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

Json parsed(std::string_view text) {
  const Result<Json> result = parse_json(text, "test.json");
  REQUIRE_MESSAGE(result.ok(), text);
  return result.value();
}

std::string error_of(std::string_view text) {
  const Result<Json> result = parse_json(text, "test.json");
  REQUIRE_FALSE_MESSAGE(result.ok(), text);
  return result.error().message;
}

}  // namespace

TEST_CASE("an object prints its keys sorted, whatever order they came in") {
  CHECK(parsed(R"({"b": 1, "a": [true, null, "x"]})").dump() == R"({"a":[true,null,"x"],"b":1})");
  CHECK(Json::object({{"z", 1}, {"y", 2}, {"z", 3}}).dump() == R"({"y":2,"z":3})");
}

TEST_CASE("indented output puts every member on its own line") {
  CHECK(
      parsed(R"({"a":{"b":[1,2]},"c":{},"d":[]})").dump(2) ==
      "{\n  \"a\": {\n    \"b\": [\n      1,\n      2\n    ]\n  },\n  \"c\": {},\n  \"d\": []\n}");
}

TEST_CASE("integers stay integers and doubles print as short as they can") {
  CHECK(parsed("9223372036854775807").as_int() == INT64_MAX);
  CHECK(parsed("9223372036854775808").is_double());
  CHECK(parsed("0.1").dump() == "0.1");
  CHECK(parsed("1e21").dump() == "1e+21");
  CHECK(parsed("1e-7").dump() == "1e-07");
  CHECK(parsed("-0.0").dump() == "-0");
  CHECK(parsed("1") == parsed("1.0"));
}

TEST_CASE("escapes are read and written") {
  CHECK(parsed(R"("\u00e9\ud83d\ude00\n\/")").as_string() == "é😀\n/");
  CHECK(Json("tab\t\"q\" \x01").dump() == R"("tab\t\"q\" \u0001")");
}

TEST_CASE("bad JSON names the line and column") {
  CHECK(error_of("{\"a\": 1,\n \"b\": tru}") == "test.json:2:7: expected a JSON value");
  CHECK(error_of("[1, 2") == "test.json:1:6: expected ',' or ']' in the array");
  CHECK(error_of("\"abc") == "test.json:1:1: unterminated string");
  CHECK(error_of("01") == "test.json:1:1: number starts with 0");
  CHECK(error_of("1e999") == "test.json:1:1: number is too large or too small for a double");
  CHECK(error_of("{\"a\":1,\"a\":2}") == "test.json:1:13: a key is twice in this object");
  CHECK(error_of("1 2") == "test.json:1:3: unexpected text after the JSON value");
  CHECK(error_of("") == "test.json:1:1: unexpected end of the JSON text");
  CHECK(error_of("\"\\ud800\"") ==
        "test.json:1:2: first half of a surrogate pair without the second");
  CHECK(error_of("\"\xff\"") == "test.json:1:2: not valid UTF-8");
}

TEST_CASE("nesting is bounded, so that hostile input cannot exhaust the stack") {
  const std::string deep(1001, '[');
  CHECK(error_of(deep + "1" + std::string(1001, ']')) ==
        "test.json:1:1002: nested more than 1000 levels deep");
  CHECK(parse_json(std::string(1000, '[') + "1" + std::string(1000, ']'), "t").ok());
}

TEST_CASE("find, at and string_at look up without making anything") {
  const Json pod = parsed(R"({"metadata": {"name": "web", "labels": {"app": "x"}}})");
  CHECK(pod.string_at({"metadata", "name"}) == "web");
  CHECK(pod.at({"metadata", "labels", "app"})->as_string() == "x");
  CHECK(pod.at({"metadata", "missing", "app"}) == nullptr);
  CHECK(pod.string_at({"spec"}, "none") == "none");
}

TEST_CASE("operator[] makes what is missing and keeps the keys sorted") {
  Json value;
  value["b"]["inner"] = 1;
  value["a"].push_back("x");
  CHECK(value.dump() == R"({"a":["x"],"b":{"inner":1}})");
  CHECK(value.erase("b"));
  CHECK_FALSE(value.erase("b"));
}
