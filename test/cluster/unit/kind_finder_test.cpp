#include "cluster/kind_finder.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "test/cluster/unit/fake_client.h"

using namespace kfctl;

namespace {

std::string list_of(const std::string& group, const std::string& kind) {
  return R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":")" + group +
         R"("},"versions":[{"version":"v1","resources":[{"resource":"xs","responseKind":{"kind":")" +
         kind + R"("},"scope":"Namespaced"}]}]}]})";
}

// A server that aggregates and has the kind `kind` in the group apps, and a clock.
struct Server : Setup {
  std::string kind = "Deployment";
  int64_t now = 1'000'000;
  int unconditional = 0, unmodified = 0;

  Server() {
    handler = [this](const HttpRequest& request) {
      const bool core = request.url.ends_with("/api");
      const std::string etag = core ? "\"core\"" : "\"" + kind + "\"";
      for (const HttpHeader& header : request.headers) {
        if (header.name != "If-None-Match" || header.value != etag) continue;
        ++unmodified;
        return status(304, "");
      }
      ++unconditional;
      HttpAnswer answer = status(200, core ? list_of("", "Pod") : list_of("apps", kind));
      answer.headers.push_back({"etag", etag});
      return answer;
    };
    http = client();
  }

  KindFinder finder(const std::string& directory = "/cache") {
    return KindFinder(*http, files, directory, [this] { return now; });
  }

  std::unique_ptr<KubeClient> http;
};

std::string kept_file(const FakeFiles& files) {
  for (const auto& [path, text] : files.files) {
    if (path.starts_with("/cache/discovery/")) return path;
  }
  return "";
}

bool has(KindFinder&& finder, std::string_view version, std::string_view kind) {
  const Result<Discovery> found = finder.find();
  REQUIRE(found.ok());
  return found.value().find(version, kind) != nullptr;
}

}  // namespace

TEST_CASE("kinds are asked for once, then taken from disk, then checked by their ETags") {
  Server server;
  CHECK(has(server.finder(), "v1", "Pod"));
  CHECK(server.unconditional == 2);
  server.now += 599;
  KindFinder finder = server.finder();
  REQUIRE(finder.find().ok());
  CHECK(finder.is_kept());
  CHECK(server.requests.size() == 2);
  CHECK(has(server.finder(), "apps/v1", "Deployment"));

  server.now += 1;
  CHECK(has(server.finder(), "apps/v1", "Deployment"));
  CHECK(server.unmodified == 2);
  CHECK(server.unconditional == 2);
  server.now += 500;  // believed again from the time it was checked
  CHECK(has(server.finder(), "v1", "Pod"));
  CHECK(server.requests.size() == 4);
}

TEST_CASE("asking brings kinds that came since, with a body for what has changed only") {
  Server server;
  CHECK(has(server.finder(), "apps/v1", "Deployment"));
  server.kind = "StatefulSet";
  KindFinder finder = server.finder();
  REQUIRE(finder.find().ok());
  const Result<Discovery> found = finder.ask();
  REQUIRE(found.ok());
  CHECK_FALSE(finder.is_kept());
  CHECK(found.value().find("apps/v1", "StatefulSet") != nullptr);
  CHECK(found.value().find("v1", "Pod") != nullptr);
  CHECK(server.unmodified == 1);
  CHECK(server.unconditional == 3);
}

TEST_CASE("a damaged file, one of another server and one from the future are as good as none") {
  for (const char* const damage : {"", "{", "[]", R"({"format":1})", "null"}) {
    Server server;
    CHECK(has(server.finder(), "v1", "Pod"));
    server.files.files[kept_file(server.files)] = damage;
    CHECK(has(server.finder(), "v1", "Pod"));
    CHECK(server.unconditional == 4);
  }
  Server server;
  CHECK(has(server.finder(), "v1", "Pod"));
  std::string& text = server.files.files[kept_file(server.files)];
  text.replace(text.find("k:6443"), 6, "l:6443");
  CHECK(has(server.finder(), "v1", "Pod"));
  CHECK(server.unconditional == 4);
  server.now -= 5;
  CHECK(has(server.finder(), "v1", "Pod"));
  CHECK(server.requests.size() == 6);
}

TEST_CASE("what is no list of kinds is an error, and not a server without any") {
  Server server;
  server.handler = [](const HttpRequest&) { return status(200, "{}"); };
  const Result<Discovery> found = server.finder().find();
  REQUIRE_FALSE(found.ok());
  CHECK(found.error().kind == ErrorKind::kCluster);
  CHECK(kept_file(server.files).empty());
}

