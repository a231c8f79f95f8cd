#include "templates/jsonnet/value_path.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

std::string error_of(std::string_view text) {
  const Result<ValuePath> path = parse_value_path(text);
  return path.ok() ? "no error: " + value_path_text(path.value()) : path.error().to_text();
}

}  // namespace

TEST_CASE("a path is read and written") {
  for (const char* text :
       {"", "spec.replicas", "a[0].b[12]", "metadata.labels[\"a.b/c\"]", "[0]"}) {
    const Result<ValuePath> path = parse_value_path(text);
    REQUIRE(path.ok());
    CHECK(value_path_text(path.value()) == text);
  }
  CHECK(value_path_text(parse_value_path("a['b.c'].d[\"e\\\"f\"]").value()) ==
        "a[\"b.c\"].d[\"e\\\"f\"]");
  CHECK(value_path_text(parse_value_path(".spec.x").value()) == "spec.x");
}

TEST_CASE("what is no path is pointed at") {
  CHECK(error_of("a..b").starts_with("this is not a path: a name is missing\na..b\n  ^\n"));
  CHECK(error_of("a[x]").starts_with("this is not a path: expected a number or a quoted name"));
  CHECK(error_of("a['x").starts_with("this is not a path: the quoted name does not end"));
  CHECK(error_of("a[1").starts_with("this is not a path: expected ']'"));
  CHECK(error_of("a[1]b").starts_with("this is not a path: expected '.' or '['"));
  CHECK(error_of("a[-1]").starts_with("this is not a path: expected a number"));
  CHECK(error_of("a.").starts_with("this is not a path: a name is missing"));
}

TEST_CASE("a path that leads nowhere says how far it goes, and the near word") {
  const Json value = parse_json(R"({"spec": {"replicas": 1, "list": [1, 2]}})", "x").value();
  const auto fail = [&](const char* path) {
    return require_at(value, parse_value_path(path).value()).error().to_text();
  };
  CHECK(fail("spec.replcas") ==
        "there is no spec.replcas: spec has no field 'replcas'\nhint: did you mean 'replicas'?");
  CHECK(fail("spec.list[2]") ==
        "there is no spec.list[2]: spec.list has 2 items\nhint: items count from 0");
  CHECK(fail("spec.list.x") ==
        "there is no spec.list.x: spec.list has 2 items\nhint: choose one, as in spec.list[0]");
  CHECK(fail("spec.replicas.x") == "there is no spec.replicas.x: spec.replicas is a number");
  CHECK(fail("spec[0]").starts_with("there is no spec[0]: spec is no array"));
  CHECK(find_at(value, parse_value_path("spec.list[1]").value())->as_int() == 2);
  CHECK(leaves_of(value).size() == 3);
}
