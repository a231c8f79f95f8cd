// Deleting objects: in reverse order of apply, with preconditions, and waiting until they are gone.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

struct DeleteTarget {
  ObjectId id;
  ResourceInfo resource;
  std::string uid;               // only the object with this UID; "": whichever is there
  std::string resource_version;  // only while it has not changed; "": also then
};

struct DeleteRules {
  bool dry_run = false;
  Propagation propagation = Propagation::kBackground;
  bool wait = false;
  int timeout_ms = 0;              // for all of them to be gone
  Action done = Action::kDeleted;  // what a deletion is called in the results
};

/// Deletes the targets, kinds in reverse order. When one of a rank fails or is not gone in time,
/// those of the ranks after it are skipped. The results are in the order of the work.
std::vector<ObjectResult> delete_targets(const Workplace& place, std::vector<DeleteTarget> targets,
                                         const DeleteRules& rules);

/// Session::remove.
Result<ClusterReport> remove_objects(const Workplace& place, const std::vector<Json>& objects,
                                     const DeleteOptions& options);

}  // namespace kfctl
