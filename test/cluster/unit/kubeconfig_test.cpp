#include "cluster/kubeconfig.h"

#include <doctest/doctest.h>

#include "test/cluster/unit/fake_files.h"

using namespace kfctl;

namespace {

const char* const kConfig = R"(
apiVersion: v1
kind: Config
current-context: dev
clusters:
- name: dev
  cluster: {server: "https://dev:6443", certificate-authority: ca.pem}
- name: prod
  cluster: {server: "https://prod:6443/", certificate-authority-data: Y2E=, tls-server-name: real}
users:
- name: dev
  user: {client-certificate: /abs/dev.crt, client-key: keys/dev.key}
- name: prod
  user: {token: secret, as: admin, as-groups: [g1, g2]}
contexts:
- name: dev
  context: {cluster: dev, user: dev, namespace: team}
- name: prod
  context: {cluster: prod, user: prod}
)";

struct Setup {
  FakeFiles files;
  Surroundings around;
  ClusterDestination destination;
  ConnectionFlags flags;

  Setup() {
    around.home = "/home/me";
    files.files["/home/me/.kube/config"] = kConfig;
  }
  Result<Kubeconfig> load() { return load_kubeconfig(files, around, flags.kubeconfig); }
  Result<Connection> choose() {
    KF_TRY(const Kubeconfig config, load());
    return choose_connection(config, files, around, destination, flags, "test");
  }
  Connection chosen() {
    Result<Connection> result = choose();
    REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message));
    return std::move(result).value();
  }
  Error refused() {
    const Result<Connection> result = choose();
    REQUIRE_FALSE(result.ok());
    return result.error();
  }
};

// A config of one cluster and user, to be spoilt by `cluster` and `user`.
std::string one(const std::string& cluster, const std::string& user) {
  return "{current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}], "
         "clusters: [{name: k, cluster: " +
         cluster + "}], users: [{name: u, user: " + user + "}]}";
}

std::string error_of(const std::string& cluster, const std::string& user) {
  Setup setup;
  setup.files.files["/home/me/.kube/config"] = one(cluster, user);
  return setup.refused().message;
}

constexpr const char* kServer = "{server: 'https://k'}";

}  // namespace

TEST_CASE("the current context is taken, with paths relative to the file") {
  Setup setup;
  const Connection connection = setup.chosen();
  CHECK(connection.context == "dev");
  CHECK(connection.namespace_ == "team");
  CHECK(connection.cluster.server == "https://dev:6443");
  CHECK(connection.cluster.ca_file == "/home/me/.kube/ca.pem");
  CHECK(connection.user.client_cert_file == "/abs/dev.crt");
  CHECK(connection.user.client_key_file == "/home/me/.kube/keys/dev.key");
}

TEST_CASE("KUBECONFIG lists files: the first to define an entry wins it whole") {
  Setup setup;
  setup.files.files["/a"] =
      "{clusters: [{name: dev, cluster: {server: 'https://other'}}], current-context: ''}";
  setup.files.files["/b"] = kConfig;
  setup.around.variables["KUBECONFIG"] = "/missing:/a::/b:/a";
  const Kubeconfig config = setup.load().value();
  CHECK(config.files == std::vector<std::string>{"/a", "/b"});
  CHECK(config.current_context == "dev");
  CHECK(config.clusters.at("dev").server == "https://other");
  CHECK(config.clusters.at("dev").ca_file.empty());
}

TEST_CASE("--kubeconfig is the only file, and must be there") {
  Setup setup;
  setup.flags.kubeconfig = "/missing";
  CHECK(setup.refused().kind == ErrorKind::kDisk);
}

TEST_CASE("a malformed kubeconfig names the place") {
  Setup setup;
  setup.files.files["/home/me/.kube/config"] = "clusters:\n- name: a\n  cluster: {server: 12}\n";
  CHECK(setup.refused().message == "/home/me/.kube/config:3:13: server must be a string");
  setup.files.files["/home/me/.kube/config"] =
      "clusters:\n- name: a\n  cluster: {certificate-authority-data: '%'}\n";
  CHECK(setup.refused().message ==
        "/home/me/.kube/config:3:13: certificate-authority-data is not base64");
  setup.files.files["/home/me/.kube/config"] = "users: {}\n";
  CHECK(setup.refused().message == "/home/me/.kube/config:1:1: users must be a list");
}

TEST_CASE("an environment's context is used, and no other") {
  Setup setup;
  setup.destination.context = "prod";
  CHECK(setup.chosen().cluster.server == "https://prod:6443/");
  CHECK(setup.chosen().cluster.ca_data == "ca");
  CHECK(setup.chosen().namespace_ == "default");
  setup.flags.context = "dev";
  CHECK(setup.refused().message == "environment 'test' belongs to context 'prod', not to 'dev'");
  CHECK(setup.refused().kind == ErrorKind::kUsage);
}

TEST_CASE("an environment's server finds its context") {
  Setup setup;
  setup.destination.server = "https://PROD:6443";
  CHECK(setup.chosen().context == "prod");
  setup.destination.server = "https://gone:6443";
  CHECK(setup.refused().message ==
        "environment 'test' belongs to https://gone:6443, which no context of the kubeconfig leads "
        "to");
  setup.destination.server = "https://dev:6443";
  setup.flags.context = "prod";
  CHECK(setup.refused().message ==
        "environment 'test' belongs to https://dev:6443, not to https://prod:6443/ (context "
        "'prod')");
  setup.flags.context = "";
  setup.flags.server = "https://prod:6443";
  CHECK(setup.refused().message ==
        "environment 'test' belongs to https://dev:6443, not to https://prod:6443");
}

