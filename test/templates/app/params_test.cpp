#include "templates/app/params.h"

#include "templates/app/generate.h"
#include "test/templates/app/scratch_app.h"

using namespace kfctl;

namespace {

struct ParamsApp : ScratchApp {
  ParamsApp() {
    init();
    write("components/params.libsonnet",
          "{\n  global: {},\n  components: {\n    // the site\n    web: {\n      image: \"a:1\",\n"
          "      n: 1,\n    },\n  },\n}\n");
    write("components/web.jsonnet", "{}");
  }

  std::string set(const ParameterScope& scope, std::string_view key, std::string_view text,
                  bool as_string = false) {
    App app = open();
    const Status status = set_parameter(app, scope, key, text, as_string);
    return status.ok() ? "" : without_root(status.error().message);
  }
  std::string list(const ParameterScope& scope) {
    const Result<std::vector<ParameterValue>> values = list_parameters(open(), scope);
    if (!values.ok()) return without_root(values.error().to_text());
    std::string out;
    for (const ParameterValue& value : values.value()) {
      out += value.component + " " + value.name + "=" + value.value.dump() + "\n";
    }
    return out;
  }
};

std::string decoded(std::string_view text, bool as_string = false) {
  const Result<std::string> result = decode_parameter(text, as_string);
  return result.ok() ? result.value() : "error: " + result.error().message;
}

constexpr std::string_view kPrototype =
    "// @apiVersion 0.1\n// @name io.ksonnet.pkg.web\n// @description A site\n"
    "// @param name string Name\n// @param image string Image\n"
    "// @optionalParam n number 1 How many\n// @optionalParam env object {} Variables\n\n"
    "[{ apiVersion: 'v1', kind: 'Pod', metadata: { name: params.name } }]\n";

}  // namespace

TEST_CASE("values are decoded as ksonnet decodes them") {
  CHECK(decoded("3") == "3");
  CHECK(decoded("-1.5e3") == "-1.5e3");
  CHECK(decoded("true") == "true");
  CHECK(decoded("null") == "'null'");
  CHECK(decoded("010") == "'010'");
  CHECK(decoded("1.2.3") == "'1.2.3'");
  CHECK(decoded("it's \\ \n") == "'it\\'s \\\\ \\n'");
  CHECK(decoded("[1, 'a']") == "[1, 'a']");
  CHECK(decoded("{ a: 1 + 1 }") == "{ a: 1 + 1 }");
  CHECK(decoded("{{ x }}").starts_with("error: value:1:"));
  CHECK(decoded("{{ x }}", true) == "'{{ x }}'");
  CHECK(decoded("3", true) == "'3'");
}

TEST_CASE_FIXTURE(ParamsApp, "a module parameter is set in place") {
  CHECK(set({"web", "", ""}, "image", "b:2") == "");
  CHECK(set({"web", "", ""}, "limits.cpu", "2") == "");
  CHECK(read("components/params.libsonnet") ==
        "{\n  global: {},\n  components: {\n    // the site\n    web: {\n      image: 'b:2',\n"
        "      n: 1,\n      limits: {\n        cpu: 2,\n      },\n    },\n  },\n}\n");
}

TEST_CASE_FIXTURE(ParamsApp,
                  "the layers are component, global, environment, environment's globals") {
  CHECK(set({"web", "", ""}, "a", "from-component") == "");
  CHECK(set({"web", "", ""}, "b", "from-component") == "");
  CHECK(set({"web", "", ""}, "gone", "x") == "");
  write("components/params.libsonnet",
        "{ global: { a: 'from-global', gone: null }, components: { web: { a: 'c', b: 'c', gone: 1,"
        " own: 1 } } }");
  CHECK(set({"web", "default", ""}, "b", "from-env") == "");
  CHECK(set({"web", "default", ""}, "own", "2") == "");
  CHECK(set({"", "default", ""}, "b", "from-env-globals") == "");
  CHECK(read("environments/default/globals.libsonnet") == "{\n  b: 'from-env-globals',\n}\n");
  CHECK(list({"web", "", ""}) == "web a=\"from-global\"\nweb b=\"c\"\nweb own=1\n");
  CHECK(list({"web", "default", ""}) ==
        "web a=\"from-global\"\nweb b=\"from-env-globals\"\nweb own=2\n");
}

