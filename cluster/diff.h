// What an apply would change, asked of the server by dry runs. See Session::diff.
#pragma once

#include <vector>

#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

/// Session::diff.
Result<DiffReport> diff_objects(const Workplace& place, const std::vector<Json>& objects,
                                const DiffOptions& options);

/// The same, of objects that were surveyed.
Result<DiffReport> diff_surveyed(const Workplace& place, const Situation& situation,
                                 const DiffOptions& options);

}  // namespace kfctl
