// Revisions: what an environment was made to be, one for each apply that changed something. Kept in
// Secrets beside the apply set, so that whoever works on the environment finds them.
//
// The objects as JSON are packed by gzip and cut into parts. The first part lies in the revision's
// head, Secret NAME.rN; others in NAME.rN.p1 and so on, owned by the head, so that deleting the
// head deletes all. Heads are owned by the apply set's parent, and are no members of the set: prune
// does not know them. The head is written first, as pending, and claims the number; it says how
// many parts there are and the SHA-256 of the whole, so that a revision cut short is never taken
// for a whole one. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

struct ApplySet;

enum class RevisionState {
  kPending,   // the apply is under way, or was cut short
  kDeployed,  // everything was applied
  kFailed,    // something was not
};

/// "pending", "deployed", "failed".
std::string_view revision_state_name(RevisionState state);

struct Revision {
  int64_t number = 0;  // from 1
  RevisionState state = RevisionState::kPending;
  std::string started;                     // RFC 3339, UTC
  std::string finished;                    // the same; "" while pending
  std::string user;                        // as the kubeconfig names it, or whom it acted as
  std::string version;                     // of kfctl
  std::string message;                     // --message
  int64_t rolled_back_to = 0;              // the revision whose objects these are; 0: rendered
  std::vector<std::string> components;     // not empty: of these components only
  std::map<std::string, int64_t> changes;  // how many objects by action_name, "created": 3
  std::string digest;                      // SHA-256 of packed text, hexadecimal
  size_t parts = 1;
  std::string uid = {};  // of the head, once it is there
};

/// The objects as the text that is packed, the same for the same objects in any order.
std::string revision_text(std::vector<Json> objects);

/// The packed text in pieces of at most `size` bytes, one at least.
std::vector<std::string> revision_parts(std::string_view text, size_t size);

/// The objects of `parts`, all of them in order.
/// Errors: kCluster if they are not what `revision` says: cut short or changed.
Result<std::vector<Json>> revision_objects(const Revision& revision,
                                           const std::vector<std::string>& parts);

/// "kfctl-history.APP.ENV.r3", and of a part after the first "kfctl-history.APP.ENV.r3.p1".
std::string revision_name(const ApplySet& set, int64_t number, size_t part = 0);

/// What selects the heads of a set.
std::string revision_selector(const ApplySet& set);

/// The Secrets. A part's `part` counts from 1; its owner is the head with `revision.uid`.
Json revision_head(const ApplySet& set, const Revision& revision, std::string_view bytes);
Json revision_part(const ApplySet& set, const Revision& revision, size_t part,
                   std::string_view bytes);

/// A merge patch that brings a head's state and what it says of the apply up to date.
Json revision_mark(const Revision& revision);

/// Reads the metadata of a head. Errors: kCluster if it is none.
Result<Revision> parse_revision(const Json& metadata);

/// The bytes of a head or part. Errors: kCluster if there are none.
Result<std::string> parse_part(const Json& secret);

/// The revision that a rollback without a number goes to: the newest deployed one before the last
/// that is not the same. Errors: kUsage if there is none. `revisions` are sorted by number.
Result<Revision> previous_revision(const std::vector<Revision>& revisions);

/// Errors: kUsage, naming those there are.
Result<Revision> find_revision(const std::vector<Revision>& revisions, int64_t number);

/// Those to delete so that `keep` are left, the oldest first; the newest deployed one always stays.
std::vector<Revision> surplus_revisions(const std::vector<Revision>& revisions, size_t keep);

/// `base` with the objects that `changed` has too replaced, and those it has besides added.
std::vector<Json> merged_objects(std::vector<Json> base, const std::vector<Json>& changed);

/// Seconds since 1970 as "2026-11-24T12:00:00Z".
std::string utc_text(int64_t seconds);

}  // namespace kfctl
