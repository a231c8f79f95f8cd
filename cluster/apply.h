// Server-side apply of a set of objects. See Session::apply for what it promises.
#pragma once

#include <vector>

#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

/// Session::apply.
Result<ClusterReport> apply_objects(const Workplace& place, const std::vector<Json>& objects,
                                    const ApplyOptions& options);

}  // namespace kfctl
