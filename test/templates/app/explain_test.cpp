// From a value of a rendered object to the line in the user's files.
#include "templates/app/explain.h"

#include "base/object.h"
#include "base/text.h"
#include "templates/app/params.h"
#include "test/templates/app/scratch_app.h"

using namespace kfctl;

namespace {

struct ExplainApp : ScratchApp {
  RenderOptions options;

  ExplainApp() {
    init();
    write("components/web.jsonnet",
          "local params = std.extVar('__ksonnet/params').components.web;\n"
          "local env = std.extVar('__ksonnet/environments');\n"
          "{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: params.name },\n"
          "  data: { n: params.n, both: params.n + '-' + params.name, ns: env.namespace,\n"
          "          fixed: 'x', g: params.g } }\n");
    write("components/params.libsonnet",
          "{ global: { g: 1 },\n  components: { web: { name: 'web', n: 'one', g: 0 } } }\n");
  }

  // "components/web.jsonnet:5:18 "x"", then " < ..." for what is hidden, " from a = ..." for each
  // input, " by ..." for each hop.
  std::string origin(const std::string& name, const std::string& path) {
    const App app = open();
    const Result<std::vector<Json>> objects = render_environment(app, packages, "default", options);
    REQUIRE_MESSAGE(objects.ok(), objects.error().to_text());
    for (const Json& object : objects.value()) {
      if (object_id(object).text() != name) continue;
      const auto found = explain_values(app, packages, "default", options,
                                        {{&object, parse_value_path(path).value()}});
      REQUIRE_MESSAGE(found.ok(), found.error().to_text());
      return brief(found.value().at(0));
    }
    return "no object";
  }

  std::string brief(const Origin& origin) {
    std::string text = std::string(origin_kind_name(origin.kind)) + " " + origin.place.at();
    if (origin.kind == OriginKind::kAdded) text += " (" + origin.place.text + ")";
    return text + (origin.value ? " " + origin.value->dump() : "");
  }

  std::string brief(const Provenance& one) {
    std::string text = brief(one.origin);
    for (const Origin& hidden : one.overridden) text += " < " + brief(hidden);
    for (const Origin& input : one.inputs)
      text += " from " + input.place.text + " = " + brief(input);
    for (const Hop& hop : one.hops) text += " by " + hop.place.at();
    text = without_root(text);
    for (size_t at = text.find("DEMO/"); at != std::string::npos; at = text.find("DEMO/"))
      text.erase(at, 5);
    return text;
  }
};

}  // namespace

TEST_CASE_FIXTURE(ExplainApp, "a literal of the component is found in its file") {
  CHECK(origin("ConfigMap/web", "data.fixed") == "literal components/web.jsonnet:5:18 \"x\"");
  CHECK(origin("ConfigMap/web", "kind") == "literal components/web.jsonnet:3:27 \"ConfigMap\"");
}

TEST_CASE_FIXTURE(ExplainApp, "a parameter leads to params.libsonnet, the environment's first") {
  CHECK(origin("ConfigMap/web", "data.n") ==
        "literal components/params.libsonnet:2:40 \"one\" by components/web.jsonnet:4:14 by "
        "components/web.jsonnet:1:16 by environments/default/params.libsonnet:10:10");
  App app = open();
  REQUIRE(set_parameter(app, {"web", "default", ""}, "n", "two").ok());
  CHECK(origin("ConfigMap/web", "data.n")
            .starts_with("literal environments/default/params.libsonnet:6:10 \"two\" < literal "
                         "components/params.libsonnet:2:40 \"one\""));
  write("environments/default/globals.libsonnet", "{ n: 'three' }");
  CHECK(origin("ConfigMap/web", "data.n")
            .starts_with("literal environments/default/globals.libsonnet:1:6 \"three\" < literal "
                         "environments/default/params.libsonnet:6:10 \"two\" < literal "
                         "components/params.libsonnet:2:40 \"one\""));
}

