#include "cluster/set_parent.h"

#include <doctest/doctest.h>

#include "test/cluster/unit/fake_client.h"

using namespace kfctl;

namespace {

ApplySetScope scope_with(const std::vector<std::string>& kinds) {
  ApplySetScope out;
  out.kinds.insert(kinds.begin(), kinds.end());
  out.namespaces.insert("prod");
  return out;
}

// A server that keeps one parent and refuses writes that were meant for another version of it.
struct Server : Setup {
  ApplySet stored = {"web", "prod", false, {}};  // what the server has
  int version = 1;
  int writes = 0;
  std::function<HttpAnswer(const HttpRequest&)> before_write;  // an answer without a status: none

  Server() {
    handler = [this](const HttpRequest& request) {
      if (request.method == "GET") return stored.exists ? parent() : missing();
      if (before_write) {
        HttpAnswer answer = before_write(request);
        if (answer.status != 0) return answer;
      }
      const Json sent = parse_json(request.body, "sent").value();
      const std::string_view meant = sent.string_at({"metadata", "resourceVersion"});
      if (!meant.empty() && meant != std::to_string(version)) {
        return status(409, R"({"kind":"Status","reason":"Conflict","message":"modified"})");
      }
      ++writes;
      store(parse_apply_set(sent, "web", "prod").value().recorded);
      return parent();
    };
    http = client();
  }

  /// Somebody writes it.
  void store(const ApplySetScope& scope) {
    stored.exists = true;
    stored.recorded = scope;
    ++version;
  }

  ApplySet read() { return fetch_apply_set(*http, "web", "prod").value(); }
  const std::set<std::string>& kinds() const { return stored.recorded.kinds; }

  std::unique_ptr<KubeClient> http;

 private:
  static HttpAnswer missing() { return status(404, R"({"kind":"Status","reason":"NotFound"})"); }
  HttpAnswer parent() const {
    Json object = apply_set_parent(stored, stored.recorded);
    object["metadata"]["resourceVersion"] = std::to_string(version);
    return status(200, object.dump());
  }
};

using Kinds = std::set<std::string>;

}  // namespace

TEST_CASE("a parent is made, widened, and left as it is where nothing is new") {
  Server server;
  ApplySet set = server.read();
  REQUIRE(widen_parent(*server.http, set, scope_with({"A"})).ok());
  CHECK(server.kinds() == Kinds{"A"});
  REQUIRE(widen_parent(*server.http, set, scope_with({"B"})).ok());
  REQUIRE(widen_parent(*server.http, set, scope_with({"A"})).ok());
  CHECK(server.kinds() == Kinds{"A", "B"});
  CHECK(server.writes == 2);
  REQUIRE(narrow_parent(*server.http, set, scope_with({"B"})).ok());
  CHECK(server.kinds() == Kinds{"B"});
  CHECK(set.recorded == scope_with({"B"}));
}

TEST_CASE("what another apply has recorded meanwhile is kept") {
  Server server;
  server.store(scope_with({"A"}));
  ApplySet set = server.read();
  server.store(scope_with({"A", "theirs"}));
  REQUIRE(widen_parent(*server.http, set, scope_with({"B"})).ok());
  CHECK(server.kinds() == Kinds{"A", "B", "theirs"});

  server.store(scope_with({"A", "B", "theirs", "more"}));
  REQUIRE(narrow_parent(*server.http, set, scope_with({"B"})).ok());
  CHECK(server.kinds() == Kinds{"A", "B", "theirs", "more"});

  // It has narrowed what we still need.
  server.store(scope_with({"theirs"}));
  REQUIRE(narrow_parent(*server.http, set, scope_with({"B"})).ok());
  CHECK(server.kinds() == Kinds{"B", "theirs"});
}

TEST_CASE("a parent that was deleted meanwhile is made anew") {
  Server server;
  server.store(scope_with({"A"}));
  ApplySet set = server.read();
  server.stored.exists = false;
  server.before_write = [](const HttpRequest& request) {
    const Json sent = parse_json(request.body, "sent").value();
    const bool meant = sent.at({"metadata", "resourceVersion"}) != nullptr;
    return meant ? status(409, R"({"kind":"Status","reason":"Conflict"})") : HttpAnswer();
  };
  REQUIRE(widen_parent(*server.http, set, scope_with({"B"})).ok());
  CHECK(server.kinds() == Kinds{"B"});
}

TEST_CASE("a write whose answer is lost is not taken for somebody else's") {
  Server server;
  server.store(scope_with({"A", "B"}));
  ApplySet set = server.read();
  bool lost = false;
  server.before_write = [&](const HttpRequest& request) {
    if (std::exchange(lost, true)) return HttpAnswer();
    server.store(
        parse_apply_set(parse_json(request.body, "sent").value(), "web", "prod").value().recorded);
    HttpAnswer answer;
    answer.fault = HttpFault::kReset;
    answer.sent = true;
    answer.status = -1;
    return answer;
  };
  REQUIRE(narrow_parent(*server.http, set, scope_with({"B"})).ok());
  CHECK(server.kinds() == Kinds{"B"});
  CHECK(server.writes == 0);
}

TEST_CASE("a parent that may not be written is refused, one that never can be gives up") {
  Server server;
  ApplySet set = server.read();
  server.before_write = [](const HttpRequest&) { return status(403); };
  CHECK_FALSE(widen_parent(*server.http, set, scope_with({"A"})).ok());
  CHECK(set.refused);
  set = server.read();
  server.before_write = [](const HttpRequest&) { return status(422); };
  const size_t before = server.requests.size();
  CHECK_FALSE(widen_parent(*server.http, set, scope_with({"A"})).ok());
  CHECK(server.requests.size() == before + 1);
  server.before_write = [](const HttpRequest&) { return status(409); };
  CHECK_FALSE(widen_parent(*server.http, set, scope_with({"A"})).ok());
}
