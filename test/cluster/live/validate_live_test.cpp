// What `kfctl validate` says of objects, and what an API server says of the same ones.
#include "cluster/schema/validate.h"
#include "test/cluster/live/live_fixture.h"
#include "test/cluster/wrong_objects.h"

using namespace kfctl;

namespace {

class ValidateLiveTest : public LiveTest {
 public:
  ValidateLiveTest() {
    kubectl({"create", "namespace", ns});  // a dry run cannot ask about a namespace to come
    dry.dry_run = true;
  }

  /// Why the server refuses the object, or "" if it takes it.
  std::string refusal(const Json& object) {
    const Result<ClusterReport> report = session->apply({object}, dry, on_event());
    if (!report.ok()) return report.error().message;
    const std::optional<Error> failure = report.value().failure();
    return failure ? failure->message : "";
  }

  std::unique_ptr<Session> session = open();
  ApplyOptions dry;
};

}  // namespace

TEST_CASE_FIXTURE(ValidateLiveTest, "the server refuses every wrong object of the table too") {
  for (const WrongObject& wrong : wrong_objects().wrong) {
    INFO(wrong.what << ": " << wrong.says);
    CHECK(refusal(wrong.object) != "");
  }
}

TEST_CASE_FIXTURE(ValidateLiveTest, "the server accepts what the table starts from") {
  for (const Json& object : wrong_objects().good) CHECK(refusal(object) == "");
}
