#include "cluster/client.h"

#include <doctest/doctest.h>

#include "test/cluster/unit/fake_client.h"

using namespace kfctl;

namespace {

std::string authorization(const HttpRequest& request) {
  for (const HttpHeader& header : request.headers) {
    if (header.name == "Authorization") return header.value;
  }
  return "";
}

KubeRequest get(std::string path) {
  KubeRequest out;
  out.path = std::move(path);
  return out;
}

}  // namespace

TEST_CASE("a request goes below the server's path, with its query encoded") {
  Setup setup;
  setup.handler = [](const HttpRequest&) { return status(200); };
  KubeRequest request = get("/api");
  request.query = {{"labelSelector", "a=b"}, {"limit", "5"}};
  CHECK(setup.client()->send(request).success());
  CHECK(setup.requests[0].url == "https://k:6443/base/api?labelSelector=a%3Db&limit=5");
  CHECK(authorization(setup.requests[0]) == "Bearer one");
}

TEST_CASE("a 401 gets new credentials once for all requests, and each is sent again") {
  Setup setup;
  setup.handler = [](const HttpRequest& request) {
    return status(authorization(request) == "Bearer two" ? 200 : 401);
  };
  const std::unique_ptr<KubeClient> client = setup.client();
  int good = 0;
  for (int i = 0; i < 3; ++i) {
    client->start(get("/api"), [&good](KubeAnswer answer) { good += answer.success(); });
  }
  setup.files.files["/token"] = "two";
  client->run();
  CHECK(good == 3);
  CHECK(setup.requests.size() == 6);
  CHECK(setup.connections.size() == 1);
}

TEST_CASE("credentials that are refused again are not tried for ever") {
  Setup setup;
  setup.handler = [](const HttpRequest&) { return status(401); };
  const std::unique_ptr<KubeClient> client = setup.client();
  CHECK(client->send(get("/api")).status_is(401));
  CHECK(setup.requests.size() == 1);  // the file holds the same token as before
}

TEST_CASE("a new client certificate opens a new connection while the old one ends its work") {
  Setup setup;
  const std::string answer =
      R"({\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",)"
      R"(\"status\":{\"clientCertificateData\":\"$$\",\"clientKeyData\":\"k\"}})";
  ExecPlugin plugin;
  plugin.api_version = "client.authentication.k8s.io/v1";
  plugin.command = "/bin/sh";
  plugin.args = {"-c", "printf '%s' \"" + answer + "\""};
  plugin.interactive_mode = "Never";
  setup.connection.user = {};
  setup.connection.user.exec = plugin;
  setup.handler = [&setup](const HttpRequest&) {
    return status(setup.connections.size() == 1 ? 401 : 200);
  };
  CHECK(setup.client()->send(get("/api")).success());
  REQUIRE(setup.connections.size() == 2);
  CHECK(setup.connections[0].client_cert_pem != setup.connections[1].client_cert_pem);
}

TEST_CASE("credentials that cannot be had are the answer of the request") {
  Setup setup;
  setup.files.files.erase("/token");
  const KubeAnswer answer = setup.client()->send(get("/api"));
  REQUIRE(answer.failure);
  CHECK(answer.failure->message == "/token: no such file");
  CHECK(setup.requests.empty());
}

TEST_CASE("warnings are collected, each text once") {
  Setup setup;
  setup.handler = [](const HttpRequest&) {
    HttpAnswer answer = status(200);
    answer.headers = {{"Warning", R"(299 - "old \"thing\"")"}, {"warning", "299 - \"other\""}};
    return answer;
  };
  const std::unique_ptr<KubeClient> client = setup.client();
  client->send(get("/api"));
  client->send(get("/api"));
  CHECK(client->warnings() == std::vector<std::string>{"old \"thing\"", "other"});
}

TEST_CASE("an optimistic conflict is repeated, a conflict of fields is not") {
  Setup setup;
  setup.handler = [&setup](const HttpRequest&) {
    return setup.requests.size() < 3
               ? status(409, R"({"kind":"Status","reason":"Conflict","message":"modified"})")
               : status(200);
  };
  CHECK(setup.client()->send(get("/api")).success());
  CHECK(setup.requests.size() == 3);
  setup.handler = [](const HttpRequest&) {
    return status(409, R"({"kind":"Status","reason":"Conflict","details":{"causes":[)"
                       R"({"reason":"FieldManagerConflict"}]}})");
  };
  CHECK(setup.client()->send(get("/api")).status_is(409));
  CHECK(setup.requests.size() == 4);
}

TEST_CASE("what is not the object or no list is not taken for it") {
  Setup setup;
  setup.handler = [](const HttpRequest& request) {
    return status(200, request.url.ends_with("/a")
                           ? R"({"kind":"ConfigMap","metadata":{"name":"a"}})"
                           : R"({"kind":"ConfigMapList"})");
  };
  const std::unique_ptr<KubeClient> client = setup.client();
  const KubeAnswer object = client->send(get("/a")), list = client->send(get("/list"));
  CHECK(client->parse_object(object, "a", "get").ok());
  CHECK(client->parse_list(list, "list").ok());
  CHECK(client->parse_object(object, "b", "get").error().message ==
        "https://k:6443/base/: get: the answer is not that object");
  CHECK(client->parse_list(object, "list").error().message ==
        "https://k:6443/base/: list: the answer is not a list");
}

TEST_CASE("an answer that is not JSON points at the address") {
  Setup setup;
  setup.handler = [](const HttpRequest&) { return status(200, "<html>"); };
  const std::unique_ptr<KubeClient> client = setup.client();
  const Result<Json> body = client->get("/api", "ask");
  REQUIRE_FALSE(body.ok());
  CHECK(body.error().message == "https://k:6443/base/: ask: the answer is not JSON");
}
