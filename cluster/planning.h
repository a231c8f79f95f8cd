// What is checked before an apply, and a rehearsal of one as a plan.
#pragma once

#include <vector>

#include "base/result.h"
#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

/// Errors: kInternal or kUsage for options that cannot be meant.
Status check_options(const std::vector<Json>& objects, const ApplyOptions& options);

/// Whether an apply with these options may begin. Errors: kCluster if it would prune too much, or
/// the cluster is not as it was planned for; of the server.
Status check_situation(const Workplace& place, const Situation& situation,
                       const ApplyOptions& options);

/// Session::plan.
Result<PlanReport> plan_apply(const Workplace& place, const std::vector<Json>& objects,
                              const ApplyOptions& options, const std::string& salt);

}  // namespace kfctl
