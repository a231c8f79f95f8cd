#include "templates/app/render.h"

#include "base/object.h"
#include "base/yaml.h"
#include "templates/app/collect_objects.h"
#include "templates/app/params.h"
#include "templates/app/plain_component.h"
#include "test/templates/app/scratch_app.h"

using namespace kfctl;

namespace {

constexpr std::string_view kWeb =
    "local env = std.extVar(\"__ksonnet/environments\");\n"
    "local params = std.extVar(\"__ksonnet/params\").components.web;\n"
    "{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: params.name },\n"
    "  data: { namespace: env.namespace, n: std.toString(params.n) } }\n";

struct RenderApp : ScratchApp {
  RenderApp() {
    init();
    write("components/params.libsonnet",
          "{ global: {}, components: { web: { name: 'web', n: 1 } } }");
    write("components/web.jsonnet", std::string(kWeb));
  }

  Result<std::vector<Json>> render(const RenderOptions& options = {},
                                   std::string_view environment = "default") {
    return render_environment(open(), packages, environment, options);
  }
  std::string names(const RenderOptions& options = {}) {
    const Result<std::vector<Json>> objects = render(options);
    if (!objects.ok()) return without_root(objects.error().to_text());
    std::string out;
    for (const Json& object : objects.value()) out += object_id(object).text() + " ";
    return out;
  }
};

std::string pod(const std::string& name) {
  return "{apiVersion: 'v1', kind: 'Pod', metadata: {name: '" + name + "'}}";
}

}  // namespace

TEST_CASE_FIXTURE(RenderApp, "a component becomes an object with label and namespace") {
  const Result<std::vector<Json>> objects = render();
  REQUIRE_MESSAGE(objects.ok(), objects.error().to_text());
  CHECK(to_yaml_stream(objects.value()) ==
        "---\napiVersion: v1\ndata:\n  \"n\": \"1\"\n  namespace: default\nkind: ConfigMap\n"
        "metadata:\n  labels:\n    ksonnet.io/component: web\n  name: web\n  namespace: default\n");
}

TEST_CASE_FIXTURE(RenderApp, "lists, arrays and nested mappings of objects are all taken") {
  write("components/web.jsonnet", "[" + pod("a") + ", {apiVersion: 'v1', kind: 'List', items: [" +
                                      pod("b") +
                                      "]}, null,"
                                      " { more: { x: " +
                                      pod("c") + ", y: [" + pod("d") + "] } }]");
  CHECK(names() == "Pod/a Pod/b Pod/c Pod/d ");
}

TEST_CASE_FIXTURE(RenderApp, "a value that is no object is named with its place in the output") {
  write("components/web.jsonnet", "{ list: [" + pod("a") + ", { metadata: { name: 'b' } }] }");
  CHECK(names() ==
        "DEMO/components/web.jsonnet: component 'web', at .list[1].metadata.name in its output: "
        "expected a Kubernetes object, found string");
  write("components/web.jsonnet", "[{ kind: 'Pod', metadata: { name: 'b' } }]");
  CHECK(names() ==
        "DEMO/components/web.jsonnet: component 'web', at [0] in its output: has no apiVersion");
}

TEST_CASE_FIXTURE(RenderApp, "errors name the user's file, line and column") {
  write("components/web.jsonnet", "local params = { image: 'x' };\n{\n  image: parms.image,\n}\n");
  CHECK(names() ==
        "DEMO/components/web.jsonnet:3:10: unknown variable 'parms'\n"
        "  image: parms.image,\n"
        "         ^~~~~\n"
        "hint: did you mean 'params'?");
}

TEST_CASE_FIXTURE(RenderApp, "a selection leaves the other components alone, broken ones too") {
  write("components/broken.jsonnet", "{");
  write("components/bad.yaml", "a: [");
  RenderOptions options;
  options.components = {"web"};
  CHECK(names(options) == "ConfigMap/web ");
  CHECK_FALSE(render().ok());
  write("components/params.libsonnet",
        "{ global: {}, components: { web: { name: 'web', n: 1 }, broken: { x: error 'unset' } } }");
  CHECK(names(options) == "ConfigMap/web ");
  options.components = {"webb"};
  CHECK(render(options).error().kind == ErrorKind::kUsage);
  CHECK(render(options).error().hint == "did you mean 'web'?");
}

