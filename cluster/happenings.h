// The events that a cluster has recorded about the objects of an environment.
// See Session::happenings for what it promises.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

/// Session::happenings.
Status happenings_of_objects(const Workplace& place, const std::vector<Json>& objects,
                             const HappeningOptions& options, const OnHappening& on_happening);

/// From an Event of the core group.
Happening parse_happening(const Json& event);

}  // namespace kfctl