TEST_CASE_FIXTURE(ParamsApp, "an environment's nested parameter is added to, not written flat") {
  CHECK(set({"web", "", ""}, "limits", "{cpu: 1, memory: 2}") == "");
  CHECK(set({"web", "default", ""}, "limits.cpu", "4", true) == "");
  CHECK(list({"web", "default", ""}) ==
        "web image=\"a:1\"\nweb limits={\"cpu\":\"4\",\"memory\":2}\nweb n=1\n");
}

TEST_CASE_FIXTURE(ParamsApp, "parameters are deleted, and what is not set cannot be") {
  App app = open();
  REQUIRE(delete_parameter(app, {"web", "", ""}, "n").ok());
  CHECK(list({"web", "", ""}) == "web image=\"a:1\"\n");
  const Error error = delete_parameter(app, {"web", "", ""}, "n").error();
  CHECK(error.kind == ErrorKind::kUsage);
  CHECK(without_root(error.message) ==
        "parameter 'n' is not set in DEMO/components/params.libsonnet");
}

TEST_CASE_FIXTURE(ParamsApp, "wrong names and keys are usage errors") {
  CHECK(set({"wbe", "", ""}, "a", "1") == "unknown component 'wbe'");
  CHECK(set({"web", "nope", ""}, "a", "1") == "unknown environment 'nope'");
  CHECK(set({"web", "", ""}, "a..b", "1") == "'a..b' is not a parameter's name");
  CHECK(set({"web", "", ""}, "'a.b'.c", "1") == "");
  CHECK(list({"web", "", ""}).find("web a.b={\"c\":1}") != std::string::npos);
}

TEST_CASE_FIXTURE(ParamsApp, "a broken or odd file is reported and left as it is") {
  const std::string broken = "{ global: {}, components: { web: { a: std.nope() } } }";
  write("components/params.libsonnet", broken);
  CHECK(list({"web", "", ""}).starts_with("DEMO/components/params.libsonnet:1:43: field does not"));
  const std::string odd = "local f(x) = { a: x };\n{ global: {}, components: { web: f(1) } }";
  write("components/params.libsonnet", odd);
  CHECK(set({"web", "", ""}, "a", "2").starts_with("DEMO/components/params.libsonnet:2:34: "));
  CHECK(read("components/params.libsonnet") == odd);
}

TEST_CASE_FIXTURE(ParamsApp, "in a sum the last object is edited and what it adds to stays") {
  write("components/params.libsonnet",
        "{ global: {}, components: { web: { a: 1 } } } + { components+: { web+: { a: 7 } } }");
  CHECK(set({"web", "", ""}, "a", "2") == "");
  CHECK(list({"web", "", ""}) == "web a=2\n");
  write("components/params.libsonnet",
        "{ global: {}, components: { web: { a: { b: 1 } }, other: { c: 1 } } } + {}");
  CHECK(set({"web", "", ""}, "a.x", "2") == "");
  CHECK(list({}) == "other c=1\nweb a={\"b\":1,\"x\":2}\n");
}

TEST_CASE_FIXTURE(ParamsApp, "an edit that would not have its effect is not written") {
  const std::string text =
      "{ global: {}, components: { web: { a: 1, assert self.a == 1 : 'must be one' } } }";
  write("components/params.libsonnet", text);
  CHECK(set({"web", "", ""}, "a", "2")
            .starts_with("DEMO/components/params.libsonnet: kfctl cannot edit this file safely: "));
  CHECK(read("components/params.libsonnet") == text);
}

TEST_CASE_FIXTURE(ParamsApp, "an old environment file that imports the module's works") {
  write("environments/default/params.libsonnet",
        "local params = import \"../../components/params.libsonnet\";\nparams + {\n"
        "  components +: {\n    web +: {\n      n: 5,\n    },\n  },\n}\n");
  CHECK(list({"web", "default", ""}) == "web image=\"a:1\"\nweb n=5\n");
  CHECK(set({"web", "default", ""}, "n", "6") == "");
  CHECK(list({"web", "default", ""}) == "web image=\"a:1\"\nweb n=6\n");
}

