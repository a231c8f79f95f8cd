#include "cluster/decision.h"

#include <doctest/doctest.h>

using namespace kfctl;

TEST_CASE("what is only to be created is left, made, or refused where nobody can look") {
  PlannedObject planned;
  planned.object =
      Json::object({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", Json::object()}});
  planned.object["metadata"]["annotations"][std::string(kCreateOnlyAnnotation)] = "true";
  planned.id = {"v1", "ConfigMap", "ml", "once"};
  const Decider decider(false);
  using State = LiveObject::State;
  using Step = Decision::Step;
  CHECK(decider.decide(planned, {State::kPresent, planned.object}).step == Step::kLeave);
  CHECK(decider.decide(planned, {State::kAbsent, {}}).step == Step::kApply);
  const Decision blind = decider.decide(planned, {State::kUnknown, {}});
  CHECK(blind.step == Step::kRefuse);
  REQUIRE(blind.error);
  CHECK(blind.error->message.find("cannot be looked at") != std::string::npos);
}
