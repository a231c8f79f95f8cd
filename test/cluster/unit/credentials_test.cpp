#include "cluster/credentials.h"

#include <cstdlib>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/files.h"
#include "test/cluster/unit/fake_files.h"

using namespace kfctl;

namespace {

const CancelToken kNever;

Connection https() {
  Connection out;
  out.cluster.server = "https://k:6443";
  return out;
}

ExecPlugin plugin(const std::string& script) {
  ExecPlugin out;
  out.api_version = "client.authentication.k8s.io/v1";
  out.command = "/bin/sh";
  out.args = {"-c", script};
  out.interactive_mode = "Never";
  return out;
}

std::string answer(const std::string& status) {
  return R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":)" +
         status + "}";
}

std::string headers(Credentials& credentials) {
  const Result<std::vector<HttpHeader>> list = credentials.headers();
  REQUIRE_MESSAGE(list.ok(), (list.ok() ? "" : list.error().message));
  std::string out;
  for (const HttpHeader& header : list.value()) out += header.name + ": " + header.value + "\n";
  return out;
}

std::string headers(const Connection& connection) {
  const FakeFiles files;
  Credentials credentials = Credentials::open(files, connection, {}, kNever).value();
  return headers(credentials);
}

}  // namespace

TEST_CASE("tokens, passwords and impersonation become headers") {
  Connection connection = https();
  connection.user.token = "t";
  CHECK(headers(connection) == "Authorization: Bearer t\n");
  connection.user = {};
  connection.user.username = "me";
  connection.user.password = "pw";
  CHECK(headers(connection) == "Authorization: Basic bWU6cHc=\n");
  connection.user = {};
  connection.user.as = "jane";
  connection.user.as_uid = "7";
  connection.user.as_groups = {"a", "b"};
  connection.user.as_extra = {{"Acme.com/Scope", "x"}};
  CHECK(headers(connection) ==
        "Impersonate-User: jane\nImpersonate-Uid: 7\nImpersonate-Group: a\nImpersonate-Group: b\n"
        "Impersonate-Extra-acme.com%2Fscope: x\n");
}

TEST_CASE("nothing secret goes over plain http") {
  Connection connection = https();
  connection.cluster.server = "http://k";
  connection.user.token = "t";
  CHECK(headers(connection) == "");
}

TEST_CASE("a token file wins over a token and is read again when the server says 401") {
  FakeFiles files;
  files.files["/t"] = "one\n";
  Connection connection = https();
  connection.user.token = "static";
  connection.user.token_file = "/t";
  Credentials credentials = Credentials::open(files, connection, {}, kNever).value();
  CHECK(headers(credentials) == "Authorization: Bearer one\n");
  files.files["/t"] = "two\n";
  CHECK(headers(credentials) == "Authorization: Bearer one\n");
  CHECK(credentials.refresh().value());
  CHECK(headers(credentials) == "Authorization: Bearer two\n");
  CHECK_FALSE(credentials.refresh().value());
}

TEST_CASE("certificates come from data or files, and a missing file is an error") {
  FakeFiles files;
  files.files["/ca"] = "CA";
  Connection connection = https();
  connection.cluster.ca_file = "/ca";
  connection.user.client_cert_data = "CERT";
  connection.user.client_key_data = "KEY";
  connection.cluster.tls_server_name = "name";
  const HttpOptions options =
      Credentials::open(files, connection, {}, kNever).value().http_options().value();
  CHECK(options.ca_pem == "CA");
  CHECK(options.client_cert_pem == "CERT");
  CHECK(options.client_key_pem == "KEY");
  CHECK(options.server_name == "name");
  CHECK_FALSE(options.insecure);
  connection.cluster.ca_file = "/missing";
  CHECK(Credentials::open(files, connection, {}, kNever).error().kind == ErrorKind::kDisk);
}

TEST_CASE("the proxy is that of the cluster, else of the variables") {
  const FakeFiles files;
  Connection connection = https();
  Surroundings around;
  around.variables["HTTPS_PROXY"] = "http://upper:1";
  const auto proxy = [&] {
    return Credentials::open(files, connection, around, kNever)
        .value()
        .http_options()
        .value()
        .proxy;
  };
  CHECK(proxy() == "http://upper:1");
  around.variables["https_proxy"] = "http://lower:1";
  CHECK(proxy() == "http://lower:1");
  around.variables["no_proxy"] = "k";
  CHECK(proxy() == "");
  connection.cluster.proxy_url = "socks5://own:1";
  CHECK(proxy() == "socks5://own:1");
}

