// Apply sets (KEP-3659, as kubectl implements them): how a server remembers what an environment
// owns, so that what it no longer has can be found and deleted.
//
// A parent, here a Secret in the environment's namespace, carries the id of the set and which kinds
// and namespaces have members; each member carries the id as a label, which is the only proof of
// membership. The parent is written before members are (with the kinds of old and new ones, so that
// a crash forgets nothing) and shrunk after all of them are in place. Pure, but for the last two.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/object.h"
#include "base/result.h"
#include "cluster/client.h"
#include "cluster/discovery.h"
#include "cluster/kind_finder.h"
#include "cluster/plan.h"

namespace kfctl {

inline constexpr std::string_view kPartOfLabel = "applyset.kubernetes.io/part-of";

/// The kinds ("Deployment.apps", "ConfigMap") and namespaces in which a set has members.
struct ApplySetScope {
  std::set<std::string> kinds;
  std::set<std::string> namespaces;  // that of the parent included

  void add(const ObjectId& id);
  void add(const ApplySetScope& other);
  friend bool operator==(const ApplySetScope&, const ApplySetScope&) = default;
};

struct ApplySet {
  std::string name;
  std::string namespace_;
  bool exists = false;
  ApplySetScope recorded;  // what the parent says
  std::string uid = {};    // of the parent, once it is there
  /// This user may not read or write the parent. Objects carry the label all the same, so that they
  /// do not change when another user applies them, but nothing is recorded.
  std::optional<Error> refused = {};
  std::string resource_version = {};  // of the parent as it was read or written last

  std::string id() const;
  std::string path() const;
};

/// "applyset-...-v1" for a parent. `group` and `namespace_` are "" where there is none.
std::string apply_set_id(std::string_view name, std::string_view namespace_, std::string_view kind,
                         std::string_view group);

/// Reads a parent. Errors: kCluster if the Secret is no parent, another tool's, or carries the id
/// of another set.
Result<ApplySet> parse_apply_set(const Json& parent, std::string_view name,
                                 std::string_view namespace_);

/// The parent as it is applied.
Json apply_set_parent(const ApplySet& set, const ApplySetScope& scope);

/// Marks the objects as members. Errors: kProject if one carries the label already.
Status label_members(const ApplySet& set, std::vector<PlannedObject>& objects);

/// What those objects need the parent to say.
ApplySetScope scope_of(const std::vector<PlannedObject>& objects);

/// A member as the server lists it.
struct SetMember {
  ObjectId id;
  ResourceInfo resource;
  std::string uid;
  std::string resource_version;
  std::string set;        // its id
  std::string component;  // its label ksonnet.io/component
  std::string problem;    // why it must not be deleted although it carries our label, or ""
};

/// Kinds whose objects hold what cannot be made again: namespaces, definitions, volumes and claims.
bool holds_data(const ObjectId& id);

/// Why an object with our label is left alone: it is another controller's part, kfctl never applied
/// it (somebody copied the labels), or it is of a kind that holds what cannot be made again
/// (namespaces, definitions, volumes). "" if it may be deleted.
std::string reason_to_keep(const ObjectId& id, const Json& metadata);

/// Asks for the parent of a set of which only name and namespace are known, and what the answer
/// makes of it. One that does not exist yet, or that this user may not read (`refused`), is not an
/// error.
KubeRequest apply_set_request(const ApplySet& set);
Result<ApplySet> read_apply_set(const KubeClient& client, const KubeAnswer& answer, ApplySet set);

/// Both.
Result<ApplySet> fetch_apply_set(KubeClient& client, const std::string& name,
                                 const std::string& namespace_);

/// Lists all members in `scope`, as far as the server has its kinds now: it may have others than
/// `kinds` last said. Kinds that were deleted with all their objects are skipped.
/// Errors: of the server; kCluster if a kind should be there and cannot be asked for, because the
/// server behind it does not answer or is just starting: to forget it would orphan its objects.
Result<std::vector<SetMember>> fetch_members(KubeClient& client, KindFinder& kinds,
                                             const Discovery& discovery, const ApplySet& set,
                                             const ApplySetScope& scope);

}  // namespace kfctl
