#include "templates/manifest/manifest_tree.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/yaml.h"
#include "test/base/scratch_folder.h"

using namespace kfctl;

namespace {

Json object(std::string_view yaml) {
  Result<Json> value = parse_yaml(yaml, "test.yaml");
  REQUIRE(value.ok());
  return std::move(value).value();
}

Json config_map(const std::string& name, const std::string& value = "1") {
  return object("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '" + name +
                "', namespace: prod}\ndata: {a: '" + value + "'}\n");
}

constexpr ManifestChange::Kind kCreate = ManifestChange::Kind::kCreate;
constexpr ManifestChange::Kind kUpdate = ManifestChange::Kind::kUpdate;
constexpr ManifestChange::Kind kRemove = ManifestChange::Kind::kRemove;
constexpr ManifestChange::Kind kUnchanged = ManifestChange::Kind::kUnchanged;

struct Tree : ScratchFolder {
  DiskFiles files;
  std::string root = at("tree");
  TreeOwner owner{"shop", "default"};

  TreePlan plan(const std::vector<ComponentObject>& objects,
                const std::vector<std::string>& components = {}) {
    Result<TreePlan> result = plan_tree(files, root, owner, objects, components);
    REQUIRE_MESSAGE(result.ok(), result.error().to_text());
    return std::move(result).value();
  }
  void apply(const std::vector<ComponentObject>& objects) {
    REQUIRE(commit_tree(files, plan(objects), true).ok());
  }
  std::vector<std::string> all() { return list_tree(files, root).value(); }
};

}  // namespace

TEST_CASE("a path names namespace, kind and name, and the group only where it is not built in") {
  CHECK(manifest_path(config_map("web")) == "prod/configmap-web.yaml");
  CHECK(manifest_path(object("{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, "
                             "metadata: {name: 'system:a/../b'}}")) ==
        "_cluster/clusterrole-system%3Aa%2F..%2Fb.yaml");
  CHECK(manifest_path(object("{apiVersion: kubeflow.org/v1, kind: TFJob, metadata: {name: t, "
                             "namespace: ml}}")) == "ml/tfjob.kubeflow.org-t.yaml");
  CHECK(manifest_path(object("{apiVersion: batch/v1, kind: Job, metadata: {generateName: run-, "
                             "namespace: ../..}}")) == "..%2F../job-run-.yaml");
}

TEST_CASE("a name too long for a file is cut and stays distinct") {
  const std::string a = manifest_path(config_map(std::string(250, 'x') + "a"));
  const std::string b = manifest_path(config_map(std::string(250, 'x') + "b"));
  CHECK(a != b);
  CHECK(base_name(a).size() <= 205);
}

TEST_CASE_FIXTURE(Tree, "a second plan of the same objects is empty and a changed one shows both") {
  apply({{"web", config_map("web")}});
  CHECK(files.read(root + "/prod/configmap-web.yaml").value() ==
        "# kfctl {\"app\":\"shop\",\"component\":\"web\",\"environment\":\"default\"}\n"
        "apiVersion: v1\ndata:\n  a: \"1\"\nkind: ConfigMap\nmetadata:\n  name: web\n"
        "  namespace: prod\n");
  CHECK(plan({{"web", config_map("web")}}).empty());
  const TreePlan changed = plan({{"web", config_map("web", "2")}});
  REQUIRE(changed.changes.size() == 1);
  CHECK(changed.changes[0].kind == kUpdate);
  CHECK(changed.changes[0].before.string_at({"data", "a"}) == "1");
  CHECK(changed.changes[0].after.string_at({"data", "a"}) == "2");
}

TEST_CASE_FIXTURE(Tree, "what no object has any more is removed, with the folders left empty") {
  apply({{"web", config_map("web")}, {"db", config_map("db")}});
  const TreePlan next = plan({{"web", config_map("web")}});
  REQUIRE(next.changes.size() == 2);
  CHECK(next.changes[0].path == "prod/configmap-db.yaml");
  CHECK(next.changes[0].kind == kRemove);
  CHECK(next.changes[0].id.text() == "ConfigMap/db");
  REQUIRE(commit_tree(files, next, false).ok());
  CHECK(all().size() == 2);  // without prune it stays
  apply({{"web", config_map("web")}});
  CHECK(all() == std::vector<std::string>{"prod/configmap-web.yaml"});
  apply({});
  CHECK_FALSE(files.is_directory(root));
}

TEST_CASE_FIXTURE(Tree, "with components chosen, files of others are left alone") {
  apply({{"web", config_map("web")}, {"db", config_map("db")}});
  const TreePlan scoped = plan({}, {"db"});
  REQUIRE(scoped.changes.size() == 1);
  CHECK(scoped.changes[0].component == "db");
}

TEST_CASE_FIXTURE(Tree,
                  "files of people and of other environments are neither changed nor removed") {
  REQUIRE(files.write(root + "/prod/notes.yaml", "mine: true\n").ok());
  REQUIRE(files.write(root + "/prod/configmap-web.yaml", "mine: true\n").ok());
  const auto blocked = plan_tree(files, root, owner, {{"web", config_map("web")}});
  REQUIRE_FALSE(blocked.ok());
  CHECK(blocked.error().kind == ErrorKind::kProject);
  CHECK(blocked.error().message ==
        root + "/prod/configmap-web.yaml: exists and was not written by kfctl");
  REQUIRE(files.remove(root + "/prod/configmap-web.yaml").ok());
  apply({{"web", config_map("web")}});
  owner.environment = "other";
  CHECK(plan({}).changes.empty());
  CHECK(plan_tree(files, root, owner, {{"web", config_map("web")}}).error().message ==
        root + "/prod/configmap-web.yaml: belongs to environment 'default' of app 'shop'");
  owner.environment = "default";
  apply({});
  CHECK(all() == std::vector<std::string>{"prod/notes.yaml"});
}

TEST_CASE_FIXTURE(Tree, "two objects in one file are an error that names both") {
  const auto twice =
      plan_tree(files, root, owner, {{"a", config_map("web")}, {"b", config_map("web")}});
  REQUIRE_FALSE(twice.ok());
  CHECK(twice.error().message.find("component 'a'") != std::string::npos);
  CHECK(twice.error().message.find("component 'b'") != std::string::npos);
}

TEST_CASE_FIXTURE(Tree, "a symbolic link does not lead out of the tree") {
  REQUIRE(files.make_directory(root).ok());
  REQUIRE(files.make_directory(at("outside")).ok());
  REQUIRE(::symlink("../outside", (root + "/prod").c_str()) == 0);
  const auto linked = plan_tree(files, root, owner, {{"web", config_map("web")}});
  REQUIRE_FALSE(linked.ok());
  CHECK(linked.error().message == root + "/prod/configmap-web.yaml: a symbolic link is in the way");
}

TEST_CASE_FIXTURE(Tree, "a manifest that someone broke is written anew") {
  apply({{"web", config_map("web")}});
  const std::string written = root + "/prod/configmap-web.yaml";
  REQUIRE(files.write(written, files.read(written).value() + "{{{\n").ok());
  const TreePlan next = plan({{"web", config_map("web")}});
  CHECK(next.changes[0].kind == kUpdate);
  CHECK(next.changes[0].before.is_null());
  REQUIRE(commit_tree(files, next, false).ok());
  CHECK(plan({{"web", config_map("web")}}).changes[0].kind == kUnchanged);
  CHECK(plan({{"web", config_map("new")}}).changes[0].kind == kCreate);
}
