// An object with what was made from it: a Deployment, its ReplicaSets, their Pods, as
// ownerReferences connect them. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/object.h"
#include "cluster/health.h"

namespace kfctl {

struct HealthTree {
  ObjectId id;
  HealthReport health;
  std::vector<HealthTree> parts;  // sorted by kind and name
};

/// The objects whose ownerReferences name `uid`. Pointers are valid during the call of health_tree.
using PartsOf = std::function<std::vector<const Json*>(std::string_view uid)>;

/// The health of `object` and of all that is below it. Revisions of a Deployment that have no pods
/// left are left out.
///
/// What is in progress only because a living pod of its newest revision cannot run is failed, with
/// that pod's reason: the counts of a workload never say so themselves. A pod that has ended is no
/// such sign, since its controller makes another.
HealthTree health_tree(const Json& object, const PartsOf& parts, const HealthContext& context);

/// The tree of something that is not there.
HealthTree absent_tree(const ObjectId& id);

/// The first failed pod of the tree, or nullptr.
const HealthTree* failed_pod(const HealthTree& tree);

/// One in which the parts do not count: every object of `trees` is current.
bool all_current(const std::vector<HealthTree>& trees);

}  // namespace kfctl