TEST_CASE("when several contexts lead to the server, one must be named") {
  Setup setup;
  setup.files.files["/home/me/.kube/config"] =
      "{clusters: [{name: k, cluster: {server: 'https://k'}}], contexts: [{name: a, context: "
      "{cluster: k}}, {name: b, context: {cluster: k}}]}";
  setup.destination.server = "https://k";
  CHECK(setup.refused().message.find("several contexts lead to: a, b") != std::string::npos);
  setup.flags.context = "b";
  CHECK(setup.chosen().context == "b");
}

TEST_CASE("a misspelt context gets its near word") {
  Setup setup;
  setup.destination.context = "prd";
  CHECK(setup.refused().message == "the kubeconfig has no context 'prd'");
  CHECK(setup.refused().hint == "did you mean 'prod'?");
}

TEST_CASE("no cluster at all says where was looked") {
  Setup setup;
  setup.files.files.clear();
  CHECK(setup.refused().kind == ErrorKind::kUsage);
  CHECK(setup.refused().hint.find("/home/me/.kube/config") != std::string::npos);
}

TEST_CASE("the namespace is that of the flag, the environment, the context, in this order") {
  Setup setup;
  CHECK(setup.chosen().namespace_ == "team");
  setup.destination.namespace_ = "env";
  CHECK(setup.chosen().namespace_ == "env");
  setup.flags.namespace_ = "flag";
  CHECK(setup.chosen().namespace_ == "flag");
}

TEST_CASE("flags win over the kubeconfig") {
  Setup setup;
  setup.destination.context = "prod";
  setup.flags.token = "other";
  setup.flags.insecure = true;
  CHECK(setup.chosen().user.token == "other");
  CHECK(setup.chosen().cluster.insecure);
  CHECK(setup.chosen().cluster.ca_data.empty());
  setup.flags.server = "https://else";
  CHECK(setup.chosen().cluster.server == "https://else");
  CHECK(setup.chosen().cluster.tls_server_name.empty());
}

TEST_CASE("contradictions are errors, not guesses") {
  CHECK(error_of("{}", "{}") == "the cluster has no server");
  CHECK(error_of("{server: nowhere}", "{}") ==
        "the cluster's server 'nowhere' is not an http or https address");
  CHECK(error_of("{server: 'https://k', certificate-authority: a, "
                 "certificate-authority-data: YQ==}",
                 "{}") ==
        "the cluster has both certificate-authority and certificate-authority-data");
  CHECK(error_of("{server: 'https://k', certificate-authority: a, insecure-skip-tls-verify: true}",
                 "{}") == "the cluster has a certificate authority and insecure-skip-tls-verify");
  CHECK(error_of(kServer, "{client-certificate: a}") ==
        "the user has a client certificate without its key");
  CHECK(error_of(kServer, "{client-key: a}") ==
        "the user has a client key without its certificate");
  CHECK(error_of(kServer, "{token: t, username: u, password: p}") ==
        "the user has both a token and a name with password");
  CHECK(error_of(kServer, "{as-groups: [a]}") ==
        "impersonation names a uid, groups or extras but no user (as)");
  CHECK(error_of(kServer, "{auth-provider: {name: gcp}}") ==
        "auth-provider 'gcp' is no longer supported");
  CHECK(error_of(kServer, "{exec: {command: p, apiVersion: client.authentication.k8s.io/v1}}") ==
        "exec plugin p has no interactiveMode");
  CHECK(error_of(kServer, "{exec: {command: p, apiVersion: v2, interactiveMode: Never}}") ==
        "exec plugin p has apiVersion 'v2'");
  CHECK(error_of(kServer,
                 "{exec: {apiVersion: client.authentication.k8s.io/v1, "
                 "interactiveMode: Never}}") == "the user's exec plugin has no command");
}

TEST_CASE("a command of a plugin with a path belongs to the file, a bare name to PATH") {
  Setup setup;
  setup.files.files["/home/me/.kube/config"] =
      one(kServer, "{exec: {command: ./bin/p, apiVersion: client.authentication.k8s.io/v1beta1}}");
  CHECK(setup.chosen().user.exec->command == "/home/me/.kube/./bin/p");
  setup.files.files["/home/me/.kube/config"] =
      one(kServer, "{exec: {command: p, apiVersion: client.authentication.k8s.io/v1beta1}}");
  CHECK(setup.chosen().user.exec->command == "p");
}

TEST_CASE("in a pod the service account is used, if there is no kubeconfig") {
  const std::string account = "/var/run/secrets/kubernetes.io/serviceaccount/";
  Setup setup;
  setup.around.variables["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
  setup.around.variables["KUBERNETES_SERVICE_PORT"] = "443";
  setup.files.files[account + "token"] = "t";
  setup.files.files[account + "namespace"] = "mine\n";
  CHECK(setup.chosen().context == "dev");
  setup.files.files.erase("/home/me/.kube/config");
  CHECK(setup.chosen().cluster.server == "https://10.0.0.1:443");
  CHECK(setup.chosen().cluster.ca_file == account + "ca.crt");
  CHECK(setup.chosen().namespace_ == "mine");
  setup.destination.server = "https://kubernetes.default.svc";
  CHECK(setup.chosen().cluster.server == "https://10.0.0.1:443");
  setup.destination.server = "https://elsewhere";
  CHECK(setup.refused().kind == ErrorKind::kUsage);
}

TEST_CASE("servers are compared as URLs") {
  CHECK(same_server("https://a", "https://A:443/"));
  CHECK_FALSE(same_server("https://a", "http://a"));
  CHECK_FALSE(same_server("https://a/x", "https://a/y"));
  CHECK(same_server("odd", "odd"));
}
