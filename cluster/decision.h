// The decision about one object before anything is sent for it: what apply and diff do with it,
// from what the survey has seen. Sends nothing itself.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "cluster/former_owner.h"
#include "cluster/live.h"
#include "cluster/plan.h"
#include "cluster/schema/facts.h"

namespace kfctl {

/// On an object of the app: once it is there, it is never changed again.
inline constexpr std::string_view kCreateOnlyAnnotation = "kfctl.io/create-only";

struct Decision {
  enum class Step {
    kApply,   // the server is asked, by an apply or its dry run
    kLeave,   // nothing is sent: the server has it exactly so, or it is only ever created
    kAdopt,   // first it has to become ours (former), then it is applied
    kRefuse,  // see error
  };
  Step step = Step::kApply;
  std::optional<FormerOwner> former;  // of kAdopt
  std::optional<Error> error;         // of kRefuse
};

/// Belongs to one thread.
class Decider {
 public:
  /// With `adopt`, what belongs to a helm release is taken over, not refused.
  explicit Decider(bool adopt) : adopt_(adopt) {}

  Decision decide(const PlannedObject& planned, const LiveObject& live) const;

  const Facts& facts() const { return facts_; }

 private:
  Decision about_former(const PlannedObject& planned, FormerOwner former) const;

  static constexpr int kNewestMinor = 1000;
  bool adopt_;
  // The newest types known: those of another version cost a request, not a wrong decision.
  Facts facts_ = Facts::builtin(kNewestMinor);
};

}  // namespace kfctl