TEST_CASE_FIXTURE(ExplainApp, "a global wins over the component's own parameter") {
  CHECK(origin("ConfigMap/web", "data.g")
            .starts_with("literal components/params.libsonnet:1:16 1 < literal "
                         "components/params.libsonnet:2:50 0"));
}

TEST_CASE_FIXTURE(ExplainApp, "a computed value names where its parts come from") {
  CHECK(origin("ConfigMap/web", "data.both") ==
        "computed components/web.jsonnet:4:30 \"one-web\" from params.n = literal "
        "components/params.libsonnet:2:40 \"one\" from params.name = literal "
        "components/params.libsonnet:2:30 \"web\"");
}

TEST_CASE_FIXTURE(ExplainApp, "what kfctl adds is said to be so, with the line of app.yaml") {
  CHECK(origin("ConfigMap/web", "metadata.labels[\"ksonnet.io/component\"]") ==
        "added  (the component's name) \"web\"");
  CHECK(origin("ConfigMap/web", "metadata.namespace") ==
        "added app.yaml:6:7 (the environment's namespace) \"default\"");
  CHECK(origin("ConfigMap/web", "data.ns")
            .starts_with("added app.yaml:6:7 (the environment's namespace) \"default\" by "
                         "components/web.jsonnet:4:64"));
  options.name_space = "other";
  CHECK(origin("ConfigMap/web", "metadata.namespace") == "added  (--namespace) \"other\"");
}

TEST_CASE_FIXTURE(ExplainApp, "YAML components: the line in the file, or the parameter over it") {
  write("components/one.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: one\nspec:\n  a: 1\n  c: 3\n");
  write("components/params.libsonnet",
        "{ components: { web: { name: 'web', n: 'one', g: 0 },\n  one: { spec: { a: 2 } } } }\n");
  CHECK(origin("Pod/one", "spec.c") == "literal components/one.yaml:7:3 3");
  CHECK(origin("Pod/one", "spec.a")
            .starts_with("literal components/params.libsonnet:2:21 2 < literal "
                         "components/one.yaml:6:3 1"));
  write("components/two.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: List\n"
        "items:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n");
  CHECK(origin("Pod/b", "metadata.name") == "literal components/two.yaml:10:14 \"b\"");
  CHECK(origin("Pod/a", "kind") == "literal components/two.yaml:2:1 \"Pod\"");
}

TEST_CASE_FIXTURE(ExplainApp, "JSON components too") {
  write("components/one.json",
        "{\n  \"apiVersion\": \"v1\", \"kind\": \"Pod\",\n  \"metadata\": {\"name\": \"j\"}\n}\n");
  CHECK(origin("Pod/j", "metadata.name") == "literal components/one.json:3:16 \"j\"");
}

TEST_CASE_FIXTURE(ExplainApp,
                  "main.jsonnet changes components, modules have their own parameters") {
  write("environments/default/main.jsonnet",
        "(import 'base.libsonnet') + { web+: { data+: { fixed: 'y' } } }\n");
  CHECK(origin("ConfigMap/web", "data.fixed") ==
        "literal environments/default/main.jsonnet:1:55 \"y\" < literal "
        "components/web.jsonnet:5:18 \"x\"");
  CHECK(origin("ConfigMap/web", "data.n").find("components/params.libsonnet:2:40") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(ExplainApp, "lists and folders of objects, and a path that goes too far") {
  write("components/many.jsonnet",
        "local pod(n) = { apiVersion: 'v1', kind: 'Pod', metadata: { name: n } };\n"
        "{ deep: [pod('a'), { apiVersion: 'v1', kind: 'List', items: [pod('b')] }] }\n");
  CHECK(origin("Pod/b", "metadata.name") ==
        "literal components/many.jsonnet:2:66 \"b\" by components/many.jsonnet:2:62 by "
        "components/many.jsonnet:1:67");
  CHECK(
      origin("Pod/b", "metadata.name.nope[3]").starts_with("literal components/many.jsonnet:2:66"));
}
