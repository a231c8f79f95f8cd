// Deleting objects: in reverse of what apply's graph says, with preconditions, and waiting until
// they are gone.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cluster/apply_set.h"
#include "cluster/plan.h"
#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

struct DeleteTarget {
  PlannedObject planned;         // its object may lack everything but its identity
  std::string uid;               // only the object with this UID; "": whichever is there
  std::string resource_version;  // only while it has not changed; "": also then
  std::string member_of = {};    // with that: if it has, but still is this apply set's and ours
};

struct DeleteRules {
  bool dry_run = false;
  Propagation propagation = Propagation::kBackground;
  bool wait = false;
  int timeout_ms = 0;              // for all of them to be gone
  Action done = Action::kDeleted;  // what a deletion is called in the results
};

/// A member of the apply set as a target, in exactly the state in which it was listed.
DeleteTarget target_of(const SetMember& member);

/// Deletes the targets, each once what needs it is gone (accepted, without `wait`) and all others
/// at once. What something needs that could not be deleted is skipped. The results are in the
/// reverse order of apply.
std::vector<ObjectResult> delete_targets(const Workplace& place, std::vector<DeleteTarget> targets,
                                         const DeleteRules& rules);

/// Session::remove.
Result<ClusterReport> remove_objects(const Workplace& place, const std::vector<Json>& objects,
                                     const DeleteOptions& options);

}  // namespace kfctl
