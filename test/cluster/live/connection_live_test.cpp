#include <sys/stat.h>

#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

TEST_CASE_FIXTURE(LiveTest, "the server says which version it is") {
  const Result<ServerVersion> version = open()->version();
  REQUIRE(version.ok());
  CHECK(version.value().git_version.starts_with("v1.34"));
}

TEST_CASE_FIXTURE(LiveTest, "a token is as good as a certificate") {
  options.destination.context = "kfctl-test-admin-token";
  CHECK(apply({config_map("a", "1")}).count(Action::kCreated) == 1);
}

TEST_CASE_FIXTURE(LiveTest, "a certificate of another authority is not trusted") {
  options.around.variables["KUBECONFIG"] = variable("KFCTL_TEST_KUBECONFIG_WRONG_CA");
  options.destination.context = "";
  const Result<ServerVersion> version = open()->version();
  REQUIRE_FALSE(version.ok());
  CHECK(version.error().kind == ErrorKind::kNetwork);
  CHECK(version.error().message.find("the certificate of the server is not trusted") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(LiveTest, "insecure and another server name are honoured only when asked for") {
  options.around.variables["KUBECONFIG"] = variable("KFCTL_TEST_KUBECONFIG_WRONG_CA");
  options.destination.context = "";
  options.flags.insecure = true;
  CHECK(open()->version().ok());

  options.around.variables["KUBECONFIG"] = variable("KUBECONFIG");
  options.flags.insecure = false;
  options.flags.tls_server_name = "kubernetes.default.svc";
  CHECK(open()->version().ok());
  options.flags.tls_server_name = "wrong.example.org";
  const Result<ServerVersion> wrong = open()->version();
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message.find("certificate") != std::string::npos);
}

TEST_CASE_FIXTURE(LiveTest, "nobody there is told apart from nobody wanted") {
  options.destination = {};
  options.flags.server = "https://127.0.0.1:1";
  const Result<ServerVersion> refused = open()->version();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.starts_with(
      "https://127.0.0.1:1: connection refused: nothing listens there ("));
  CHECK(refused.error().kind == ErrorKind::kNetwork);

  options.flags.server = variable("KFCTL_TEST_SERVER");
  options.flags.token = "not-a-token";
  options.flags.context = "kfctl-test-admin-token";
  const Result<ClusterReport> stranger = open()->apply({config_map("a", "1")}, {}, {});
  REQUIRE_FALSE(stranger.ok());
  CHECK(stranger.error().kind == ErrorKind::kCluster);
  CHECK(stranger.error().message.find("unauthorised") != std::string::npos);
  CHECK(stranger.error().to_text().find("not-a-token") == std::string::npos);
}

TEST_CASE_FIXTURE(LiveTest, "a user without the right learns which right") {
  options.around.variables["KUBECONFIG"] = variable("KFCTL_TEST_KUBECONFIG_LIMITED");
  options.destination.context = "";
  options.destination.namespace_ = "default";
  const ClusterReport report = apply({config_map("forbidden", "1")});
  REQUIRE(report.failure());
  CHECK(report.failure()->message.find("forbidden: configmaps \"forbidden\" is forbidden: User "
                                       "\"kfctl-limited\" cannot patch") != std::string::npos);
}

TEST_CASE_FIXTURE(LiveTest,
                  "a user who may not keep the apply set applies all the same, but cannot prune") {
  options.flags.as = "narrow-" + ns;
  kubectl({"create", "namespace", ns});
  kubectl({"create", "role", "maps", "--verb=get,list,create,patch", "--resource=configmaps", "-n",
           ns});
  kubectl({"create", "rolebinding", "maps", "--role=maps", "--user=narrow-" + ns, "-n", ns});
  ApplyOptions how;
  how.apply_set = "kfctl.narrow.test";
  const ClusterReport report = apply({config_map("web", "1")}, how);
  CHECK_FALSE(report.failure());
  CHECK(report.count(Action::kCreated) == 1);
  how.prune = true;
  const Result<ClusterReport> pruned = open()->apply({config_map("web", "1")}, how, on_event());
  REQUIRE_FALSE(pruned.ok());
  CHECK(pruned.error().message.find("get the apply set Secret/kfctl.narrow.test: forbidden") == 0);
}

TEST_CASE_FIXTURE(LiveTest, "impersonation is sent along") {
  options.flags.as = "somebody";
  options.destination.namespace_ = "default";
  const ClusterReport report = apply({config_map("x", "1")});
  REQUIRE(report.failure());
  CHECK(report.failure()->message.find("User \"somebody\"") != std::string::npos);
}

