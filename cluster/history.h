// The revisions of an environment on its cluster: reading them, and recording what an apply does.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/apply_set.h"
#include "cluster/revision.h"
#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

/// All revisions of the set, sorted by number. Errors: of the server.
Result<std::vector<Revision>> fetch_revisions(KubeClient& client, const ApplySet& set);

/// The objects of a revision. Errors: of the server; kCluster if parts are missing or damaged.
Result<std::vector<Json>> fetch_revision_objects(KubeClient& client, const ApplySet& set,
                                                 const Revision& revision);

/// Records one apply. Recording never stands in the way of those who may not keep Secrets: that is
/// a warning, once.
///
/// A revision is new when its objects are not those of the last one, and is then there, as pending,
/// before the first object is changed; or when objects were changed back to what the last one says.
/// A last revision that was cut short, with the same objects, is taken up and completed.
class Recorder {
 public:
  /// Queues the question which revisions there are; the next run() of the client answers it. What
  /// is given must outlive this. Records nothing in a dry run, or if the options say so.
  Recorder(const Workplace& place, const std::vector<Json>& objects, const ApplyOptions& options);

  /// To be called before anything is changed, and once the set's parent is there; any number of
  /// times. Errors: of the server; the apply must not begin then.
  Status begin(const Situation& now);

  /// To be called at the end, with what came of the apply; says there which revision it is. What
  /// goes wrong here is a warning.
  void finish(const Situation& now, Result<ClusterReport>& report);

 private:
  struct Asked {  // outlives this if the request does
    bool forbidden = false;
    std::optional<Result<std::vector<Revision>>> revisions;
  };

  bool is_on(const Situation& now) const;
  Status look();
  Status pack(const Situation& now);
  bool is_last() const;  // the last revision has the same objects
  Status settle(const Situation& now, bool changed);
  Status write_new(const Situation& now);
  Status claim(const Situation& now, Revision revision);
  Status take_up(const Situation& now);
  Status write_parts(const ApplySet& set);
  Status conclude(const Situation& now, const Result<ClusterReport>& report);
  Status mark(const ApplySet& set);
  Status trim(const ApplySet& set);
  void warn_forbidden(const Situation& now) const;
  void warn(std::string message) const;

  const Workplace& place_;
  const std::vector<Json>& objects_;
  const ApplyOptions& options_;
  std::shared_ptr<Asked> asked_ = std::make_shared<Asked>();
  bool looked_ = false;
  bool begun_ = false;
  bool forbidden_ = false;
  std::vector<Revision> revisions_;  // those there were
  std::optional<Revision> ours_;     // the one that this apply is recorded as
  std::vector<std::string> components_;
  std::vector<std::string> parts_;  // packed
  std::string digest_;
};

}  // namespace kfctl
