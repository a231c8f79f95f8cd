// Deleting an object so that it can be created anew, where a field of it cannot change.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cluster/plan.h"
#include "cluster/situation.h"

namespace kfctl {

/// Whether `allowed` ("all", or objects as "Kind/name") lets this object be deleted for that. "all"
/// leaves out what holds data: volumes and their claims, namespaces, definitions.
bool may_recreate(const ObjectId& id, const std::vector<std::string>& allowed);

/// Deletes the object, but only the one with this UID, and calls `done` once it is gone, from the
/// client's run(). `planned` must live until then. What it owned is deleted in the background.
/// Errors: of the server; kCluster if it is not gone after `timeout_ms`, naming its finalizers.
void delete_to_recreate(const Workplace& place, const PlannedObject& planned,
                        const std::string& uid, int timeout_ms, std::function<void(Status)> done);

}  // namespace kfctl
