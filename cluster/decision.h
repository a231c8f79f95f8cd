// The decision about one object before anything is sent for it: what apply and diff do with it,
// from what the survey has seen. Sends nothing itself.
#pragma once

#include "cluster/live.h"
#include "cluster/plan.h"
#include "cluster/schema/facts.h"

namespace kfctl {

enum class Decision {
  kApply,  // the server is asked, by an apply or its dry run
  kLeave,  // the server has it exactly so: nothing needs to be sent
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
