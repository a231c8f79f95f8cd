// Session: everything kfctl does to one cluster, in one place. The commands stand on this header
// (and report.h); what lies behind it is the business of the other files of this room.
//
//     KF_TRY(std::unique_ptr<Session> session, Session::open(files, options, cancel));
//     KF_TRY(ClusterReport report, session->apply(objects, {.prune = true}, on_event));
//
// A session belongs to one thread. It speaks to the server first when a function below needs it:
// opening is local and quick. All errors of kind kNetwork (nobody answered: unreachable, refused,
// wrong certificate) and kCluster (the server said no: unauthorised, forbidden, invalid) carry the
// server's own reason and what to check next; kInterrupted when the token was cancelled.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/files.h"
#include "base/json.h"
#include "base/result.h"
#include "cluster/kubeconfig.h"
#include "cluster/plan_basis.h"
#include "cluster/report.h"
#include "cluster/revision.h"

namespace kfctl {

inline constexpr std::string_view kFieldManager = "kfctl";

struct SessionOptions {
  std::string environment;         // its name, for messages
  ClusterDestination destination;  // neither server nor context: the current context is taken
  ConnectionFlags flags;
  Surroundings around;
  int request_timeout_ms = 60'000;  // for one request, not the whole command
};

/// How an apply is recorded as a revision (cluster/revision.h).
struct HistoryOptions {
  bool record = false;                  // needs an apply set
  size_t keep = 10;                     // so many revisions at most; 0: all
  std::string message;                  // of the person, why
  std::string user;                     // found by the session
  int64_t rolled_back_to = 0;           // the revision that is applied again; 0: none
  std::vector<std::string> components;  // not empty: `objects` are those of these alone
};

/// What an apply or a diff of some components of an environment may prune.
struct PruneScope {
  std::vector<std::string>
      components;                   // only what these had (label ksonnet.io/component); none: all
  std::vector<ObjectId> elsewhere;  // what the other components have now, whoever had it before
};

struct ApplyOptions {
  bool dry_run = false;          // the server checks everything and stores nothing
  bool force_conflicts = false;  // take over fields that other managers own
  /// Name of the apply set that remembers what this environment owns: a Secret in its namespace.
  /// Always recorded when not empty, so that a later apply can prune.
  std::string apply_set;
  bool prune = false;  // delete what the apply set has and `objects` do not; needs apply_set
  PruneScope prune_scope;
  std::optional<size_t> max_prune;  // refuse, before anything is changed, to delete more than these
  bool adopt = false;               // take over what belongs to helm releases
  std::vector<std::string> recreate;  // what may be deleted and created anew: see may_recreate
  bool partial = false;               // `objects` are not all of the environment: see NeedsOptions
  int ready_timeout_ms = 60'000;      // for a CustomResourceDefinition to be served
  bool wait = false;  // until everything is ready (cluster/health.h), before what is left is pruned
  int wait_timeout_ms = 5 * 60'000;  // for one object to be ready; 0: any time
  HistoryOptions history;
  const PlanBasis* expected = nullptr;  // refuse, before anything is changed, if this has moved
};

/// What an apply would do, and what that rests on.
struct PlanReport {
  PlanBasis basis;
  ClusterReport rehearsal;  // of objects that would be pruned too
  DiffReport diff;
};

struct DiffOptions {
  bool force_conflicts = false;
  bool adopt = false;     // as in ApplyOptions
  std::string apply_set;  // as in ApplyOptions
  bool prune = false;     // include what apply with prune would delete
  PruneScope prune_scope;
};

enum class Propagation { kBackground, kForeground, kOrphan };

struct DeleteOptions {
  bool dry_run = false;
  Propagation propagation = Propagation::kBackground;
  bool wait = true;             // until the objects are gone
  int timeout_ms = 5 * 60'000;  // for all of them to be gone
  std::string apply_set;  // also delete its members that are not among `objects`, and then itself
};

/// The health of everything in an environment.
struct StatusReport {
  std::vector<HealthTree> objects;  // rendered, in the order of apply
  std::vector<HealthTree> stale;    // members of the apply set that are no longer rendered

  /// All of it is current.
  bool healthy() const { return all_current(objects) && all_current(stale); }
};

struct StatusOptions {
  std::string apply_set;  // "": look at what is rendered only
  /// If given, status goes on until it is interrupted and calls this at first and whenever
  /// something changes.
  std::function<void(const StatusReport& report)> on_change;
};

struct WaitOptions {
  bool deleted = false;         // wait until all is gone, not until all is ready
  int timeout_ms = 5 * 60'000;  // 0: any time
};

struct LogOptions {
  bool follow = false;    // until interrupted; pods that come later too
  bool previous = false;  // of the run before the last restart
  bool timestamps = false;
  std::string container = {};  // "": all of them
  int since_s = 0;             // only lines of the last so many seconds; 0: all
  int tail = -1;               // only so many lines of each container; -1: all
};

/// A line that a container has printed. Valid during the call.
struct LogLine {
  std::string_view namespace_;
  std::string_view pod;
  std::string_view container;
  std::string_view text;  // as it was printed, control characters and all
};
using OnLogLine = std::function<void(const LogLine& line)>;

/// A port of this machine and where it leads.
struct PortPair {
  std::optional<int> local;  // 0: one that is free; nothing: the same as the object's
  std::string remote;        // of the object, a number or a name
};

struct ForwardOptions {
  std::vector<PortPair> ports;
  std::vector<std::string> addresses = {"localhost"};  // of this machine, to listen on
  int timeout_ms = 60'000;  // for a pod that takes connections to be there
};

struct ForwardNews {
  enum class Kind {
    kListening,  // `local` leads to `port` of `pod`, as long as that takes connections
    kWaiting,    // no pod takes connections: message says why
    kTrouble,    // a connection was lost: message says why
  };
  Kind kind = Kind::kListening;
  std::string local = {};  // "127.0.0.1:8080"
  int port = 0;
  std::string pod = {};
  std::string message = {};
};
using OnForwardNews = std::function<void(const ForwardNews& news)>;

struct HappeningOptions {
  bool follow = false;  // until interrupted
};

/// What a cluster calls an event: something that happened to an object.
struct Happening {
  std::string time;  // RFC 3339, of the last time
  bool warning = false;
  ObjectId object;
  std::string reason;  // "FailedScheduling"
  std::string message;
  int64_t count = 1;
};
using OnHappening = std::function<void(const Happening& happening)>;

/// The apply set of one environment of one app, "kfctl.APP.ENV" made a valid name of an object.
std::string apply_set_name(std::string_view app, std::string_view environment);

struct ServerVersion {
  std::string git_version;  // "v1.34.4"
  std::string platform;     // "linux/amd64"
};

class Session {
 public:
  virtual ~Session() = default;

