#include "registry/builtin.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/files.h"

using namespace kfctl;

TEST_CASE("the built-in registry finds a package's file by what a component imports") {
  const std::optional<std::string_view> text =
      builtin_registry().find("kubeflow/webapp/webapp.libsonnet");
  REQUIRE(text.has_value());
  CHECK(text->find("import 'kfctl.libsonnet'") != std::string_view::npos);
  CHECK_FALSE(builtin_registry().find("kubeflow/webapp/none.libsonnet").has_value());
  CHECK_FALSE(builtin_registry().find("kubeflowwebapp/webapp.libsonnet").has_value());
  CHECK_FALSE(builtin_registry().find("other/webapp/webapp.libsonnet").has_value());
}

TEST_CASE(
    "every built-in prototype has a good header, a name of its own and described parameters") {
  const Result<std::vector<Prototype>> prototypes = builtin_registry().prototypes();
  REQUIRE_MESSAGE(prototypes.ok(), prototypes.error().to_text());
  CHECK(prototypes.value().size() >= 10);
  for (size_t i = 0; i < prototypes.value().size(); ++i) {
    const Prototype& prototype = prototypes.value()[i];
    INFO(prototype.path);
    CHECK(prototype.name.starts_with("io.ksonnet.pkg."));
    CHECK_FALSE(prototype.short_description.empty());
    CHECK(prototype.find("name") != nullptr);
    if (i > 0) CHECK(prototypes.value()[i - 1].name != prototype.name);
    for (const PrototypeParameter& parameter : prototype.parameters) {
      INFO(parameter.name);
      CHECK_FALSE(parameter.description.empty());
    }
  }
}

TEST_CASE("packages are sorted and described") {
  const Result<std::vector<Package>> packages = builtin_registry().packages();
  REQUIRE_MESSAGE(packages.ok(), packages.error().to_text());
  const auto webapp = std::find_if(packages.value().begin(), packages.value().end(),
                                   [](const Package& package) { return package.name == "webapp"; });
  REQUIRE(webapp != packages.value().end());
  CHECK(webapp->registry == "kubeflow");
  CHECK_FALSE(webapp->description.empty());
}

TEST_CASE("a parts.yaml of another kind, version or without a name is refused") {
  CHECK(parse_parts("kind: x\n", "p/parts.yaml", "r").error().message ==
        "p/parts.yaml: is not a package description");
  CHECK(parse_parts("kind: ksonnet.io/parts\napiVersion: 0.0.2\n", "p", "r").error().message ==
        "p: apiVersion '0.0.2' is not known; kfctl reads 0.0.1");
  CHECK(parse_parts("kind: ksonnet.io/parts\napiVersion: 0.0.1\n", "p", "r").error().message ==
        "p: the package has no name");
}

TEST_CASE("what is compiled in is byte for byte what lies in registry/packages") {
  DiskFiles files;
  const Result<std::vector<std::string>> paths = list_tree(files, KFCTL_PACKAGES);
  REQUIRE(paths.ok());
  CHECK(paths.value().size() > 30);
  for (const std::string& path : paths.value()) {
    INFO(path);
    const std::optional<std::string_view> text = builtin_registry().find("kubeflow/" + path);
    REQUIRE(text.has_value());
    CHECK(*text == files.read(join_path(KFCTL_PACKAGES, path)).value());
  }
}
