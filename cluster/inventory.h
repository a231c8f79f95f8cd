// What one environment has on a cluster: the objects that are rendered now, and behind them the
// members of its apply set that no longer are.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/discovery.h"
#include "cluster/plan.h"
#include "cluster/situation.h"

namespace kfctl {

struct Inventory {
  Discovery discovery;
  std::vector<PlannedObject> objects;  // in the order of apply; stale ones have no spec
  size_t rendered = 0;                 // how many of them are rendered
};

/// Without `apply_set` there are no stale objects; a set that may not be read is a warning.
/// Errors: of plan_objects and the server.
Result<Inventory> take_inventory(const Workplace& place, const std::vector<Json>& objects,
                                 std::string_view apply_set);

}  // namespace kfctl