TEST_CASE("a document that is missing or damaged is asked for again") {
  for (const char* const damage : {"", "{}", "gone"}) {
    Server server;
    CHECK(has(server.finder(), "v1", "Pod"));
    std::string document;
    for (const auto& [path, text] : server.files.files) {
      if (path.starts_with("/cache/documents/")) document = path;
    }
    REQUIRE_FALSE(document.empty());
    if (std::string_view(damage) == "gone") {
      server.files.files.erase(document);
    } else {
      server.files.files[document] = damage;
    }
    CHECK(has(server.finder(), "v1", "Pod"));
    CHECK(server.unconditional == 4);
    CHECK(has(server.finder(), "v1", "Pod"));  // and is whole again
    CHECK(server.requests.size() == 4);
  }
}

TEST_CASE("what no server refers to any more goes") {
  const auto documents = [](const FakeFiles& files) {
    return std::count_if(files.files.begin(), files.files.end(), [](const auto& file) {
      return file.first.starts_with("/cache/documents/");
    });
  };
  Server server;
  CHECK(has(server.finder(), "v1", "Pod"));
  CHECK(documents(server.files) == 2);
  server.kind = "StatefulSet";
  REQUIRE(server.finder().ask().ok());
  CHECK(documents(server.files) == 2);
  KindStore store(server.files, "/cache");
  DiscoveryAnswers later;
  later.asked_at = server.now + 31 * 24 * 3600;
  later.documents = {Json("other")};
  REQUIRE(store.write("https://other", later).ok());
  CHECK(documents(server.files) == 1);
  CHECK_FALSE(store.read("https://k:6443/base/"));
  CHECK(store.read("https://other")->documents == later.documents);
}

TEST_CASE("documents that two servers give are kept once, and each is asked itself") {
  Server first;
  CHECK(has(first.finder(), "v1", "Pod"));
  const size_t files = first.files.files.size();
  KindStore store(first.files, "/cache");
  const DiscoveryAnswers answers = store.read("https://k:6443/base/").value();
  CHECK_FALSE(store.read("https://other"));
  REQUIRE(store.write("https://other", answers).ok());
  CHECK(first.files.files.size() == files + 1);
  CHECK(store.read("https://other")->documents == answers.documents);
}

TEST_CASE("what cannot be kept is no error, and without a directory nothing is") {
  Server server;
  server.files.full = true;
  CHECK(has(server.finder(), "v1", "Pod"));
  server.files.full = false;
  CHECK(has(server.finder(""), "v1", "Pod"));
  CHECK(kept_file(server.files).empty());
  Surroundings around;
  CHECK(cache_directory(around) == "");
  around.home = "/home/a";
  CHECK(cache_directory(around) == "/home/a/.cache/kfctl");
  around.variables["XDG_CACHE_HOME"] = "/c";
  CHECK(cache_directory(around) == "/c/kfctl");
}

TEST_CASE("discovery falls back to the old form, where a group that fails is stale and not kept") {
  Setup setup;
  setup.handler = [](const HttpRequest& request) {
    const std::string path = request.url.substr(std::string("https://k:6443/base").size());
    if (path == "/api") return status(200, R"({"kind":"APIVersions","versions":["v1"]})");
    if (path == "/apis") {
      return status(200, R"({"kind":"APIGroupList","groups":[{"name":"a","versions":[)"
                         R"({"groupVersion":"a/v1"}]},{"name":"b","versions":[)"
                         R"({"groupVersion":"b/v1"}]}]})");
    }
    if (path == "/api/v1") {
      return status(200, R"({"groupVersion":"v1","resources":[{"name":"pods","kind":"Pod",)"
                         R"("namespaced":true}]})");
    }
    if (path == "/apis/a/v1") return status(404);
    return status(200, R"({"groupVersion":"b/v1","resources":[{"name":"xs","kind":"X"}]})");
  };
  const std::unique_ptr<KubeClient> client = setup.client();
  KindFinder finder(*client, setup.files, "/cache", [] { return 1; });
  const Result<Discovery> found = finder.find();
  REQUIRE(found.ok());
  CHECK(found.value().find("v1", "Pod")->namespaced);
  CHECK(found.value().find("b/v1", "X") != nullptr);
  CHECK(found.value().stale() == std::set<std::string>{"a/v1"});
  CHECK(kept_file(setup.files).empty());
}