TEST_CASE_FIXTURE(ParamsApp, "generate writes the component and its parameters") {
  packages.add_prototype(kPrototype);
  App app = open();
  GenerateOptions options;
  options.component = "site";
  options.parameters = {{"image", "it's"}, {"env", "{A: 'b'}"}};
  const Result<Component> component = generate_component(app, packages, "web", options);
  REQUIRE_MESSAGE(component.ok(), component.error().to_text());
  CHECK(component.value().path == "components/site.jsonnet");
  CHECK(read("components/site.jsonnet") ==
        "local env = std.extVar(\"__ksonnet/environments\");\n"
        "local params = std.extVar(\"__ksonnet/params\").components.site;\n\n"
        "[{ apiVersion: 'v1', kind: 'Pod', metadata: { name: params.name } }]\n");
  CHECK(read("components/params.libsonnet") ==
        "{\n  global: {},\n  components: {\n    // the site\n    web: {\n      image: \"a:1\",\n"
        "      n: 1,\n    },\n    site: {\n      env: {A: 'b'},\n      image: 'it\\'s',\n"
        "      n: 1,\n      name: 'site',\n    },\n  },\n}\n");
  CHECK(generate_component(app, packages, "web", options)
            .error()
            .message.starts_with("component 'site' already exists"));
}

TEST_CASE_FIXTURE(ParamsApp, "generate into a module of any depth, with a file of values") {
  packages.add_prototype(kPrototype);
  App app = open();
  REQUIRE(create_module(app, "a.b").ok());
  GenerateOptions options;
  options.component = "a.b.my-site";
  options.parameters = {{"image", "x"}, {"n", "1"}};
  options.values = "{ n: 1 + 1, env: { A: 'b' } }";
  options.values_path = "values.jsonnet";
  REQUIRE(generate_component(app, packages, "io.ksonnet.pkg.web", options).ok());
  CHECK(list({"a.b.my-site", "", ""}) ==
        "a.b.my-site env={\"A\":\"b\"}\na.b.my-site image=\"x\"\na.b.my-site n=2\n"
        "a.b.my-site name=\"my-site\"\n");
}

TEST_CASE_FIXTURE(ParamsApp, "generate with wrong parameters writes nothing") {
  packages.add_prototype(kPrototype);
  App app = open();
  const std::string before = tree() + read("components/params.libsonnet");
  const auto error = [&](std::string_view prototype, std::string component, ParameterTexts texts) {
    GenerateOptions options;
    options.component = std::move(component);
    options.parameters = std::move(texts);
    const Result<Component> result = generate_component(app, packages, prototype, options);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == ErrorKind::kUsage);
    return result.error();
  };
  CHECK(error("web", "s", {{"imgae", "x"}}).hint == "did you mean 'image'?");
  CHECK(error("web", "s", {}).message ==
        "prototype 'io.ksonnet.pkg.web' needs the parameter image");
  CHECK(
      error("web", "s", {{"image", "x"}, {"env", "{"}}).message.starts_with("parameter 'env':1:"));
  CHECK(error("web", "s", {{"image", "x"}, {"env", "{}, more: {}"}})
            .message.starts_with("parameter 'env': expected one array or object"));
  CHECK(error("web", "s", {{"image", "x"}, {"env", "{a: b}"}}).message ==
        "parameter 'env':1:5: unknown variable 'b'");
  error("wbe", "s", {{"image", "x"}});
  error("web", "none.s", {{"image", "x"}});
  error("web", "a/b", {{"image", "x"}});
  CHECK(tree() + read("components/params.libsonnet") == before);
}

TEST_CASE_FIXTURE(ParamsApp, "removing a component takes its parameters everywhere") {
  CHECK(set({"web", "default", ""}, "n", "3") == "");
  App app = open();
  const Status status = remove_component(app, "web");
  REQUIRE_MESSAGE(status.ok(), status.error().to_text());
  CHECK_FALSE(files.is_file(root + "/components/web.jsonnet"));
  CHECK(read("components/params.libsonnet") ==
        "{\n  global: {},\n  components: {\n    // the site\n  },\n}\n");
  CHECK(read("environments/default/params.libsonnet").find("web") == std::string::npos);
  CHECK(remove_component(app, "web").error().kind == ErrorKind::kUsage);
}
