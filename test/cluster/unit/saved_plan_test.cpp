#include "cluster/saved_plan.h"

#include <doctest/doctest.h>

#include "base/hash.h"

using namespace kfctl;

namespace {

Json config_map(const std::string& value) {
  return Json::object({{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", Json::object({{"name", "a"}})},
                       {"data", Json::object({{"key", value}})}});
}

Json secret(const std::string& value) {
  return Json::object({{"apiVersion", "v1"},
                       {"kind", "Secret"},
                       {"metadata", Json::object({{"name", "s"}})},
                       {"stringData", Json::object({{"password", value}})}});
}

ObjectBasis basis(const std::string& name, const std::string& uid, const std::string& digest) {
  return {{"v1", "ConfigMap", "ml", name}, uid, digest};
}

PlanBasis destination() {
  PlanBasis out;
  out.destination = "cluster https://k:6443, namespace ml";
  out.place = "cluster 1, namespace ml";
  out.salt = "salt";
  out.objects = {basis("a", "1", "x"), basis("new", "", "")};
  out.pruned = {basis("old", "2", "")};
  return out;
}

SavedPlan plan() {
  SavedPlan out;
  out.app = "shop";
  out.environment = "prod";
  out.made = "2026-11-24T12:00:00Z";
  out.version = "v1";
  out.components = {"web"};
  out.variables = {"--ext-str tag"};
  out.prune = true;
  out.max_prune = 3;
  out.recreate = {"Job/setup"};
  out.basis = destination();
  out.objects = {config_map("1"), without_secrets(secret("hunter2"), "salt")};
  ObjectResult created;
  created.id = {"v1", "ConfigMap", "ml", "new"};
  created.action = Action::kCreated;
  out.results = {created};
  return out;
}

std::string error_of(const std::string& text) {
  const Result<SavedPlan> parsed = parse_saved_plan(text, "prod.plan");
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().kind == ErrorKind::kProject);
  return parsed.error().message;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string movement(const PlanBasis& now) {
  const Status status = check_basis(destination(), now);
  return status.ok() ? "" : status.error().message;
}

}  // namespace

TEST_CASE("a plan comes back from its file as it was") {
  const std::string text = saved_plan_text(plan());
  const Result<SavedPlan> back = parse_saved_plan(text, "prod.plan");
  REQUIRE_MESSAGE(back.ok(), (back.ok() ? "" : back.error().to_text()));
  const SavedPlan& read = back.value();
  CHECK(read.app == "shop");
  CHECK(read.environment == "prod");
  CHECK(read.components == std::vector<std::string>{"web"});
  CHECK(read.prune);
  CHECK_FALSE(read.adopt);
  CHECK(read.max_prune == size_t{3});
  CHECK(read.recreate == std::vector<std::string>{"Job/setup"});
  CHECK(read.results[0].action == Action::kCreated);
  CHECK(read.objects == plan().objects);
  CHECK(check_basis(read.basis, destination()).ok());
  CHECK(saved_plan_text(read) == text);
}

TEST_CASE("a plan holds no value of a Secret") {
  CHECK(saved_plan_text(plan()).find("hunter2") == std::string::npos);
  const Json one = without_secrets(secret("hunter2"), "salt");
  CHECK(one == without_secrets(secret("hunter2"), "salt"));
  CHECK(one != without_secrets(secret("hunter3"), "salt"));
  CHECK(one != without_secrets(secret("hunter2"), "pepper"));
  CHECK(without_secrets(config_map("1"), "salt") == config_map("1"));
}

TEST_CASE("what is no plan, or no longer the plan that was made, is refused") {
  const std::string text = saved_plan_text(plan());
  CHECK(error_of(text.substr(0, text.size() / 2)).starts_with("prod.plan:"));
  CHECK(error_of("") != "");
  CHECK(error_of("{\"kind\": \"Pod\"}") == "prod.plan: is no plan of kfctl");
  CHECK(error_of("[]") == "prod.plan: is no plan of kfctl");
  CHECK(error_of(replaced(text, "\"prune\": true", "\"prune\": false")) ==
        "prod.plan: was changed or damaged after it was written");
  CHECK(error_of(replaced(text, "\"format\": 1", "\"format\": 2")) ==
        "prod.plan: was written by another version of kfctl (v1)");
}

TEST_CASE("what the app renders otherwise is named, with its fields") {
  const SavedPlan made = plan();
  CHECK(check_render(made, {config_map("1"), secret("hunter2")}).ok());

  const Status moved = check_render(made, {config_map("2"), secret("hunter3")});
  REQUIRE_FALSE(moved.ok());
  CHECK(moved.error().kind == ErrorKind::kProject);
  CHECK(moved.error().message ==
        "the app no longer renders what was planned:\n"
        "  ConfigMap/a is rendered otherwise: data.key\n"
        "  Secret/s is rendered otherwise: stringData.password");
  CHECK(moved.error().hint ==
        "nothing was changed; make a new plan with 'kfctl plan' (it was made with --ext-str tag)");

  Json other = config_map("1");
  other["metadata"]["name"] = "b";
  CHECK(check_render(made, {other, secret("hunter2")}).error().message ==
        "the app no longer renders what was planned:\n"
        "  ConfigMap/a is no longer rendered\n"
        "  ConfigMap/b is not in the plan");
}

TEST_CASE("whatever moved at the destination is named") {
  CHECK(movement(destination()).empty());
  PlanBasis now = destination();
  now.objects = {basis("a", "1", "y"), basis("new", "7", "z")};
  now.pruned = {basis("stale", "3", "")};
  CHECK(movement(now) ==
        "the destination is not as it was when the plan was made:\n"
        "  ConfigMap/a in namespace ml has been changed\n"
        "  ConfigMap/new in namespace ml has been created\n"
        "  ConfigMap/old in namespace ml is not there to be pruned any more\n"
        "  ConfigMap/stale in namespace ml would be pruned too");
  now = destination();
  now.objects[0] = basis("a", "9", "x");
  CHECK(movement(now).ends_with("ConfigMap/a in namespace ml has been deleted and created anew"));
  now.objects[0] = basis("a", "", "");
  CHECK(movement(now).ends_with("ConfigMap/a in namespace ml has been deleted"));
  now.place = "cluster 2, namespace ml";
  CHECK(movement(now) ==
        "the plan was made for another destination: cluster https://k:6443, namespace ml");
}

TEST_CASE("a salted digest is that of the salt and the text") {
  CHECK(salted_digest("ab", "c") == sha256_hex("abc"));
}
