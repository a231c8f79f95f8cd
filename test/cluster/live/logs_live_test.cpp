#include <fstream>
#include <map>

#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

namespace {

const char* const kTwo = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: a, image: 'example.org/c:1'}, {name: b, image: 'example.org/c:1'}]
)";

// KWOK plays the kubelet, with one file as the log of every container. Where a test wants other
// answers the proxy has them.
class LogTest : public LiveTest {
 public:
  LogTest() {
    use_proxy();
    ApplyOptions ready;
    ready.wait = true;
    REQUIRE_FALSE(apply(objects(kTwo), ready).failure());
  }

  Result<size_t> logs(const LogOptions& how) {
    return open()->logs(
        objects(kTwo), how,
        [this](const LogLine& line) {
          lines.push_back(std::string(line.container) + ": " + std::string(line.text));
          if (lines.size() == stop_after) cancel.cancel();
        },
        on_event());
  }

  std::vector<std::string> lines;
  size_t stop_after = 0;
};

}  // namespace

TEST_CASE_FIXTURE(LogTest, "the lines of every container, one container after the other") {
  rule(R"({"path":"/log$","status":200,
          "body":"2026-01-01T00:00:00Z one\n2026-01-01T00:00:01Z two\n"})");
  const Result<size_t> count = logs({});
  REQUIRE(count.ok());
  CHECK(count.value() == 4);
  REQUIRE(lines.size() == 8);
  for (size_t i = 0; i < lines.size(); i += 2) {
    CHECK(lines[i].substr(3) == "one");
    CHECK(lines[i + 1] == lines[i].substr(0, 3) + "two");
  }
}

TEST_CASE_FIXTURE(LogTest, "what is asked for reaches the server") {
  rule(R"({"path":"/log$","status":200,"body":"2026-01-01T00:00:00Z one\n"})");
  LogOptions how;
  how.container = "b";
  how.tail = 7;
  how.since_s = 60;
  how.timestamps = true;
  CHECK(logs(how).value() == 2);
  CHECK(lines == std::vector<std::string>(2, "b: 2026-01-01T00:00:00Z one"));
  const std::string seen = control("/log");
  CHECK(seen.find("tailLines=7") != std::string::npos);
  CHECK(seen.find("sinceSeconds=60") != std::string::npos);
}

TEST_CASE_FIXTURE(LogTest, "a stream that broke off goes on behind the last line that was told") {
  rule(R"({"path":"/log$","times":1,"status":503})");
  rule(R"({"path":"/log$","times":1,"status":200,
          "body":"2026-01-01T00:00:00Z one\n2026-01-01T00:00:01Z two\n"})");
  rule(R"({"path":"/log$","status":200,"body":"2026-01-01T00:00:00Z x\n"})");
  LogOptions how;
  how.container = "a";
  CHECK(logs(how).value() == 2);
  CHECK(lines.size() == 3);
}

TEST_CASE_FIXTURE(LogTest, "what cannot be read is a warning, and an error if it is all there is") {
  rule(R"({"path":"/log$","times":1,"status":200,"body":"2026-01-01T00:00:00Z one\n"})");
  rule(R"({"path":"/log$","status":400,"message":"container is waiting to start"})");
  CHECK(logs({}).value() == 4);
  CHECK(lines.size() == 1);
  CHECK(was_told("container is waiting to start"));
  control("/reset", "POST");
  rule(R"({"path":"/log$","status":403,"message":"pods/log is forbidden"})");
  const Result<size_t> none = logs({});
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().message.find("pods/log is forbidden") != std::string::npos);
}

TEST_CASE_FIXTURE(LogTest, "followed, a pod that comes later is read too, until interrupted") {
  rule(R"({"path":"/log$","status":200,"body":"2026-01-01T00:00:00Z one\n"})");
  LogOptions how;
  how.follow = true;
  how.container = "a";
  stop_after = 3;
  kubectl({"scale", "deployment", "web", "--replicas=2"});
  bool scaled = false;
  const Result<size_t> end = open()->logs(
      objects(kTwo), how,
      [&](const LogLine& line) {
        lines.push_back(std::string(line.pod));
        if (!std::exchange(scaled, true)) kubectl({"scale", "deployment", "web", "--replicas=3"});
        if (lines.size() == 3) cancel.cancel();
      },
      on_event());
  REQUIRE_FALSE(end.ok());
  CHECK(end.error().kind == ErrorKind::kInterrupted);
  CHECK(lines.size() == 3);
  CHECK(lines[2] != lines[1]);
  CHECK(lines[2] != lines[0]);
}

TEST_CASE_FIXTURE(LogTest, "followed, each line comes once, through a reset and from a new pod") {
  rule(R"({"path":"/log$","times":1,"reset_after":20})");
  LogOptions how;
  how.follow = true;
  how.container = "a";
  std::map<std::string, std::vector<std::string>> by_pod;
  size_t count = 0;
  const OnLogLine on_line = [&](const LogLine& line) {
    by_pod[std::string(line.pod)].emplace_back(line.text);
    ++count;
    if (count == 2) {
      std::ofstream file(variable("KFCTL_TEST_POD_LOG"), std::ios::app);
      file << "2099-01-01T00:00:00.5Z stdout F later\n";
    }
    if (count == 4) kubectl({"scale", "deployment", "web", "--replicas=3"});
    if (count == 6) cancel.cancel();
  };
  const Result<size_t> end = open()->logs(objects(kTwo), how, on_line, on_event());
  REQUIRE_FALSE(end.ok());
  CHECK(end.error().kind == ErrorKind::kInterrupted);
  CHECK(by_pod.size() == 3);
  for (const auto& [pod, printed] : by_pod) {
    CHECK(printed == std::vector<std::string>{"hello from the test cluster", "later"});
  }
}

TEST_CASE_FIXTURE(LogTest, "events are those of the objects and their parts") {
  kubectl({"create", "configmap", "other"});
  std::vector<Happening> seen;
  const Status done = open()->happenings(
      objects(kTwo), {}, [&seen](const Happening& one) { seen.push_back(one); }, on_event());
  REQUIRE(done.ok());
  bool scaled = false, scheduled = false;
  for (const Happening& one : seen) {
    scaled = scaled || (one.object.kind == "Deployment" && one.reason == "ScalingReplicaSet");
    scheduled = scheduled || (one.object.kind == "Pod" && one.reason == "Scheduled");
    CHECK(one.object.namespace_ == ns);
  }
  CHECK(scaled);
  CHECK(scheduled);
}
