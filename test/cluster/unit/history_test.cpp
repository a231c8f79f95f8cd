#include "cluster/history.h"

#include <doctest/doctest.h>

#include "test/cluster/unit/fake_client.h"

using namespace kfctl;

namespace {

const std::string kSecrets = "/api/v1/namespaces/ml/secrets";

Json config_map(const std::string& value) {
  return Json::object({{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", Json::object({{"name", "a"}, {"namespace", "ml"}})},
                       {"data", Json::object({{"key", value}})}});
}

Json of_component(const std::string& name, const std::string& component) {
  Json out = config_map("1");
  out["metadata"]["name"] = name;
  out["metadata"]["labels"]["ksonnet.io/component"] = component;
  return out;
}

// A server that keeps Secrets by their names, and an apply of one config map.
struct Server : Setup {
  std::map<std::string, Json> secrets;
  int forbid = 0;  // answer this to a POST
  bool lose_answer = false;
  std::string value = "1";
  std::vector<Json> more;
  std::vector<std::string> told;
  std::string calls;  // "GET POST PATCH "

  Server() {
    handler = [this](const HttpRequest& request) { return answer(request); };
  }

  HttpAnswer answer(const HttpRequest& request) {
    calls += request.method + " ";
    const size_t at = request.url.find(kSecrets);
    REQUIRE(at != std::string::npos);
    std::string name = request.url.substr(at + kSecrets.size());
    name = name.substr(0, name.find('?'));
    if (request.method == "POST") return create(request);
    if (name.empty()) return list();
    name.erase(0, 1);
    if (!secrets.contains(name)) return status(404);
    if (request.method == "DELETE") return secrets.erase(name), status(200);
    if (request.method == "PATCH") patch(name, parse_json(request.body, "patch").value());
    return status(200, secrets[name].dump());
  }

  HttpAnswer create(const HttpRequest& request) {
    if (forbid != 0) return status(forbid);
    Json secret = parse_json(request.body, "secret").value();
    const std::string name(secret.string_at({"metadata", "name"}));
    if (secrets.contains(name)) return status(409);
    secret["metadata"]["uid"] = "uid-of-" + name;
    secrets[name] = secret;
    return lose_answer ? status(409) : status(201, secret.dump());
  }

  HttpAnswer list() const {
    Json items = Json::array();
    for (const auto& [name, secret] : secrets) {
      items.push_back(Json::object({{"metadata", *secret.find("metadata")}}));
    }
    return status(200, Json::object({{"items", items}}).dump());
  }

  void patch(const std::string& name, const Json& with) {
    for (const std::string_view key : {"labels", "annotations"}) {
      for (const auto& [field, to] : with.at({"metadata", key})->members()) {
        secrets[name]["metadata"][key][field] = to;
      }
    }
  }

  // What comes of an apply that did `action`, or failed.
  Result<ClusterReport> record(Action action, bool begins = true, ApplyOptions options = {}) {
    options.apply_set = "kfctl.shop.prod";
    options.history.record = true;
    const std::unique_ptr<KubeClient> kube = client();
    KindFinder kinds(*kube, files, "", [] { return int64_t{0}; });
    const std::string ns = "ml";
    const OnClusterEvent on_event = [this](const ClusterEvent& event) {
      told.push_back(event.message);
    };
    const Workplace place{*kube, kinds, ns, on_event};
    Situation now;
    now.discovery.add({"v1", "ConfigMap", "configmaps", true, {}});
    now.set = ApplySet{options.apply_set, ns, true, {}, "set-uid"};
    std::vector<Json> objects = more;
    objects.push_back(config_map(value));
    Recorder recorder(place, objects, options);
    if (begins) {
      const Status begun = recorder.begin(now);
      if (!begun.ok()) return begun.error();
    }
    ClusterReport report;
    ObjectResult one;
    one.action = action;
    if (action == Action::kFailed) one.error = internal_error("no");
    report.objects.push_back(one);
    Result<ClusterReport> out = report;
    recorder.finish(now, out);
    return out;
  }

  std::string names_of_last() {
    const std::unique_ptr<KubeClient> kube = client();
    const ApplySet set = {"kfctl.shop.prod", "ml", true, {}};
    const Result<std::vector<Revision>> all = fetch_revisions(*kube, set);
    REQUIRE(all.ok());
    const Result<std::vector<Json>> objects =
        fetch_revision_objects(*kube, set, all.value().back());
    REQUIRE(objects.ok());
    std::string out;
    for (const Json& one : objects.value()) out += object_id(one).name + " ";
    return out;
  }

  std::string states() {
    std::string out;
    const std::unique_ptr<KubeClient> kube = client();
    const Result<std::vector<Revision>> all =
        fetch_revisions(*kube, {"kfctl.shop.prod", "ml", true, {}});
    REQUIRE(all.ok());
    for (const Revision& one : all.value()) {
      out += std::to_string(one.number) + " " + std::string(revision_state_name(one.state)) + ", ";
    }
    return out;
  }
};

}  // namespace

TEST_CASE("an apply that changes something is a revision, one that does not is none") {
  Server server;
  CHECK(server.record(Action::kCreated).value().revision == 1);
  CHECK(server.calls == "GET POST PATCH ");
  CHECK(server.states() == "1 deployed, ");
  server.calls = "";
  CHECK(server.record(Action::kUnchanged, false).value().revision == 0);
  CHECK(server.calls == "GET ");
  server.value = "2";
  CHECK(server.record(Action::kConfigured).value().revision == 2);
  CHECK(server.states() == "1 deployed, 2 deployed, ");
}

TEST_CASE("what was changed back to the last revision is recorded afterwards") {
  Server server;
  REQUIRE(server.record(Action::kCreated).ok());
  CHECK(server.record(Action::kConfigured).value().revision == 2);
  CHECK(server.record(Action::kUnchanged).value().revision == 0);
}

TEST_CASE("a failed revision is completed by the apply that mends it") {
  Server server;
  REQUIRE(server.record(Action::kFailed).ok());
  CHECK(server.states() == "1 failed, ");
  REQUIRE(server.record(Action::kUnchanged, false).ok());
  CHECK(server.states() == "1 deployed, ");
}

TEST_CASE("a number that somebody else has taken meanwhile is left to them") {
  Server server;
  REQUIRE(server.record(Action::kCreated).ok());
  // A Secret of that name that the list does not show as a revision.
  Json other = server.secrets.begin()->second;
  other["metadata"]["labels"].erase("kfctl.io/revision");
  server.secrets["kfctl-history.shop.prod.r2"] = other;
  server.value = "2";
  CHECK(server.record(Action::kConfigured).value().revision == 3);
}

TEST_CASE("a head whose first answer was lost is ours all the same") {
  Server server;
  server.lose_answer = true;
  CHECK(server.record(Action::kCreated).value().revision == 1);
  CHECK(server.states() == "1 deployed, ");
}

TEST_CASE("whoever may not keep Secrets is told once, and nothing is in the way") {
  Server server;
  server.forbid = 403;
  CHECK(server.record(Action::kCreated).value().revision == 0);
  REQUIRE(server.told.size() == 1);
  CHECK(server.told[0].starts_with("this user may not keep Secrets in namespace ml: "));

  server.forbid = 422;  // anything else stops the apply before it begins
  CHECK_FALSE(server.record(Action::kCreated).ok());
}

TEST_CASE("only so many revisions are kept") {
  Server server;
  ApplyOptions options;
  options.history.keep = 2;
  for (const std::string value : {"1", "2", "3"}) {
    server.value = value;
    REQUIRE(server.record(Action::kConfigured, true, options).ok());
  }
  CHECK(server.states() == "2 deployed, 3 deployed, ");
}

TEST_CASE("an apply of some components is recorded with the rest, and without what it prunes") {
  Server server;
  server.more = {of_component("old", "web"), of_component("other", "db")};
  REQUIRE(server.record(Action::kCreated).ok());
  server.more = {of_component("new", "web")};
  ApplyOptions options;
  options.history.components = {"web"};
  REQUIRE(server.record(Action::kCreated, true, options).ok());
  CHECK(server.names_of_last() == "a new old other ");
  options.prune = true;
  REQUIRE(server.record(Action::kPruned, true, options).ok());
  CHECK(server.names_of_last() == "a new other ");
}
