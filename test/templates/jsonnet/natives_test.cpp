#include "templates/jsonnet/natives.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

std::string call(std::string_view name, const Json::Array& arguments) {
  for (const NativeFunction& function : standard_natives()) {
    if (function.name != name) continue;
    REQUIRE(function.parameters.size() == arguments.size());
    const Result<Json> result = function.call(arguments);
    return result.ok() ? result.value().dump() : "error: " + result.error().message;
  }
  return "no such function";
}

}  // namespace

TEST_CASE("parseJson and parseYaml read texts") {
  CHECK(call("parseJson", {R"({"a":[1]})"}) == R"({"a":[1]})");
  CHECK(call("parseYaml", {"a: 1\n---\nb: yes\n"}) == R"([{"a":1},{"b":true}])");
  CHECK(call("parseJson", {"{"}) == "error: parseJson:1:2: expected a key in quotes");
  CHECK(call("parseJson", {1}) == "error: json must be a string, not number");
}

TEST_CASE("regular expressions are Go's") {
  CHECK(call("escapeStringRegex", {"a.b*[c]"}) == R"("a\\.b\\*\\[c\\]")");
  CHECK(call("regexMatch", {"b+", "abbc"}) == "true");
  CHECK(call("regexMatch", {"^b", "abbc"}) == "false");
  CHECK(call("regexMatch", {"(", "x"}).starts_with("error: bad regular expression '('"));
}

TEST_CASE("regexSubst replaces every match and expands groups") {
  CHECK(call("regexSubst", {"(a)(b)", "xabyab", "$2$1"}) == "\"xbayba\"");
  CHECK(call("regexSubst", {"(?P<w>b+)", "abbc", "[${w}]$$"}) == R"("a[bb]$c")");
  CHECK(call("regexSubst", {"a", "aa", "$1x"}) == "\"\"");
  CHECK(call("regexSubst", {"x*", "abxc", "-"}) == "\"-a-b-c-\"");
}
