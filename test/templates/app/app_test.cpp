#include "templates/app/app.h"

#include "test/templates/app/scratch_app.h"

using namespace kfctl;

namespace {

std::string names(const std::vector<Component>& components) {
  std::string out;
  for (const Component& component : components) out += component.full_name + " ";
  return out;
}

constexpr std::string_view kOldApp = R"(# our app
apiVersion: 0.1.0
environments:
  dev:
    destination:
      namespace: me
      server: https://1.2.3.4
    k8sVersion: v1.8.0
    path: dev
    targets:
    - /
    - a/b
kind: ksonnet.io/app
libraries:
  argo:
    gitVersion:
      commitSha: abc
      refSpec: master
    name: argo
    registry: kubeflow
name: old
registries:
  kubeflow:
    gitVersion:
      commitSha: abc
      refSpec: master
    protocol: github
    uri: github.com/kubeflow/kubeflow
version: 0.0.1
x-ours: kept
)";

}  // namespace

TEST_CASE_FIXTURE(ScratchApp, "init writes what ks writes, with a directory as destination") {
  init();
  CHECK(tree() ==
        ".gitignore\napp.yaml\ncomponents/params.libsonnet\nenvironments/base.libsonnet\n"
        "environments/default/globals.libsonnet\nenvironments/default/main.jsonnet\n"
        "environments/default/params.libsonnet\n");
  CHECK(read("app.yaml") ==
        "apiVersion: 0.3.0\nenvironments:\n  default:\n    destination:\n"
        "      directory: manifests/default\n      namespace: default\n    k8sVersion: v1.34.0\n"
        "    path: default\nkind: ksonnet.io/app\nname: demo\nversion: 0.0.1\n");
  CHECK(read("environments/default/globals.libsonnet") == "{\n}\n");
}

TEST_CASE_FIXTURE(ScratchApp, "init refuses a folder that has an app, and changes nothing there") {
  init();
  const std::string before = tree();
  InitOptions options;
  options.root = root;
  options.name = "again";
  const Status status = init_app(files, options);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().kind == ErrorKind::kUsage);
  CHECK(tree() == before);
  options.root = root + "/bad";
  options.name = "../x";
  CHECK(init_app(files, options).error().message == "an app's name cannot be '../x'");
  CHECK(files.kind(root + "/bad") == PathKind::kMissing);
}

TEST_CASE_FIXTURE(ScratchApp, "an app is found from a folder below its root") {
  init();
  REQUIRE(files.make_directory(root + "/components/deep/er").ok());
  CHECK(App::open(files, root + "/components/deep/er").value().root() == root);
  const Error error = App::open(files, parent_path(root)).error();
  CHECK(error.kind == ErrorKind::kUsage);
  CHECK(error.message.find("there is no app.yaml") != std::string::npos);
}

TEST_CASE_FIXTURE(ScratchApp, "environments are added, changed, renamed and removed") {
  init();
  App app = open();
  Environment environment;
  environment.name = "us/west";
  environment.destination = {"https://1.2.3.4", "", "prod", ""};
  REQUIRE(add_environment(app, environment).ok());
  CHECK(files.is_file(root + "/environments/us/west/main.jsonnet"));
  REQUIRE(set_current_environment(app, "us/west").ok());
  const std::string context = "kind", name = "eu";
  EnvironmentChange change;
  change.context = &context;
  change.name = &name;
  REQUIRE(set_environment(app, "us/west", change).ok());
  const Environment renamed = open().environment("eu").value();
  CHECK(renamed.destination == Destination{"", "kind", "prod", ""});
  CHECK(current_environment(app).value() == "eu");
  CHECK_FALSE(files.is_directory(root + "/environments/us"));
  REQUIRE(remove_environment(app, "eu").ok());
  CHECK_FALSE(files.is_directory(root + "/environments/eu"));
  CHECK(current_environment(app).value().empty());
  CHECK(read("app.yaml").find("eu") == std::string::npos);
}

TEST_CASE_FIXTURE(ScratchApp, "environment errors are usage errors that name the near word") {
  init();
  App app = open();
  CHECK(app.environment("defalt").error().hint == "did you mean 'default'?");
  Environment twin;
  twin.name = "default";
  CHECK(add_environment(app, twin).error().message == "environment 'default' already exists");
  for (const std::string name : {"", "a//b", "../x", "/a", "a b", "a/..", "-x"}) {
    Environment bad;
    bad.name = name;
    CHECK_MESSAGE(add_environment(app, bad).error().kind == ErrorKind::kUsage, name);
  }
  CHECK(set_targets(app, "default", {"dbb"}).error().message == "unknown module 'dbb'");
}

