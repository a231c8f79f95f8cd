// What the cluster room tells its caller: events while it works, reports when it is done.
//
// All of these own what they hold and may be kept.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/json_diff.h"
#include "base/object.h"
#include "base/result.h"
#include "cluster/health_tree.h"

namespace kfctl {

enum class Action {
  kCreated,
  kConfigured,  // was there and was changed
  kUnchanged,
  kRecreated,  // was deleted and created anew, because a field of it cannot change
  kPruned,     // deleted, because the environment no longer has it
  kDeleted,    // deleted, because that was asked
  kAbsent,     // was to be deleted and was not there
  kFailed,     // see ObjectResult::error
  kSkipped,    // not tried, because what it needs failed or the work was interrupted
};

/// "created", "configured", "unchanged", "pruned", "deleted", "not found", "failed", "skipped".
std::string_view action_name(Action action);

/// A field that another field manager owns and that we wanted to set.
struct FieldConflict {
  std::string manager;  // "kubectl-client-side-apply"
  std::string field;    // ".spec.replicas", as the server writes it
  std::string ours;     // the two values as one line of JSON, "" where they cannot be told
  std::string theirs;
};

struct ObjectResult {
  ObjectId id;  // with the namespace it has on the server
  Action action = Action::kSkipped;
  std::optional<Error> error;  // for kFailed
  std::string reason;          // for kSkipped: "needs ConfigMap/a, which failed"; "" if interrupted
  std::vector<FieldConflict> conflicts;  // for kFailed with a conflict
};

/// Progress. Called on the thread that called the session, between requests; must not call back
/// into the session.
struct ClusterEvent {
  enum class Kind {
    kPlanned,           // `count` objects will be applied or deleted
    kNamespaceCreated,  // message: its name
    kObjectDone,        // `result`
    kWaiting,           // message: what is waited for, in words
    kRetry,             // message: why a request is sent again
    kWarning,           // message: a warning of the server, each text once per session
    kReady,             // `result`: an object that was waited for is ready
    kHealth,            // `trees`: all that was waited for so far, whenever it changes
  };
  Kind kind = Kind::kPlanned;
  size_t count = 0;
  const ObjectResult* result = nullptr;            // valid during the call, as are
  const std::vector<HealthTree>* trees = nullptr;  // these
  std::string message;
};
using OnClusterEvent = std::function<void(const ClusterEvent& event)>;

/// What came of an apply or a delete.
struct ClusterReport {
  std::vector<ObjectResult> objects;  // in the order they were done; pruned ones at the end
  int64_t revision = 0;               // the one that it was recorded as; 0: none
  /// Why the work stopped after these, where that is the fault of none of them: what is to be
  /// pruned could not be listed, the apply set not be written.
  std::optional<Error> unfinished = {};

  size_t count(Action action) const;
  /// One error that stands for all objects that failed or were skipped and for what is unfinished,
  /// or nothing if all is done. Its message names each object with its reason.
  std::optional<Error> failure() const;
};

/// How one object would change.
struct ObjectDiff {
  enum class Change { kUnchanged, kAdded, kChanged, kPruned };
  ObjectId id;
  Change change = Change::kUnchanged;
  // The object on the server and as apply would leave it, without status, managedFields and other
  // noise, Secret values masked. Null: not there.
  Json before;
  Json after;
  std::vector<JsonChange> fields;        // json_diff(before, after), for kChanged
  std::vector<FieldConflict> conflicts;  // apply would stop at these without force_conflicts
  std::string note;  // "its namespace does not exist yet: compared without the server's defaults"
};

struct DiffReport {
  std::vector<ObjectDiff> objects;  // in apply order, unchanged ones included; pruned at the end

  /// True if apply would change nothing.
  bool empty() const;
};

}  // namespace kfctl
