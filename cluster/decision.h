// The decision about one object before anything is sent for it: what apply and diff do with it,
// from what the survey has seen. Sends nothing itself.
#pragma once

#include <string_view>

#include "cluster/live.h"
#include "cluster/plan.h"
#include "cluster/schema/facts.h"

namespace kfctl {

/// On an object of the app: once it is on the server, it is never changed again.
inline constexpr std::string_view kCreateOnlyAnnotation = "kfctl.io/create-only";

enum class Decision {
  kApply,  // the server is asked, by an apply or its dry run
  kLeave,  // nothing is sent: the server has it exactly so, or it is only ever created
};

/// Belongs to one thread.
class Decider {
 public:
  Decision decide(const PlannedObject& planned, const LiveObject& live) const;

  const Facts& facts() const { return facts_; }

 private:
  // The newest types known: those of another version cost a request, not a wrong decision.
  Facts facts_ = Facts::builtin(kNewestMinor);
  static constexpr int kNewestMinor = 1000;
};

}  // namespace kfctl