TEST_CASE_FIXTURE(ScratchApp, "removing an environment keeps those that lie in its folder") {
  init();
  App app = open();
  for (const std::string name : {"us", "us/west"}) {
    Environment environment;
    environment.name = name;
    REQUIRE(add_environment(app, environment).ok());
  }
  REQUIRE(remove_environment(app, "us").ok());
  CHECK(files.is_file(root + "/environments/us/west/main.jsonnet"));
  CHECK_FALSE(files.is_file(root + "/environments/us/main.jsonnet"));
}

TEST_CASE_FIXTURE(ScratchApp, "an override shadows an environment without touching app.yaml") {
  init();
  App app = open();
  const std::string before = read("app.yaml");
  const std::string server = "https://me";
  EnvironmentChange change;
  change.server = &server;
  REQUIRE(set_environment(app, "default", change, true).ok());
  CHECK(read("app.yaml") == before);
  CHECK(open().environment("default").value().destination.server == "https://me");
  CHECK(open().environment("default").value().overridden);
  REQUIRE(remove_environment(app, "default", true).ok());
  CHECK_FALSE(files.is_file(root + "/app.override.yaml"));
  CHECK(open().environment("default").value().destination.directory == "manifests/default");
}

TEST_CASE("an app of schema 0.1.0 is migrated and keeps what we do not know") {
  AppConfig config = AppConfig::parse(kOldApp, "app.yaml", "", "app.override.yaml").value();
  const Environment* dev = config.find_environment("dev");
  REQUIRE(dev != nullptr);
  CHECK(dev->targets == std::vector<std::string>{"/", "a.b"});
  REQUIRE(config.libraries().size() == 1);
  CHECK(config.libraries()[0].version == "abc");
  const std::string text = config.text();
  CHECK(text.starts_with("# our app\napiVersion: 0.3.0\n"));
  CHECK(text.find("  kubeflow/argo:\n    name: argo\n    registry: kubeflow\n    version: abc\n") !=
        std::string::npos);
  CHECK(text.find("gitVersion") == std::string::npos);
  CHECK(text.find("x-ours: kept") != std::string::npos);
}

TEST_CASE("a wrong app.yaml is told with its place") {
  const auto error = [](std::string_view text) {
    return AppConfig::parse(text, "app.yaml", "", "").error().message;
  };
  CHECK(error("kind: ksonnet.io/app\napiVersion: 9.9.9\n") ==
        "app.yaml:2:1: apiVersion '9.9.9' is not one that kfctl reads");
  CHECK(error("apiVersion: 0.3.0\nkind: Pod\n") ==
        "app.yaml:2:1: kind must be ksonnet.io/app, not 'Pod'");
  CHECK(error("apiVersion: 0.3.0\nkind: ksonnet.io/app\nenvironments:\n  dev:\n    targets: x\n") ==
        "app.yaml:5:5: targets must be a list of strings, not a string");
  CHECK(error("- a\n") == "app.yaml:1:1: expected a mapping with apiVersion and kind");
  CHECK(error("a: [\n").starts_with("app.yaml:"));
}

TEST_CASE_FIXTURE(ScratchApp, "modules and components are what lies below components") {
  init();
  App app = open();
  REQUIRE(create_module(app, "a.b").ok());
  CHECK(create_module(app, "a.b").error().message == "module 'a.b' already exists");
  CHECK_FALSE(create_module(app, "a..b").ok());
  write("components/web.jsonnet", "{}");
  write("components/cfg.yml", "");
  write("components/a/b/x.json", "{}");
  write("components/no-module/y.jsonnet", "{}");
  std::string modules;
  const Result<std::vector<Module>> listed = list_modules(app);
  for (const Module& module : listed.value()) modules += module.name + " ";
  CHECK(modules == "/ a a.b ");
  CHECK(names(list_components(app).value()) == "cfg web a.b.x ");
  CHECK(find_component(app, "webb").error().hint == "did you mean 'web'?");
  write("components/web.yaml", "");
  CHECK(list_components(app).error().kind == ErrorKind::kProject);
}

TEST_CASE_FIXTURE(ScratchApp, "what cannot be written leaves nothing behind") {
  init();
  App app = open();
  write("environments/blocked", "a file where a folder is needed");
  const std::string before = tree(), config = read("app.yaml");
  Environment environment;
  environment.name = "blocked/x";
  CHECK_FALSE(add_environment(app, environment).ok());
  CHECK(tree() == before);
  CHECK(read("app.yaml") == config);
}
