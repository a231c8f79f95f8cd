#include "templates/app/params_editor.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

using Path = std::vector<std::string>;

std::string set(std::string_view text, Path path, std::string_view literal,
                ParamsFile file = ParamsFile::kModule) {
  const Result<std::string> result = set_field({file, text, "params.libsonnet", path}, literal);
  return result.ok() ? result.value() : "error: " + result.error().message;
}

std::string removed(std::string_view text, Path path, ParamsFile file = ParamsFile::kModule) {
  const Result<std::string> result = remove_field({file, text, "params.libsonnet", path});
  return result.ok() ? result.value() : "error: " + result.error().message;
}

constexpr std::string_view kModule = R"({
  global: {
    // replicas: 4,
  },
  components: {
    // Each object below is a component.
    web: {
      image: "nginx:1",  # the image, "quoted"
      'replicas': 2,
      motd: |||
        { not a brace
        }
      |||,
    },
    "tf-job": { name: 'x', n: 1 },
  },
}
)";

constexpr std::string_view kEnvironment = R"(local params = std.extVar('__ksonnet/params');
local globals = import 'globals.libsonnet';
local envParams = params + {
  components+: {
    "db.cfg"+: {
      name: 'foo',
    },
  },
};

{
  components: {
    [x]: envParams.components[x] + globals
    for x in std.objectFields(envParams.components)
  },
}
)";

