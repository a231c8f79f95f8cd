#include <doctest/doctest.h>

#include "base/yaml.h"
#include "cluster/schema/formats.h"
#include "cluster/schema/validate.h"

using namespace kfctl;

namespace {

std::vector<Json> objects(std::string_view yaml) {
  Result<std::vector<Json>> read = parse_yaml_stream(yaml, "test");
  REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().to_text()));
  return std::move(read).value();
}

std::string text_of(const Validation& validation) {
  std::string text;
  for (const Problem& problem : validation.problems) {
    text += problem.severity == Severity::kError ? "E " : "W ";
    text += problem.object.text() + " " + problem.path + ": " + problem.message;
    if (!problem.hint.empty()) text += " (" + problem.hint + ")";
    text += "\n";
  }
  return text;
}

std::string problems(std::string_view yaml, const ValidateOptions& options = {}) {
  return text_of(validate(objects(yaml), options));
}

constexpr std::string_view kWidget = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Widget, listKind: WidgetList, plural: widgets, singular: widget}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [size, mode]
            properties:
              size: {type: integer, minimum: 1, maximum: 10}
              mode: {type: string, enum: [fast, slow], default: fast}
              code: {type: string, pattern: '^[a-z]+$', maxLength: 3}
              port: {x-kubernetes-int-or-string: true}
              note: {type: string, nullable: true}
              tags: {type: array, x-kubernetes-list-type: set, items: {type: string}, minItems: 1}
              parts:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items: {type: object, properties: {name: {type: string}}}
              limits: {type: object, additionalProperties: {type: number}}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
  - {name: v1alpha1, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
---
)";

std::string widget(const std::string& spec) {
  return problems(std::string(kWidget) + "apiVersion: example.org/v1\nkind: Widget\n" +
                  "metadata: {name: w}\nspec: " + spec + "\n");
}

}  // namespace

TEST_CASE("an unknown field gets the near word, or the place where it belongs") {
  CHECK(problems("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndta: {}\n") ==
        "E ConfigMap/a dta: unknown field 'dta' (did you mean 'data'?)\n");
  CHECK(problems(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  selector: {matchLabels: {app: a}}
  nodeSelector: {gpu: "yes"}
  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: a}]}}
)") == "E Deployment/a spec.nodeSelector: unknown field 'nodeSelector' ('nodeSelector' belongs "
       "into spec.template.spec)\n");
}

TEST_CASE("a value of the wrong type is told how to be written") {
  const std::string labels =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {size: 1}}\n";
  CHECK(problems(labels) ==
        "E ConfigMap/a metadata.labels.size: must be a string, not number 1 (write it in quotes: "
        "\"1\")\n");
  CHECK(problems("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: 12345}\n") ==
        "E Secret/a stringData.a: must be a string, not number (write it in quotes)\n");
  CHECK(problems("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nimmutable: 'true'\n") ==
        "E Secret/a immutable: must be true or false, not string\n");
}

TEST_CASE("the component and the identity come with a problem") {
  const Validation found =
      validate(objects("apiVersion: v1\nkind: ConfigMap\ndat: {}\n"
                       "metadata: {name: a, namespace: b, labels: {ksonnet.io/component: web}}\n"));
  REQUIRE(found.problems.size() == 1);
  CHECK(found.problems[0].component == "web");
  CHECK(found.problems[0].object == ObjectId{"v1", "ConfigMap", "b", "a"});
  CHECK(found.objects == 1);
}

TEST_CASE("null is a field that is not there, and status misses nothing") {
  CHECK(problems("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, creationTimestamp: null}\n"
                 "data: null\n") == "");
  CHECK(problems(std::string(kWidget).substr(0, kWidget.size() - 5) +
                 "\nstatus: {conditions: []}\n") == "");
}

TEST_CASE("a version of Kubernetes serves what it serves") {
  ValidateOptions old;
  old.kubernetes_minor = 29;
  const std::string claim =
      "apiVersion: resource.k8s.io/v1\nkind: ResourceClaim\nmetadata: {name: a}\nspec: {}\n";
  CHECK(problems(claim) == "");
  CHECK(problems(claim, old)
            .starts_with(
                "E ResourceClaim/a apiVersion: Kubernetes 1.29 does not serve resource.k8s.io/v1 "
                "ResourceClaim: it begins with 1.34"));
  const std::string schema =
      "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: a}\n";
  CHECK(problems(schema) ==
        "E FlowSchema/a apiVersion: Kubernetes 1.34 does not serve "
        "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema: it is gone since 1.32 (use "
        "flowcontrol.apiserver.k8s.io/v1)\n");
  CHECK(problems("apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n") ==
        "E PodDisruptionBudget/a apiVersion: policy/v1beta1 PodDisruptionBudget is gone since "
        "Kubernetes 1.25 (use policy/v1)\n");
  CHECK(problems("apiVersion: resource.k8s.io/v1beta2\nkind: ResourceClaim\nmetadata: {name: a}\n"
                 "spec: {}\n") ==
        "W ResourceClaim/a apiVersion: resource.k8s.io/v1beta2 is off in a cluster unless its "
        "administrator turned it on\n");
}

