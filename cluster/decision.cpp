#include "cluster/decision.h"

#include <optional>

#include "base/log.h"
#include "cluster/owned_fields.h"

namespace kfctl {

Decision Decider::decide(const PlannedObject& planned, const LiveObject& live) const {
  if (live.state != LiveObject::State::kPresent) return Decision::kApply;
  if (planned.object.string_at({"metadata", "annotations", kCreateOnlyAnnotation}) == "true") {
    return Decision::kLeave;
  }
  const std::optional<std::string> doubt = doubt_unchanged(planned.object, live.object, facts_);
  if (!doubt) return Decision::kLeave;
  if (log_level() >= 2) log_debug("asking about " + planned.id.full_text() + ": " + *doubt);
  return Decision::kApply;
}

}  // namespace kfctl
