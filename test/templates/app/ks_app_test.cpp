// An app as `ks` 0.13 leaves it on the disk: kfctl must read and render it as it is.
#include "base/yaml.h"
#include "templates/app/params.h"
#include "templates/app/render.h"
#include "test/templates/app/scratch_app.h"

using namespace kfctl;

namespace {

constexpr std::string_view kAppYaml = R"(apiVersion: 0.3.0
environments:
  default:
    destination:
      namespace: kubeflow
      server: http://127.0.0.1:18080
    k8sVersion: v1.11.7
    path: default
    targets:
    - /
    - db
kind: ksonnet.io/app
libraries:
  kubeflow/argo:
    name: argo
    registry: kubeflow
    version: ""
name: ks_app
registries:
  kubeflow:
    protocol: fs
    uri: /somewhere/kubeflow
version: 0.0.1
)";

constexpr std::string_view kParams = R"({
  global: {
    // User-defined global parameters; accessible to all component and environments, Ex:
    // replicas: 4,
  },
  components: {
    // Component-level parameters, defined initially from 'ks prototype use ...'
    // Each object below should correspond to a component in the components/ directory
    ambassador: {
      ambassadorImage: 'quay.io/datawire/ambassador:0.37.0',
      name: 'ambassador',
      platform: 'null',
    },
  },
}
)";

constexpr std::string_view kComponent =
    R"(local env = std.extVar("__ksonnet/environments");
local params = std.extVar("__ksonnet/params").components.ambassador;

local ambassador = import "kubeflow/common/ambassador.libsonnet";
local instance = ambassador.new(env, params);
instance.list(instance.all)
)";

// In the manner of Kubeflow 0.4: k.libsonnet, hidden fields, a list at the end.
constexpr std::string_view kPackage = R"({
  local k = import "k.libsonnet",
  new(_env, _params):: {
    local params = _env + _params,
    deployment:: {
      apiVersion: "extensions/v1beta1",
      kind: "Deployment",
      metadata: { name: params.name, namespace: params.namespace },
      spec: { image: params.ambassadorImage,
              platform: if params.platform != "null" then params.platform else "none" },
    },
    all:: [self.deployment],
    list(obj=self.all):: k.core.v1.list.new(obj),
  },
}
)";

constexpr std::string_view kLibrary = R"({
  core:: { v1:: { list:: { new(items):: { apiVersion: "v1", kind: "List", items: items } } } },
}
)";

struct KsApp : ScratchApp {
  KsApp() {
    write("app.yaml", std::string(kAppYaml));
    write(".gitignore", "/lib\n");
    write("components/params.libsonnet", std::string(kParams));
    write("components/ambassador.jsonnet", std::string(kComponent));
    write("components/db/params.libsonnet",
          "{\n  global: {},\n  components: {\n    cfg: {\n      name: 'cfg',\n    },\n  },\n}\n");
    write("components/db/cfg.jsonnet",
          "local params = std.extVar(\"__ksonnet/params\").components.cfg;\n"
          "{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: params.name } }\n");
    write("environments/base.libsonnet",
          "local components = std.extVar(\"__ksonnet/components\");\ncomponents + {\n"
          "  // Insert user-specified overrides here.\n}\n");
    write("environments/default/main.jsonnet",
          "local base = import \"base.libsonnet\";\n// uncomment if you reference ksonnet-lib\n"
          "// local k = import \"k.libsonnet\";\n\nbase + {\n}\n");
    write("environments/default/globals.libsonnet", "{\n}\n");
    write("environments/default/params.libsonnet",
          "local params = std.extVar('__ksonnet/params');\n"
          "local globals = import 'globals.libsonnet';\n"
          "local envParams = params + {\n  components+: {\n    \"db.cfg\"+: {\n"
          "      name: 'foo',\n    },\n  },\n};\n\n{\n  components: {\n"
          "    [x]: envParams.components[x] + globals\n"
          "    for x in std.objectFields(envParams.components)\n  },\n}\n");
    write("lib/ksonnet-lib/v1.11.7/k.libsonnet", std::string(kLibrary));
    write("vendor/kubeflow/common/ambassador.libsonnet", std::string(kPackage));
  }
};

}  // namespace

TEST_CASE_FIXTURE(KsApp, "an app of ks is rendered as ks renders it") {
  const Result<std::vector<Json>> objects = render_environment(open(), packages, "default");
  REQUIRE_MESSAGE(objects.ok(), objects.error().to_text());
  CHECK(to_yaml_stream(objects.value()) == R"(---
apiVersion: v1
kind: ConfigMap
metadata:
  labels:
    ksonnet.io/component: db.cfg
  name: foo
  namespace: kubeflow
---
apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  labels:
    ksonnet.io/component: ambassador
  name: ambassador
  namespace: kubeflow
spec:
  image: quay.io/datawire/ambassador:0.37.0
  platform: none
)");
}

TEST_CASE_FIXTURE(KsApp, "param set in an app of ks changes one line") {
  App app = open();
  REQUIRE(set_parameter(app, {"ambassador", "", ""}, "platform", "minikube").ok());
  std::string expected(kParams);
  expected.replace(expected.find("'null'"), 6, "'minikube'");
  CHECK(read("components/params.libsonnet") == expected);
}

TEST_CASE_FIXTURE(KsApp, "app.yaml of ks is written as it was read") {
  CHECK(open().config().text() == kAppYaml);
}