// `text` with the one occurrence of `from` replaced.
std::string with(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const size_t at = out.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(out.find(from, at + 1) == std::string::npos);
  return out.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("setting a field changes the bytes of its value and no others") {
  CHECK(set(kModule, {"components", "web", "image"}, "'nginx:2'") ==
        with(kModule, "\"nginx:1\"", "'nginx:2'"));
  CHECK(set(kModule, {"components", "web", "replicas"}, "3") == with(kModule, ": 2,", ": 3,"));
  CHECK(set(kModule, {"components", "web", "motd"}, "'x'") ==
        with(kModule, "|||\n        { not a brace\n        }\n      |||", "'x'"));
  CHECK(set(kModule, {"components", "tf-job", "n"}, "2") == with(kModule, "n: 1", "n: 2"));
}

TEST_CASE("a new field follows the last one in the style of its object") {
  CHECK(set(kModule, {"components", "web", "port"}, "80") ==
        with(kModule, "      |||,\n", "      |||,\n      port: 80,\n"));
  CHECK(set(kModule, {"components", "tf-job", "port"}, "80") ==
        with(kModule, "n: 1 }", "n: 1, port: 80 }"));
  CHECK(set(kModule, {"global", "a-b"}, "true") ==
        with(kModule, "    // replicas: 4,\n", "    // replicas: 4,\n    \"a-b\": true,\n"));
  CHECK(set("{ components: {} }", {"components", "web", "a"}, "1") ==
        "{ components: {\n  web: {\n    a: 1,\n  },\n} }");
  CHECK(set("{\n  components: {\n    a: {\n      x: 1\n    }\n  }\n}", {"components", "a", "y"},
            "2") == "{\n  components: {\n    a: {\n      x: 1,\n      y: 2,\n    }\n  }\n}");
}

TEST_CASE("nested paths are made as deep as needed") {
  CHECK(set("{\n  web: {},\n}\n", {"web", "resources", "limits"}, "{}") ==
        "{\n  web: {\n    resources: {\n      limits: {},\n    },\n  },\n}\n");
}

TEST_CASE("a comment behind the last field stays behind it") {
  CHECK(set("{\n  a: 1 // one\n}", {"b"}, "2", ParamsFile::kGlobals) ==
        "{\n  a: 1, // one\n  b: 2,\n}");
}

TEST_CASE("the end of a comment before the closing brace takes nothing in") {
  CHECK(set("{ /* none\n yet */ }", {"a"}, "1", ParamsFile::kGlobals) ==
        "{\n  a: 1,\n /* none\n yet */ }");
  CHECK(set("{ b: 2, /* no\n more */ }", {"a"}, "1", ParamsFile::kGlobals) ==
        "{ b: 2, a: 1 /* no\n more */ }");
}

TEST_CASE("an environment's overrides go into the object with components") {
  CHECK(set(kEnvironment, {"components", "db.cfg", "name"}, "'bar'", ParamsFile::kEnvironment) ==
        with(kEnvironment, "'foo'", "'bar'"));
  CHECK(set(kEnvironment, {"components", "web", "labels", "a"}, "1", ParamsFile::kEnvironment) ==
        with(kEnvironment, "      name: 'foo',\n    },\n",
             "      name: 'foo',\n    },\n    web+: {\n      labels+: {\n        a: 1,\n      },\n"
             "    },\n"));
  const std::string legacy =
      "local params = import \"../../components/params.libsonnet\";\nparams + {\n  components+: {\n"
      "  },\n}\n";
  CHECK(set(legacy, {"components", "web", "a"}, "1", ParamsFile::kEnvironment) ==
        with(legacy, "components+: {\n", "components+: {\n    web+: {\n      a: 1,\n    },\n"));
}

TEST_CASE("a value that was added to becomes one that replaces") {
  CHECK(set("{ a+: { b: 1 } }", {"a"}, "2", ParamsFile::kGlobals) == "{ a: 2 }");
}

TEST_CASE("removing a field takes its line, or its part of a line") {
  CHECK(removed(kModule, {"components", "web", "image"}) ==
        with(kModule, "      image: \"nginx:1\",  # the image, \"quoted\"\n", ""));
  CHECK(removed(kModule, {"components", "tf-job", "n"}) == with(kModule, "'x', n: 1 }", "'x' }"));
  CHECK(removed(kModule, {"components", "tf-job", "name"}) ==
        with(kModule, "{ name: 'x', n: 1 }", "{ n: 1 }"));
  CHECK(removed(kModule, {"components", "none"}) == kModule);
}

TEST_CASE("a stray character before the closing brace does not move the edit into it") {
  CHECK(set("{\n  a: 1\n\x0b}", {"b"}, "2", ParamsFile::kGlobals) == "{\n  a: 1\n\x0b, b: 2}");
}

TEST_CASE("what cannot be edited safely is refused with the place") {
  CHECK(set("{ components: { [x]: {} for x in ['a'] } }", {"components", "a", "b"}, "1") ==
        "error: params.libsonnet:1:15: this object is made by a 'for'");
  CHECK(set("{ components: { web: f(1) } }", {"components", "web", "b"}, "1") ==
        "error: params.libsonnet:1:22: the value of 'web' is no object that kfctl could edit");
  CHECK(set("{ web: if true then {} else { a: 1 } }", {"web", "a"}, "1")
            .starts_with("error: params.libsonnet:1:8: "));
  CHECK(set("{ [k]: 1 }", {"a"}, "1").starts_with("error: params.libsonnet:1:3: "));
  CHECK(set("function(x) x", {"a"}, "1").starts_with("error: params.libsonnet:1:1: "));
  CHECK(set("{ a: 'x }", {"a"}, "1") == "error: params.libsonnet:1:6: a string that never ends");
  CHECK(set("{ a: [ }", {"a"}, "1") ==
        "error: params.libsonnet:1:8: a bracket that nothing opened");
  CHECK(set("", {"a"}, "1").starts_with("error: params.libsonnet:1:1: "));
}

TEST_CASE("the object at the end of a sum is edited") {
  CHECK(set("{ web: common + { a: 1 } }", {"web", "a"}, "2") == "{ web: common + { a: 2 } }");
}

TEST_CASE("strings, comments and operators do not confuse the outline") {
  const std::string_view text =
      "local a = 1, b = [x == 2 for x in [1]];\n{\n  /* } */ u: @'it''s {', v: 'a\\'}',\n"
      "  w: \"\\\"{\", x: 1 == 2, y: 3e-5,\n}";
  CHECK(set(text, {"y"}, "4") == with(text, "3e-5", "4"));
  CHECK(set(text, {"x"}, "5") == with(text, "1 == 2", "5"));
}
