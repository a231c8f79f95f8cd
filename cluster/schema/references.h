// References between the objects of one set: what a pod reads from ConfigMaps and Secrets, whom a
// Service selects, which role a binding gives to whom.
//
// An object that is named and is not in the set may be on the cluster already, so that is a warning
// unless `strict`. What is in the set is known: a ConfigMap of ours that lacks a key that a pod of
// ours needs is an error. A Secret of ours may be filled later, so an empty one has every key.
#pragma once

#include <vector>

#include "base/json.h"
#include "cluster/schema/problem.h"

namespace kfctl {

/// Appends what is wrong, object by object in the order of `objects`.
void check_references(const std::vector<Json>& objects, bool strict, std::vector<Problem>& out);

}  // namespace kfctl
