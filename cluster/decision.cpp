#include "cluster/decision.h"

#include <utility>

#include "base/log.h"
#include "cluster/owned_fields.h"

namespace kfctl {

Decision Decider::decide(const PlannedObject& planned, const LiveObject& live) const {
  const bool create_only =
      planned.object.string_at({"metadata", "annotations", kCreateOnlyAnnotation}) == "true";
  if (create_only && live.state == LiveObject::State::kUnknown) {
    return {Decision::Step::kRefuse,
            {},
            Error(ErrorKind::kCluster,
                  planned.id.full_text() +
                      ": is only to be created, and cannot be looked at: it may be there",
                  "see that this user may get it, and that the webhook that converts it runs")};
  }
  if (live.state != LiveObject::State::kPresent) return {};
  if (create_only) return {Decision::Step::kLeave, {}, {}};
  if (std::optional<FormerOwner> former = former_owner(live.object)) {
    return about_former(planned, *std::move(former));
  }
  const std::optional<std::string> doubt = doubt_unchanged(planned.object, live.object, facts_);
  if (!doubt) return {Decision::Step::kLeave, {}, {}};
  if (log_level() >= 2) log_debug("asking about " + planned.id.full_text() + ": " + *doubt);
  return {};
}

Decision Decider::about_former(const PlannedObject& planned, FormerOwner former) const {
  if (former.tool == FormerOwner::Tool::kHelm && !adopt_) {
    return {Decision::Step::kRefuse,
            {},
            Error(ErrorKind::kCluster, planned.id.full_text() + ": belongs to " + former.text,
                  "--adopt takes it over; helm would still delete it with its release, so take it "
                  "out of the chart too")};
  }
  return {Decision::Step::kAdopt, std::move(former), {}};
}

}  // namespace kfctl