TEST_CASE_FIXTURE(LiveTest, "an exec plugin gives the token, and a new one after a 401") {
  use_proxy();
  Json config =
      parse_yaml(files.read(variable("KFCTL_TEST_PROXY_KUBECONFIG")).value(), "kc").value();
  std::string token;
  for (const Json& entry : config["users"].items()) {
    if (!entry.string_at({"user", "token"}).empty() && token.empty() &&
        entry.string_at({"name"}).find("admin") != std::string::npos) {
      token = entry.string_at({"user", "token"});
    }
  }
  REQUIRE_FALSE(token.empty());
  char directory[] = "/tmp/kfctl-live-XXXXXX";
  REQUIRE(mkdtemp(directory) != nullptr);
  const std::string base = directory;
  // The first call hands out a token that the proxy declares expired, the next ones the true one.
  const std::string answer = R"({"apiVersion":"client.authentication.k8s.io/v1",)"
                             R"("kind":"ExecCredential","status":{"token":"%s"}})";
  const std::string script = "#!/bin/sh\necho x >> " + base + "/calls\n" + "token=" + token + "\n" +
                             "[ \"$(wc -l < " + base + "/calls)\" != 1 ] || token=stale\n" +
                             "printf '" + answer + "' $token\n";
  DiskFiles disk;
  REQUIRE(disk.write(base + "/plugin", script).ok());
  REQUIRE(chmod((base + "/plugin").c_str(), 0755) == 0);
  Json user = Json::object(
      {{"name", "exec"},
       {"user",
        Json::object({{"exec", Json::object({{"apiVersion", "client.authentication.k8s.io/v1"},
                                             {"command", "./plugin"},
                                             {"interactiveMode", "Never"}})}})}});
  config["users"].push_back(user);
  for (Json& entry : config["contexts"].items()) entry["context"]["user"] = "exec";
  REQUIRE(disk.write(base + "/config", to_yaml(config)).ok());
  options.around.variables["KUBECONFIG"] = base + "/config";
  rule(R"({"authorization":"^Bearer stale$","status":401})");

  CHECK(apply({config_map("a", "1"), config_map("b", "1")}).count(Action::kCreated) == 2);
  CHECK(split_lines(disk.read(base + "/calls").value()).size() == 2);
  CHECK(remove_tree(disk, base).ok());
}

TEST_CASE_FIXTURE(LiveTest, "faults on the way are survived and change nothing in the end") {
  use_proxy();
  std::vector<Json> maps;
  for (int i = 0; i < 20; ++i) maps.push_back(config_map("m" + std::to_string(i), "1"));
  for (const char* fault :
       {R"({"method":"PATCH","times":5,"status":429,"retry_after":1})",
        R"({"method":"PATCH","times":5,"status":500})",
        R"({"method":"PATCH","times":3,"reset_after":0})",
        R"({"method":"PATCH","times":3,"reset_after":20,"reset_stream":true})",
        R"({"method":"PATCH","times":3,"drop":true})",
        R"({"method":"GET","times":1,"goaway":true})",
        R"({"method":"PATCH","times":2,"goaway":true})",
        R"({"method":"GET","path":"/configmaps","times":1,"reset_after":100})"}) {
    CAPTURE(fault);
    control("/reset", "POST");
    rule(fault);
    told.clear();
    for (Json& map : maps) map["data"]["key"] = fault;
    const ClusterReport report = apply(maps);
    CHECK_FALSE(report.failure());
    CHECK(report.count(Action::kFailed) == 0);
    CHECK(apply(maps).count(Action::kUnchanged) == 20);
  }
  CHECK(kubectl({"get", "configmap", "m19", "-o", "jsonpath={.data.key}"}).find("/configmaps") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(LiveTest, "an apply of many objects uses one connection and one write for each") {
  use_proxy();
  apply({config_map("first", "1")});
  control("/reset", "POST");
  std::vector<Json> maps;
  for (int i = 0; i < 100; ++i) maps.push_back(config_map("m" + std::to_string(i), "1"));
  CHECK(apply(maps).count(Action::kCreated) == 100);
  CHECK(count("PATCH", ".") == "100");
  // A server that is busy makes requests be sent again.
  const bool counted = !was_told("retry");
  if (counted) CHECK(count("GET", ".") == "2");  // a list, the namespace; the kinds are known
  const Json status = parse_json(control("/status"), "status").value();
  CHECK(status.find("connections")->as_int() == 1);

  // Again: the list shows that nothing is to be written.
  control("/reset", "POST");
  CHECK(apply(maps).count(Action::kUnchanged) == 100);
  CHECK(diff(maps).empty());
  CHECK(count("PATCH", ".") == "0");
  if (counted && !was_told("retry")) CHECK(count("GET", ".") == "4");
}
