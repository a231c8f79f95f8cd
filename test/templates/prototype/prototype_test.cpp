#include "templates/prototype/prototype.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

constexpr std::string_view kWeb =
    "// Copyright line\n"
    "// @apiVersion 0.1\n"
    "// @name io.ksonnet.pkg.web-app\n"
    "// @description First line\n"
    "// second line\n"
    "//\n"
    "// @shortDescription Short\n"
    "// @param name string Name\n"
    "// @param image string The image\n"
    "// @optionalParam replicas number 2 How many\n"
    "// @optionalParam host string  Two spaces make an empty default\n"
    "// @optionalParam port numberOrString http The port\n"
    "// @optionalParam env object {} Variables\n"
    "\n"
    "local x = import 'param://image';\n"
    "[x, import \"env://namespace\", import 'param://a-b', import 'lib.libsonnet']\n";

Prototype web() {
  Result<Prototype> prototype = parse_prototype(kWeb, "web.jsonnet");
  REQUIRE_MESSAGE(prototype.ok(), prototype.error().to_text());
  return std::move(prototype).value();
}

std::string error_of(std::string_view text) {
  const Result<Prototype> prototype = parse_prototype(text, "p.jsonnet");
  REQUIRE_FALSE(prototype.ok());
  return prototype.error().message;
}

std::string literal(const std::vector<ParameterLiteral>& literals, std::string_view name) {
  for (const ParameterLiteral& candidate : literals) {
    if (candidate.name == name) return candidate.jsonnet;
  }
  return "(none)";
}

}  // namespace

TEST_CASE("a header is read with continued lines, fields and defaults") {
  const Prototype prototype = web();
  CHECK(prototype.name == "io.ksonnet.pkg.web-app");
  CHECK(prototype.api_version == "0.1");
  CHECK(prototype.description == "First line\nsecond line");
  CHECK(prototype.short_description == "Short");
  REQUIRE(prototype.parameters.size() == 6);
  CHECK(prototype.find("image")->required);
  CHECK(prototype.find("image")->description == "The image");
  CHECK(prototype.find("replicas")->default_value == "2");
  CHECK(prototype.find("host")->default_value.empty());
  CHECK(prototype.find("host")->description == "Two spaces make an empty default");
  CHECK(prototype.find("env")->type == ParameterType::kObject);
  CHECK(prototype.body.starts_with("// Copyright line\n"));
}

TEST_CASE("a bad header names the line") {
  CHECK(error_of("// @name x\n// @nmae y\n") == "p.jsonnet:2: unknown directive '@nmae'");
  CHECK(error_of("// @param image str The image\n") == "p.jsonnet:1: unknown parameter type 'str'");
  CHECK(error_of("// @optionalParam a string b\n") ==
        "p.jsonnet:1: @optionalParam needs a name, a type, a default and a description");
  CHECK(error_of("// @param a string A\n// @param a string B\n") ==
        "p.jsonnet:2: parameter 'a' is declared twice");
  CHECK(error_of("{}") == "p.jsonnet: the prototype has no '// @name' line");
}

TEST_CASE("a prototype is found by its full name or the end of it") {
  std::vector<Prototype> prototypes(3);
  prototypes[0].name = "io.ksonnet.pkg.tf-job";
  prototypes[1].name = "io.ksonnet.pkg.tf-job-operator";
  prototypes[2].name = "io.ksonnet.pkg.simple-tf-job";
  CHECK(resolve_prototype(prototypes, "tf-job").value()->name == "io.ksonnet.pkg.tf-job");
  CHECK(resolve_prototype(prototypes, "operator").value()->name ==
        "io.ksonnet.pkg.tf-job-operator");
  CHECK(resolve_prototype(prototypes, "tf-jbo").error().hint == "did you mean 'tf-job'?");
  CHECK(resolve_prototype(prototypes, "job").error().message ==
        "prototype 'job' is ambiguous: io.ksonnet.pkg.tf-job, io.ksonnet.pkg.simple-tf-job");
  CHECK_FALSE(resolve_prototype(prototypes, "").ok());
}

TEST_CASE("parameters become jsonnet literals by their type") {
  const auto bound =
      bind_parameters(web(), "web", {{"image", "it's a \\ \"quote\"\n"}, {"port", "80"}});
  REQUIRE(bound.ok());
  CHECK(literal(bound.value(), "name") == "'web'");
  CHECK(literal(bound.value(), "image") == R"('it\'s a \\ "quote"\n')");
  CHECK(literal(bound.value(), "replicas") == "2");
  CHECK(literal(bound.value(), "host") == "''");
  CHECK(literal(bound.value(), "port") == "80");
  CHECK(literal(bound.value(), "env") == "{}");
  CHECK(literal(bind_parameters(web(), "web", {{"image", "i"}}).value(), "port") == "'http'");
}

TEST_CASE("wrong parameters are usage errors that help") {
  const auto unknown = bind_parameters(web(), "web", {{"imgae", "x"}});
  CHECK(unknown.error().message == "prototype 'io.ksonnet.pkg.web-app' has no parameter 'imgae'");
  CHECK(unknown.error().hint == "did you mean 'image'?");
  CHECK(bind_parameters(web(), "web", {{"image", ""}}).error().message ==
        "prototype 'io.ksonnet.pkg.web-app' needs the parameter image");
  CHECK(bind_parameters(web(), "web", {{"image", "x"}, {"replicas", "two"}}).error().message ==
        "parameter 'replicas' must be a number, not 'two'");
}

TEST_CASE("what would be no jsonnet is refused before it becomes a file") {
  CHECK(error_of("// @name x\n// @optionalParam a string \xEC b\n") ==
        "p.jsonnet:2: not valid UTF-8");
  CHECK(bind_parameters(web(), "web", {{"image", "\xff"}}).error().message ==
        "the value of parameter 'image' is not valid UTF-8");
  for (const char* const text : {".5", "1.", "01", "+1", "1e999", " 1", "inf"}) {
    CHECK_FALSE(bind_parameters(web(), "web", {{"image", "i"}, {"replicas", text}}).ok());
    CHECK(literal(bind_parameters(web(), "web", {{"image", "i"}, {"port", text}}).value(),
                  "port") == jsonnet_quote(text));
  }
}

TEST_CASE("expansion adds the locals and rewrites the two import schemes") {
  CHECK(expand_prototype(web(), "web-1") ==
        "local env = std.extVar(\"__ksonnet/environments\");\n"
        "local params = std.extVar(\"__ksonnet/params\").components[\"web-1\"];\n"
        "\n"
        "// Copyright line\n"
        "local x = params.image;\n"
        "[x, env.namespace, import 'param://a-b', import 'lib.libsonnet']\n");
  CHECK(expand_prototype(web(), "web").find(".components.web;") != std::string::npos);
}

TEST_CASE("field names that need quotes are told apart") {
  CHECK(is_jsonnet_identifier("web_1"));
  CHECK_FALSE(is_jsonnet_identifier("web-1"));
  CHECK_FALSE(is_jsonnet_identifier("1web"));
  CHECK_FALSE(is_jsonnet_identifier("local"));
  CHECK_FALSE(is_jsonnet_identifier("true"));
  CHECK_FALSE(is_jsonnet_identifier(""));
}