TEST_CASE_FIXTURE(RenderApp, "a selected component may look into another's parameters") {
  write("components/params.libsonnet",
        "{ global: {}, components: { web: { name: 'web', n: 1 }, other: { n: 42 } } }");
  write("components/web.jsonnet",
        "local all = std.extVar('__ksonnet/params').components;\n"
        "{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'n%d' % all.other.n } }");
  RenderOptions options;
  options.components = {"web"};
  CHECK(names(options) == "Pod/n42 ");
}

TEST_CASE_FIXTURE(RenderApp, "all documents of a YAML component count, parameters go by name") {
  write("components/many.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Secret\n"
        "metadata: {name: b}\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n"
        "  kind: Pod\n  metadata: {name: c}\n");
  write("components/params.libsonnet",
        "{ global: {g: 1}, components: { web: { name: 'web', n: 1 }, many: { 'Secret/b': "
        "{ data: { k: 'dg==' } } } } }");
  CHECK(names() == "Secret/b ConfigMap/web Pod/a Pod/c ");
  const Json secret = render().value()[0];
  CHECK(secret.string_at({"data", "k"}) == "dg==");
  CHECK(secret.find("g") == nullptr);
}

TEST_CASE_FIXTURE(RenderApp, "globals do not leak into YAML components, their parameters do") {
  write("components/one.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: one\n  x: 1\n");
  write("components/params.libsonnet",
        "{ global: {g: 1}, components: { web: { name: 'web', n: 1 }, one: { spec: {a: 1}, "
        "metadata: {x: null} } } }");
  write("environments/default/globals.libsonnet", "{ h: 2 }");
  App app = open();
  REQUIRE(set_parameter(app, {"one", "default", ""}, "spec.b", "2").ok());
  const Json one = render().value()[1];
  CHECK(one.string_at({"metadata", "name"}) == "one");
  CHECK(one.find("spec")->dump() == R"({"a":1,"b":2})");
  CHECK(one.find("g") == nullptr);
  CHECK(one.find("h") == nullptr);
  CHECK(one.at({"metadata", "x"}) == nullptr);
}

TEST_CASE_FIXTURE(RenderApp, "a YAML document that is no object is named with its line") {
  write("components/one.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: one\n---\na: 1\n");
  CHECK(names().starts_with("DEMO/components/one.yaml:6:1: has no apiVersion"));
}

TEST_CASE_FIXTURE(RenderApp, "one object made twice is an error that names both files") {
  write("components/twin.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n");
  CHECK(
      names().starts_with("ConfigMap/web in namespace default is made twice: by "
                          "DEMO/components/twin.yaml and by DEMO/components/web.jsonnet"));
}

TEST_CASE_FIXTURE(RenderApp, "targets choose modules, each with its own parameters") {
  App app = open();
  REQUIRE(create_module(app, "db").ok());
  write("components/db/params.libsonnet",
        "{ global: {n: 7}, components: { web: { name: 'db-web' } } }");
  write("components/db/web.jsonnet", std::string(kWeb));
  CHECK(names() == "ConfigMap/web ");
  REQUIRE(set_targets(app, "default", {"/", "db"}).ok());
  REQUIRE(set_parameter(app, {"db.web", "default", ""}, "name", "db-env").ok());
  CHECK(names() == "ConfigMap/db-env ConfigMap/web ");
  const Json object = render().value()[0];
  CHECK(object.string_at({"metadata", "labels", "ksonnet.io/component"}) == "db.web");
  CHECK(object.string_at({"data", "n"}) == "7");
  RenderOptions options;
  options.components = {"db.web"};
  CHECK(names(options) == "ConfigMap/db-env ");
}

TEST_CASE_FIXTURE(RenderApp, "main.jsonnet may change and add components, and take arguments") {
  write("environments/default/main.jsonnet",
        "function(tag='none') (import 'base.libsonnet') + { web+: { data+: { tag: tag } },\n"
        "  extra: " +
            pod("extra") + " }");
  RenderOptions options;
  options.arguments = {{"tag", "v1", false}};
  CHECK(names(options) == "ConfigMap/web Pod/extra ");
  CHECK(render(options).value()[0].string_at({"data", "tag"}) == "v1");
}

