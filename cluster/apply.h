// Server-side apply of a set of objects. See Session::apply for what it promises.
#pragma once

#include <vector>

#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

class Recorder;

/// Session::apply.
Result<ClusterReport> apply_objects(const Workplace& place, const std::vector<Json>& objects,
                                    const ApplyOptions& options);

/// The same, of objects that were surveyed and may be applied.
Result<ClusterReport> apply_surveyed(const Workplace& place, Situation situation,
                                     const ApplyOptions& options, Recorder& recorder);

}  // namespace kfctl
