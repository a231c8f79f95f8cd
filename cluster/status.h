// The health of an environment: once, as it changes, or until it is what is wanted.
// See Session::status and Session::wait for what they promise.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

/// Session::status.
Result<StatusReport> status_of_objects(const Workplace& place, const std::vector<Json>& objects,
                                       const StatusOptions& options);

/// Session::wait.
Result<StatusReport> wait_for_objects(const Workplace& place, const std::vector<Json>& objects,
                                      const WaitOptions& options);

}  // namespace kfctl
