#include "cli/table.h"

#include <doctest/doctest.h>

namespace kfctl {
namespace {

TEST_CASE("columns are padded by what a terminal shows, and empty ones are left out") {
  Table table("thingList", {"name", "note", "count"});
  table.add({"a", "", 1});
  table.add({"日本", "", 22});
  table.add({"line\nend", nullptr, nullptr});
  CHECK(table.to_text(Style()) ==
        "NAME         COUNT\n"
        "a            1\n"
        "日本         22\n"
        "\"line\\nend\"\n");
}

TEST_CASE("as data every column is there, under the kind of the table") {
  Table table("thingList", {"name", "count"});
  table.add({"a", nullptr});
  CHECK(table.to_json().dump() == R"({"data":[{"count":null,"name":"a"}],"kind":"thingList"})");
  CHECK(format_value(table.to_json(), "yaml") ==
        "data:\n- count: null\n  name: a\nkind: thingList\n");
}

TEST_CASE("strings that look like something else keep their quotes") {
  CHECK(inline_text("nginx:1.27") == "nginx:1.27");
  CHECK(inline_text("true") == "\"true\"");
  CHECK(inline_text("3") == "\"3\"");
  CHECK(inline_text("") == "\"\"");
  CHECK(inline_text(" x") == "\" x\"");
  CHECK(inline_text("a\nb") == "\"a\\nb\"");
  CHECK(inline_text(3) == "3");
}

}  // namespace
}  // namespace kfctl
