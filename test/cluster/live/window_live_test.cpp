// The adaptive window (base/http_window.h) before a real API server.
#include <chrono>

#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

namespace {

std::vector<Json> config_maps(int count) {
  std::vector<Json> out;
  for (int i = 0; i < count; ++i) out.push_back(config_map("c" + std::to_string(i), "x"));
  return out;
}

}  // namespace

// Each object is refused once at most before the window has closed; then a few a second find out.
TEST_CASE_FIXTURE(LiveTest, "a server that answers 429 is left alone, and asked again afterwards") {
  constexpr int kObjects = 150;
  use_proxy();
  kubectl({"create", "namespace", ns});
  rule(R"({"method":"PATCH","path":"/configmaps/","status":429,"retry_after":1})");
  const auto begin = std::chrono::steady_clock::now();
  bool over = false;
  const auto on_event = [&](const ClusterEvent& event) {
    const auto passed = std::chrono::steady_clock::now() - begin;
    if (event.kind != ClusterEvent::Kind::kRetry || over || passed < std::chrono::seconds(3))
      return;
    over = true;
    control("/clear", "POST");
  };
  const Result<ClusterReport> report = open()->apply(config_maps(kObjects), {}, on_event);
  REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().to_text()));
  CHECK(over);
  CHECK(report.value().count(Action::kCreated) == kObjects);
  const int requests = std::stoi(count("PATCH", "/configmaps/"));
  CHECK(requests > kObjects);        // they were refused
  CHECK(requests < kObjects + 110);  // with 64 in flight all of the time, three times as often
}

// The proxy itself answers the patches, from far away: what a server makes of many at once depends
// on what else its machine does.
TEST_CASE_FIXTURE(LiveTest, "requests that are far away go out together, on one connection") {
  constexpr int kObjects = 400;
  use_proxy();
  kubectl({"create", "namespace", ns});
  rule(
      R"({"method":"PATCH","path":"/configmaps/","latency_ms":400,"status":200,"body":"{\"metadata\":{\"name\":\"$NAME\"}}"})");
  CHECK(apply(config_maps(kObjects)).count(Action::kCreated) == kObjects);
  const Json status = parse_json(control("/status"), "status").value();
  CHECK(status.find("connections")->as_int() == 1);
  const int64_t most = status.find("peak_in_flight")->as_int();
  CHECK(most >= 64);  // it begins with 32, and doubles
  CHECK(most <= 100);
}