TEST_CASE("a kind that nobody knows is not checked, but for its name; it is no error") {
  const Validation found =
      validate(objects("apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: A}\nx: 1\n"));
  REQUIRE(found.unchecked.size() == 1);
  CHECK(found.unchecked[0].kind == "Widget");
  CHECK(found.problems.size() == 1);
  CHECK(found.problems[0].path == "metadata.name");
}

TEST_CASE("custom resources are checked against the definition in the set") {
  CHECK(widget("{size: 3}") == "");
  CHECK(widget("{size: 3, note: null, port: http, free: {a: [1]}, limits: {a: 1.5}}") == "");
  const std::string begin = "E Widget/w spec";
  CHECK(widget("{}") == begin + ": required field 'size' is missing\n");
  CHECK(widget("{size: 30}") == begin + ".size: must be at most 10, not 30\n");
  CHECK(widget("{size: '3'}") ==
        begin + ".size: must be a whole number, not '3' (write it without quotes: 3)\n");
  CHECK(widget("{size: null}") == begin + ".size: must be a whole number, not null\n");
  CHECK(widget("{size: 3, mode: fest}") ==
        begin + ".mode: must be one of fast, slow, not 'fest' (did you mean 'fast'?)\n");
  CHECK(widget("{size: 3, code: A}") ==
        begin + ".code: must match the pattern ^[a-z]+$, not 'A'\n");
  CHECK(widget("{size: 3, code: abcd}") ==
        begin + ".code: must have at most 3 characters, not 4\n");
  CHECK(widget("{size: 3, sise: 3}") ==
        begin + ".sise: unknown field 'sise' (did you mean 'size'?)\n");
  CHECK(widget("{size: 3, tags: [a, b, a]}") ==
        begin + ".tags[2]: has the same value as [0] (\"a\")\n");
  CHECK(widget("{size: 3, tags: []}") == begin + ".tags: must have at least 1 elements, not 0\n");
  CHECK(widget("{size: 3, parts: [{name: a}, {name: a}]}") ==
        begin + ".parts[1]: has the same name as [0] (a)\n");
  CHECK(widget("{size: 3, limits: {a: b}}") == begin + ".limits.a: must be a number, not 'b'\n");
  CHECK(widget("{size: 3, port: 1.5}") ==
        begin + ".port: must be a whole number or a string, not number 1.5\n");
}

TEST_CASE("a version that the definition does not serve is named with those it does") {
  CHECK(problems(std::string(kWidget) +
                 "apiVersion: example.org/v1alpha1\nkind: Widget\nmetadata: {name: w}\n") ==
        "E Widget/w apiVersion: its definition has no version v1alpha1 (use example.org/v1)\n");
}

TEST_CASE("definitions may come from elsewhere") {
  const std::vector<Json> given = objects(kWidget);
  ValidateOptions options;
  options.definitions = given;
  CHECK(problems("apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\n", options) ==
        "E Widget/w : required field 'spec' is missing\n");
}

TEST_CASE("names of Kubernetes versions") {
  for (const char* const text : {"v1.31.2", "1.31", "version:v1.31.0", "v1.31.2-gke.1", "1.31+"}) {
    INFO(text);
    REQUIRE(parse_kubernetes_minor(text).ok());
    CHECK(parse_kubernetes_minor(text).value() == 31);
  }
  for (const char* const text : {"", "1", "2.31", "v1.x", "1.31x", "latest"}) {
    INFO(text);
    REQUIRE_FALSE(parse_kubernetes_minor(text).ok());
    CHECK(parse_kubernetes_minor(text).error().kind == ErrorKind::kUsage);
  }
}

TEST_CASE("quantities are read as Kubernetes reads them") {
  const std::pair<const char*, double> good[] = {
      {"1", 1},      {"500m", 0.5}, {"1Gi", 0x1p30}, {"1.5k", 1500}, {".5", 0.5},    {"1e3", 1000},
      {"1E3", 1000}, {"-2", -2},    {"+1Ki", 1024},  {"1E", 1e18},   {"12e-1", 1.2}, {"5.", 5}};
  for (const auto& row : good) {
    INFO(row.first);  // a lambda, which clang lets capture no structured binding
    REQUIRE(read_quantity(row.first).has_value());
    CHECK(*read_quantity(row.first) == doctest::Approx(row.second));
  }
  for (const char* const text :
       {"", "m", "1GB", "1 Gi", "1K", "abc", "1e", "1e1.5", "--1", "1ki"}) {
    INFO(text);
    CHECK_FALSE(read_quantity(text).has_value());
  }
}

TEST_CASE("times") {
  CHECK(check_time("2026-01-31T08:00:00Z") == "");
  CHECK(check_time("2026-01-31T08:00:00.123456+01:00") == "");
  for (const char* const text :
       {"", "2026-01-31", "2026-01-31T08:00:00", "2026-01-31T08:00:00.Z"}) {
    INFO(text);
    CHECK(check_time(text) != "");
  }
}