TEST_CASE_FIXTURE(RenderApp, "imports: vendor wins over built-in, a pinned version over vendor") {
  packages.files["kubeflow/x/x.libsonnet"] = "(import 'y.libsonnet')";
  packages.files["kubeflow/x/y.libsonnet"] = "'builtin'";
  write("components/web.jsonnet",
        "local x = import 'kubeflow/x/x.libsonnet';\n"
        "{apiVersion: 'v1', kind: 'Pod', metadata: {name: x}}");
  CHECK(names() == "Pod/builtin ");
  write("vendor/kubeflow/x/x.libsonnet", "'vendored'");
  CHECK(names() == "Pod/vendored ");
  write("vendor/kubeflow/x@abc/x.libsonnet", "'pinned'");
  write("app.yaml", read("app.yaml") +
                        "libraries:\n  kubeflow/x:\n    name: x\n    registry: kubeflow\n"
                        "    version: abc\n");
  CHECK(names() == "Pod/pinned ");
  write("components/web.jsonnet", "import 'kubeflow/none/none.libsonnet'");
  CHECK(names().starts_with("DEMO/components/web.jsonnet:1:1: couldn't open import"));
}

TEST_CASE_FIXTURE(RenderApp, "a library's failure names the component that asked for it") {
  packages.files["kubeflow/x/x.libsonnet"] =
      "{ new(params):: { apiVersion: 'v1', kind: 'Pod', metadata: { name: error 'no name' } } }";
  write("components/app.jsonnet", "(import 'kubeflow/x/x.libsonnet').new({})");
  CHECK(names() ==
        "DEMO/components/app.jsonnet: no name\nraised at <kfctl>/kubeflow/x/x.libsonnet:1:68\n"
        "needed for app.metadata.name of the output");
}

TEST_CASE_FIXTURE(RenderApp, "external variables and native functions are there") {
  write("components/web.jsonnet",
        "{apiVersion: 'v1', kind: 'Pod', metadata: {name: std.extVar('who') + "
        "std.native('parseYaml')('- a')[0][0]}}");
  RenderOptions options;
  options.external = {{"who", "me-", false}};
  CHECK(names(options) == "Pod/me-a ");
}

TEST_CASE_FIXTURE(RenderApp, "the namespace is left out where there is none") {
  write("components/web.jsonnet",
        "[{apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'n'}},\n"
        "{apiVersion: 'x.io/v1', kind: 'Wide', metadata: {name: 'w'}},\n"
        "{apiVersion: 'x.io/v1', kind: 'Narrow', metadata: {name: 'w'}},\n"
        "{apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',\n"
        " metadata: {name: 'wides.x.io'}, spec: {group: 'x.io', scope: 'Cluster', names: {kind: "
        "'Wide'}}}]");
  const Result<std::vector<Json>> objects = render();
  for (const Json& object : objects.value()) {
    const ObjectId id = object_id(object);
    CHECK(id.namespace_ == (id.kind == "Narrow" ? "default" : ""));
  }
}

TEST_CASE("a merge patch follows RFC 7386") {
  const auto patched = [](std::string_view target, std::string_view patch) {
    Json value = parse_json(target, "t").value();
    merge_patch(value, parse_json(patch, "p").value());
    return value.dump();
  };
  CHECK(patched(R"({"a":{"b":1,"c":2}})", R"({"a":{"b":null,"d":3}})") == R"({"a":{"c":2,"d":3}})");
  CHECK(patched(R"({"a":[1]})", R"({"a":{"x":{"y":null}}})") == R"({"a":{"x":{}}})");
  CHECK(patched("1", "[2]") == "[2]");
}

TEST_CASE_FIXTURE(RenderApp, "an app renders the same however many threads there are") {
  for (int i = 10; i < 50; ++i) {
    const std::string name = "c" + std::to_string(i);
    write("components/" + name + ".jsonnet",
          "local shared = import 'shared.libsonnet'; shared.named('" + name + "')");
  }
  write("lib/shared.libsonnet",
        "{named(name):: {pod: " + pod("x") + " {metadata+: {name: name}}}}");
  RenderOptions together;
  together.threads = [] { return 4; };
  together.cache_directory = root + "/cache";
  const Result<std::vector<Json>> one = render(), four = render(together);
  REQUIRE_MESSAGE(one.ok(), one.error().to_text());
  REQUIRE_MESSAGE(four.ok(), four.error().to_text());
  CHECK(one.value().size() == 41);
  CHECK(to_yaml_stream(four.value()) == to_yaml_stream(one.value()));
  write("components/c30.jsonnet", "(import 'shared.libsonnet').named(1)");
  write("components/c40.jsonnet", "{} + error 'late'");
  write("components/c20.jsonnet", "{} + error 'early'");
  CHECK(render(together).error().to_text() == render().error().to_text());
  CHECK(names(together).find("early") != std::string::npos);
}