TEST_CASE("a plugin is told about the cluster only if it asks for that") {
  ExecPlugin asks = plugin("");
  KubeCluster cluster;
  cluster.server = "https://k";
  cluster.exec_config = Json::object({{"a", 1}});
  CHECK(exec_info(asks, cluster, "CA", true).dump() ==
        R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",)"
        R"("spec":{"interactive":true}})");
  asks.provide_cluster_info = true;
  CHECK(exec_info(asks, cluster, "CA", false).find("spec")->dump() ==
        R"({"cluster":{"certificate-authority-data":"Q0E=","config":{"a":1},)"
        R"("server":"https://k"},"interactive":false})");
}

TEST_CASE("a plugin's answer is checked") {
  const auto error = [](const std::string& text) {
    const Result<ExecCredential> result = parse_exec_credential(text, plugin(""));
    REQUIRE_FALSE(result.ok());
    return result.error().to_text();
  };
  CHECK(error("token: abc") == "exec plugin /bin/sh did not print a JSON object");
  CHECK(error("{}") == "exec plugin /bin/sh did not print an ExecCredential");
  CHECK(error(R"({"kind":"ExecCredential","apiVersion":"x"})") ==
        "exec plugin /bin/sh answered in version 'x' instead of 'client.authentication.k8s.io/v1'");
  CHECK(error(answer("{}")) == "exec plugin /bin/sh gave neither a token nor a client certificate");
  CHECK(error(answer(R"({"clientKeyData":"k"})")) ==
        "exec plugin /bin/sh gave only one of clientCertificateData and clientKeyData");
  CHECK(error(answer(R"({"token":"t","expirationTimestamp":"soon"})")) ==
        "exec plugin /bin/sh gave a bad expirationTimestamp");
}

TEST_CASE("a plugin is run once, with the environment and its own variables") {
  const FakeFiles files;
  Connection connection = https();
  connection.user.exec = plugin(
      "printf '%s' \"" +
      std::string(
          R"({\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",)"
          R"(\"status\":{\"token\":\"$A-$B-$$\"}})") +
      "\"");
  connection.user.exec->env = {{"B", "two"}};
  Surroundings around;
  around.variables = {{"A", "one"}, {"B", "x"}};
  Credentials credentials = Credentials::open(files, connection, around, kNever).value();
  const std::string first = headers(credentials);
  CHECK(first.starts_with("Authorization: Bearer one-two-"));
  CHECK(headers(credentials) == first);
  CHECK(credentials.refresh().value());
  CHECK(headers(credentials) != first);
}

TEST_CASE("an expired answer of a plugin is asked for again") {
  const FakeFiles files;
  Connection connection = https();
  connection.user.exec = plugin(
      "printf '%s' \"" +
      std::string(
          R"({\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",)"
          R"(\"status\":{\"token\":\"$$\",\"expirationTimestamp\":\"2001-01-01T00:00:00Z\"}})") +
      "\"");
  Credentials credentials = Credentials::open(files, connection, {}, kNever).value();
  const std::string first = headers(credentials);
  CHECK(headers(credentials) != first);
}

TEST_CASE("a failing plugin shows what it said, a missing one how to install it") {
  const FakeFiles files;
  Connection connection = https();
  connection.user.exec = plugin("echo no network >&2; exit 3");
  Credentials failing = Credentials::open(files, connection, {}, kNever).value();
  const Error error = failing.headers().error();
  CHECK(error.message == "exec plugin /bin/sh failed with exit code 3");
  CHECK(error.excerpt == "no network");
  connection.user.exec->command = "no-such-plugin";
  connection.user.exec->install_hint = "apt install it";
  Credentials missing = Credentials::open(files, connection, {}, kNever).value();
  CHECK(missing.headers().error().hint == "apt install it");
  connection.user.exec->interactive_mode = "Always";
  Credentials asking = Credentials::open(files, connection, {}, kNever).value();
  CHECK(asking.headers().error().kind == ErrorKind::kUsage);
}

// As many requests meet an expired token as are in flight: a plugin that opens a browser must not
// open one for each.
TEST_CASE("a plugin that has failed is not run again") {
  char name[] = "/tmp/kfctl-plugin-XXXXXX";
  const int calls = mkstemp(name);
  REQUIRE(calls >= 0);
  close(calls);
  const FakeFiles files;
  Connection connection = https();
  connection.user.exec = plugin("echo x >> " + std::string(name) + "; exit 3");
  Credentials credentials = Credentials::open(files, connection, {}, kNever).value();
  const Error first = credentials.headers().error();
  CHECK(credentials.headers().error().message == first.message);
  CHECK(credentials.refresh().error().message == first.message);
  CHECK(DiskFiles().read(name).value() == "x\n");
  CHECK(DiskFiles().remove(name).ok());
}

TEST_CASE("RFC 3339 times are read with fractions and offsets") {
  const auto seconds = [](std::string_view text) {
    return std::chrono::system_clock::to_time_t(parse_rfc3339(text).value());
  };
  CHECK(seconds("1970-01-02T00:00:00Z") == 86400);
  CHECK(seconds("1970-01-02T01:00:00.123+01:00") == 86400);
  CHECK(seconds("1970-01-01T23:30:00-00:30") == 86400);
  CHECK(seconds("9999-12-31T23:59:59Z") > seconds("2261-01-01T00:00:00Z"));
  CHECK(seconds("0006-01-01T00:00:00Z") < seconds("1678-01-01T00:00:00Z"));
  CHECK_FALSE(parse_rfc3339("tomorrow"));
  CHECK_FALSE(parse_rfc3339("1970-01-02T00:00:00"));
}
