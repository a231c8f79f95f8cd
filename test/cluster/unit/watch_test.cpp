#include "cluster/watch.h"

#include <doctest/doctest.h>

#include "test/base/fake_http.h"
#include "test/cluster/unit/fake_files.h"

using namespace kfctl;

namespace {

std::string event(const std::string& type, const std::string& name, const std::string& version) {
  return R"({"type":")" + type + R"(","object":{"metadata":{"namespace":"ns","name":")" + name +
         R"(","resourceVersion":")" + version + "\"}}}\n";
}

std::string list(const std::vector<std::string>& names, const std::string& version,
                 const std::string& next = "") {
  std::string items;
  for (const std::string& name : names) {
    items += std::string(items.empty() ? "" : ",") + R"({"metadata":{"namespace":"ns","name":")" +
             name + "\"}}";
  }
  return R"({"metadata":{"resourceVersion":")" + version + R"(","continue":")" + next +
         R"("},"kind":"PodList","items":[)" + items + "]}";
}

HttpAnswer answer(int status, std::string body = "") {
  HttpAnswer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

// A watch of the pods of ns against a server that says, one after the other, what `script` holds:
// an answer, or for a stream the text that it brings before it ends so.
class WatchTest {
 public:
  struct Step {
    HttpAnswer ends;
    std::string stream = {};
  };

  WatchTest() {
    http->handler = [this](const HttpRequest& request) {
      if (script.empty()) return watch->stop(), answer(200);
      const Step step = script.front();
      script.erase(script.begin());
      if (request.on_body && !step.stream.empty()) request.on_body(step.stream);
      return step.ends;
    };
    Watch::Events events;
    events.on_change = [this](const Json* before, const Json* after) {
      const Json& one = after == nullptr ? *before : *after;
      const char* const sign = before == nullptr ? "+" : after == nullptr ? "-" : "~";
      told += sign + std::string(one.string_at({"metadata", "name"})) + " ";
    };
    events.on_listed = [this] { told += "| "; };
    events.on_error = [this](Error error) { told += "error " + error.message; };
    watch = std::make_unique<Watch>(client, ResourceInfo{"v1", "Pod", "pods", true, {}}, "ns",
                                    std::move(events));
  }

  void run(bool follow = true) {
    watch->start(follow);
    client.run();
  }
  std::string url(size_t i) const {
    const std::string& full = http->requests.at(i).url;
    return full.substr(full.find("/api"));
  }

  std::vector<Step> script;
  std::string told;
  FakeHttp* http = new FakeHttp;
  CancelToken cancel;
  FakeFiles files;
  KubeClient client{"https://server", Credentials::open(files, {}, {}, cancel).value(), 1000,
                    [this](HttpOptions) -> Result<std::unique_ptr<HttpClient>> {
                      return std::unique_ptr<HttpClient>(http);
                    },
                    cancel};
  std::unique_ptr<Watch> watch;
};

}  // namespace

TEST_CASE("a stream is read line by line, wherever it is cut") {
  const std::string text = event("ADDED", "a", "1") + "\n" + event("DELETED", "b", "2") +
                           event("BOOKMARK", "", "3") +
                           R"({"type":"ERROR","object":{"code":410}})" + "\n";
  for (size_t piece = 1; piece < 40; ++piece) {
    WatchDecoder decoder;
    std::string kinds;
    for (size_t at = 0; at < text.size(); at += piece) {
      CHECK(decoder.feed(std::string_view(text).substr(at, piece), [&](const WatchEvent& one) {
        kinds += std::to_string(static_cast<int>(one.kind)) + std::to_string(one.code) + " ";
      }));
    }
    CHECK(kinds == "00 10 20 3410 ");
  }
}

TEST_CASE("a line that is no event ends the stream") {
  for (const char* const line : {"nonsense\n", "{}\n", "{\"object\":3}\n", "[]\n"}) {
    WatchDecoder decoder;
    CHECK_FALSE(decoder.feed(line, [](const WatchEvent&) {}));
  }
}

TEST_CASE_FIXTURE(WatchTest, "a list in pages, then the stream from its version") {
  script = {{answer(200, list({"a"}, "5", "more"))},
            {answer(200, list({"b"}, "7"))},
            {answer(200), event("MODIFIED", "a", "8") + event("DELETED", "b", "9")},
            {answer(200), event("ADDED", "c", "10")}};
  run();
  CHECK(told == "+a +b | ~a -b +c ");
  CHECK(url(1) == "/api/v1/namespaces/ns/pods?limit=500&continue=more");
  CHECK(url(2) ==
        "/api/v1/namespaces/ns/pods?watch=true&allowWatchBookmarks=true&"
        "resourceVersion=7&timeoutSeconds=60");
  CHECK(url(3).find("resourceVersion=9&") != std::string::npos);  // taken up where it ended
  CHECK(watch->objects().size() == 2);
  CHECK(watch->objects().at("ns/a").string_at({"metadata", "resourceVersion"}) == "8");
}

TEST_CASE_FIXTURE(WatchTest, "a list alone is one when nothing is followed") {
  script = {{answer(200, list({"a"}, "5"))}};
  run(false);
  CHECK(told == "+a | ");
  CHECK(http->requests.size() == 1);
  CHECK(watch->objects().at("ns/a").string_at({"kind"}) == "Pod");
}

TEST_CASE_FIXTURE(WatchTest, "a bookmark moves the version on") {
  script = {{answer(200, list({}, "5"))}, {answer(200), event("BOOKMARK", "", "99")}};
  run();
  CHECK(url(2).find("resourceVersion=99&") != std::string::npos);
}

TEST_CASE_FIXTURE(WatchTest, "after 410 Gone, in the stream or as status, there is a new list") {
  script = {{answer(200, list({"a", "b"}, "5"))},
            {answer(200), R"({"type":"ERROR","object":{"code":410}})"
                          "\n"},
            {answer(200, list({"b", "c"}, "50"))},
            {answer(410)},
            {answer(200, list({"c"}, "60"))}};
  run();
  CHECK(told == "+a +b | ~b +c -a | ~c -b | ");
}

TEST_CASE_FIXTURE(WatchTest, "a connection that breaks off is made again, after growing pauses") {
  HttpAnswer reset;
  reset.fault = HttpFault::kReset;
  script = {{answer(200, list({}, "5"))},
            {reset},
            {answer(500)},
            {reset},
            {reset, event("ADDED", "a", "6")}};
  run();
  CHECK(told == "| +a ");
  CHECK(http->now_ms >= 200 + 400 + 800);
  CHECK(url(2).find("resourceVersion=5&") != std::string::npos);
  CHECK(url(5).find("resourceVersion=6&") != std::string::npos);
}

TEST_CASE_FIXTURE(WatchTest, "where watching is forbidden it is listed every other second") {
  script = {{answer(200, list({"a"}, "5"))},
            {answer(403)},
            {answer(200, list({"b"}, "6"))},
            {answer(403)}};
  run();
  CHECK(told == "+a | +b -a | ");
  CHECK(http->now_ms >= 4000);
}

TEST_CASE_FIXTURE(WatchTest,
                  "a list that is refused is an error, a kind that is not there is empty") {
  script = {{answer(403, R"({"kind":"Status","message":"forbidden"})")}};
  run();
  CHECK(told.starts_with("error "));
  told = "";
  script = {{answer(404)}};
  run(false);
  CHECK(told == "| ");
}
