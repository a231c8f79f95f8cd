#include "cluster/report.h"

#include <doctest/doctest.h>

#include "base/cancel.h"

using namespace kfctl;

namespace {

ObjectResult result(const std::string& name, Action action) {
  ObjectResult out;
  out.id = {"v1", "ConfigMap", "ns", name};
  out.action = action;
  return out;
}

}  // namespace

TEST_CASE("a report without failures has none") {
  ClusterReport report;
  report.objects = {result("a", Action::kCreated), result("b", Action::kUnchanged)};
  CHECK_FALSE(report.failure());
  CHECK(report.count(Action::kCreated) == 1);
}

TEST_CASE("a failure names what failed and what was not tried") {
  ClusterReport report;
  report.objects = {result("a", Action::kCreated), result("b", Action::kFailed),
                    result("c", Action::kSkipped)};
  report.objects[1].error =
      Error(ErrorKind::kNetwork, "ConfigMap/b: reset", "try again", "what it said");
  report.objects[2].reason = "needs ConfigMap/b, which failed";
  const Error error = report.failure().value();
  CHECK(error.kind == ErrorKind::kNetwork);
  CHECK(error.message ==
        "ConfigMap/b: reset\nConfigMap/c was not tried: it needs ConfigMap/b, which failed\n"
        "1 of 3 objects are done; running the command again completes the work");
  CHECK(error.hint == "try again");
  CHECK(error.excerpt == "what it said");
}

TEST_CASE("what befell many objects alike is told once, with all their names") {
  ClusterReport report;
  report.objects = {result("a", Action::kFailed), result("b", Action::kFailed),
                    result("c", Action::kFailed)};
  for (const size_t i : {0, 2}) {
    report.objects[i].error = Error(ErrorKind::kNetwork, "https://s: no answer in time");
  }
  report.objects[1].error = Error(ErrorKind::kCluster, "ConfigMap/b: forbidden");
  CHECK(report.failure()->message ==
        "ConfigMap/a, ConfigMap/c: https://s: no answer in time\nConfigMap/b: forbidden\n"
        "0 of 3 objects are done; running the command again completes the work");
}

TEST_CASE("what stopped the work after the objects is told with how far it came") {
  ClusterReport report;
  report.objects = {result("a", Action::kCreated)};
  report.unfinished = Error(ErrorKind::kCluster, "list configmaps: forbidden", "ask for a role");
  const Error error = report.failure().value();
  CHECK(error.kind == ErrorKind::kCluster);
  CHECK(error.message ==
        "list configmaps: forbidden\n1 of 1 objects are done; running the command again completes "
        "the work");
  CHECK(error.hint == "ask for a role");
  report.unfinished = cancelled_error("");
  CHECK(report.failure()->kind == ErrorKind::kInterrupted);
}

TEST_CASE("an interruption is one, whatever else failed") {
  ClusterReport report;
  report.objects = {result("a", Action::kFailed), result("b", Action::kFailed)};
  report.objects[0].error = Error(ErrorKind::kCluster, "x");
  report.objects[1].error = Error(ErrorKind::kInterrupted, "interrupted");
  CHECK(report.failure()->kind == ErrorKind::kInterrupted);
}
