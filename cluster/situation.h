// The situation before a change: what is wanted, what there is, what is missing. Reads only.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/apply_set.h"
#include "cluster/client.h"
#include "cluster/discovery.h"
#include "cluster/kind_finder.h"
#include "cluster/live.h"
#include "cluster/plan.h"
#include "cluster/report.h"

namespace kfctl {

/// What every operation on a cluster needs. Refers to what the session owns.
struct Workplace {
  KubeClient& client;
  KindFinder& kinds;
  const std::string& default_namespace;
  const OnClusterEvent& on_event;

  void tell(ClusterEvent event) const {
    if (on_event) on_event(event);
  }
};

struct PruneScope;  // cluster/session.h

struct Situation {
  Discovery discovery;
  std::vector<PlannedObject> planned;
  std::vector<LiveObject> live;          // one for each planned object
  std::set<std::string> missing;         // namespaces in use that the server does not have
  std::set<std::string> planned_spaces;  // namespaces that are among the planned objects
  std::optional<ApplySet> set;           // if a name for one was given

  /// The server cannot be asked about this object yet: its kind or its namespace is still to come.
  bool unaskable(size_t index) const;
};

/// Looks at the server. With `apply_set` the planned objects carry its label.
/// Errors: of plan_objects and the server; kCluster if a namespace is missing that neither is among
/// the objects nor is the default one, which apply makes.
Result<Situation> survey(const Workplace& place, const std::vector<Json>& objects,
                         std::string_view apply_set);

/// Members of the set in `scope` that are not among the planned objects: what prune would delete,
/// and, with a problem, what it would leave alone. Empty without a set.
Result<std::vector<SetMember>> stale_members(const Workplace& place, const Situation& situation,
                                             const PruneScope& scope);

/// Errors: kCluster, naming them, if prune would delete more than `most` objects; as stale_members.
Status check_max_prune(const Workplace& place, const Situation& situation, const PruneScope& scope,
                       size_t most);

/// A server-side apply of one object. `object` is its body.
KubeRequest apply_request(const std::string& path, const Json& object, bool force, bool dry_run,
                          std::string_view manager);

}  // namespace kfctl