  /// Chooses the cluster (choose_connection has the rules and the errors) and reads certificates.
  /// What can be kept for the next command (kinds) lies in the cache directory of `around`.
  /// `files`, `cancel` must outlive the session. Errors: also kDisk for unreadable files.
  static Result<std::unique_ptr<Session>> open(Files& files, const SessionOptions& options,
                                               const CancelToken& cancel);

  /// Which cluster this is: the URL of its server, the context ("" if none), the namespace that
  /// objects without one get.
  virtual const std::string& server() const = 0;
  virtual const std::string& context() const = 0;
  virtual const std::string& default_namespace() const = 0;

  /// Asks the server for its version: the cheapest way to see whether it answers.
  virtual Result<ServerVersion> version() = 0;

  /// Makes the server's objects be what `objects` say, by server-side apply as field manager
  /// "kfctl": each as soon as what it needs is in place (cluster/needs.h), all others at once; the
  /// session's namespace is made first if it is missing and needed. What is already so is not
  /// changed. When an object fails, what needs it is skipped and everything else goes on: look at
  /// ClusterReport::failure(). Running again completes the work.
  /// Errors: only before anything was changed (no connection, unknown kinds: kProject, naming all).
  virtual Result<ClusterReport> apply(const std::vector<Json>& objects, const ApplyOptions& options,
                                      const OnClusterEvent& on_event) = 0;

  /// What apply would change, asked of the server by a dry run. Changes nothing.
  /// Errors: as apply; an object that the server refuses is an error here.
  virtual Result<DiffReport> diff(const std::vector<Json>& objects, const DiffOptions& options,
                                  const OnClusterEvent& on_event) = 0;

  /// What apply with these options would do, as a plan. Digests in it are salted with `salt`.
  /// Changes nothing. Errors: as apply; and the failure of its report, if it would have one.
  virtual Result<PlanReport> plan(const std::vector<Json>& objects, const ApplyOptions& options,
                                  const std::string& salt, const OnClusterEvent& on_event) = 0;

  /// The revisions that were recorded for an apply set, sorted by number.
  virtual Result<std::vector<Revision>> history(const std::string& apply_set) = 0;

  /// The objects of one of them. Errors: also kCluster if it is not whole.
  virtual Result<std::vector<Json>> objects_of(const std::string& apply_set,
                                               const Revision& revision) = 0;

  /// Deletes the objects, in reverse order of apply. What is not there is fine (kAbsent). With
  /// `wait`, what is not gone in time is kFailed, and its finalizers are named.
  virtual Result<ClusterReport> remove(const std::vector<Json>& objects,
                                       const DeleteOptions& options,
                                       const OnClusterEvent& on_event) = 0;

  /// The health of the objects, of what was made from them and of what the apply set has besides.
  /// What we may not look at is kUnknown. Changes nothing.
  /// Errors: as apply; kInterrupted at the end of one with on_change.
  virtual Result<StatusReport> status(const std::vector<Json>& objects,
                                      const StatusOptions& options,
                                      const OnClusterEvent& on_event) = 0;

  /// Waits until the objects are ready, or gone; tells kHealth and kReady.
  /// Errors: kCluster for the first that is not in time, or that has failed for good, with the last
  /// lines of its pod; otherwise as status.
  virtual Result<StatusReport> wait(const std::vector<Json>& objects, const WaitOptions& options,
                                    const OnClusterEvent& on_event) = 0;

  /// What the pods of the objects print. Without follow pod after pod, each container's lines
  /// together; with it as the lines come. Gives how many containers there were to read. One that
  /// cannot be read is a warning; if none can, an error.
  virtual Result<size_t> logs(const std::vector<Json>& objects, const LogOptions& options,
                              const OnLogLine& on_line, const OnClusterEvent& on_event) = 0;

  /// The events about the objects and what was made from them, the oldest first; one that happens
  /// again is told again.
  virtual Status happenings(const std::vector<Json>& objects, const HappeningOptions& options,
                            const OnHappening& on_happening, const OnClusterEvent& on_event) = 0;

  /// Forwards ports of this machine to a Service, a Pod, or what makes pods, until interrupted.
  /// Each connection goes to a pod that is ready when it comes, so one that is replaced is followed
  /// by its successor. News and events come from several threads, one at a time.
  /// Errors: as status; kUsage for a port that the object does not have; kNetwork for one that
  /// cannot be listened on; kCluster if no pod takes connections in time; kInterrupted at the end.
  virtual Status forward(const Json& object, const ForwardOptions& options,
                         const OnForwardNews& on_news, const OnClusterEvent& on_event) = 0;

  /// Warnings the server has sent so far, each text once.
  virtual const std::vector<std::string>& warnings() const = 0;
};

}  // namespace kfctl
