// Target: where an environment's objects go, a cluster or a directory, behind one interface.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/args.h"
#include "cli/console.h"
#include "cli/project.h"
#include "cli/world.h"
#include "cluster/session.h"

namespace kfctl {

/// What show, diff, apply and delete start from.
struct Deployment {
  App app;
  Environment environment;
  std::vector<Json> objects;             // rendered, in the order of `show`
  std::vector<std::string> components;   // those that -c selected; none means all
  std::vector<ObjectId> elsewhere = {};  // what the others render; known where -c meets --prune
};

/// What a command means that its arguments alone do not say.
struct DeploymentChoice {
  std::string environment;              // "": the first word
  std::vector<std::string> components;  // empty: those of -c
};

/// The app and the environment of the command, nothing rendered. Errors: as open_app and
/// choose_environment.
Result<Deployment> open_deployment(const Args& args, const World& world,
                                   const DeploymentChoice& choice = {});

/// Opens the app, chooses the environment (the first word), renders; what std.trace says goes to
/// the console as notes, what it costs to `profile`. REQUIRES of the command: kJsonnetFlags (or
/// kLanguageFlags) and kSelectionFlags. Errors: as open_app, choose_environment,
/// render_environment.
Result<Deployment> load_deployment(const Args& args, Console& console, const World& world,
                                   Profile* profile = nullptr, const DeploymentChoice& choice = {});

struct TargetOptions {
  bool dry_run = false;
  bool prune = false;
  bool force_conflicts = false;  // clusters only, as all that follows
  bool adopt = false;
  std::optional<size_t> max_prune;
  std::vector<std::string> recreate;
  bool wait = true;             // for deleted objects to be gone; clusters only
  bool wait_ready = false;      // for applied objects to be ready; clusters only
  int timeout_ms = 5 * 60'000;  // of those waits
  HistoryOptions history;
  const PlanBasis* expected = nullptr;  // refuse, before anything is changed, if this has moved
};

class Target {
 public:
  virtual ~Target() = default;

  /// "directory manifests/default", "cluster https://10.0.0.1:6443 (context prod), namespace ml".
  virtual std::string describe() const = 0;
  /// What tells one destination from another: the URL of a server, or the path of a directory.
  virtual std::string place() const = 0;

  virtual Result<DiffReport> diff(const TargetOptions& options, const OnClusterEvent& on_event) = 0;
  virtual Result<ClusterReport> apply(const TargetOptions& options,
                                      const OnClusterEvent& on_event) = 0;
  /// What apply would do. Digests in it are salted with `salt`.
  virtual Result<PlanReport> plan(const TargetOptions& options, const std::string& salt,
                                  const OnClusterEvent& on_event) = 0;
  virtual Result<ClusterReport> remove(const TargetOptions& options,
                                       const OnClusterEvent& on_event) = 0;

  /// The revisions, sorted by number, and the objects of one.
  /// Errors: kUsage for a directory, whose history is kept by git.
  virtual Result<std::vector<Revision>> history() = 0;
  virtual Result<std::vector<Json>> objects_of(const Revision& revision) = 0;

  /// Of a directory: which files are as rendered. With `on_change` (clusters only) until
  /// interrupted: see StatusOptions.
  virtual Result<StatusReport> status(
      const std::function<void(const StatusReport& report)>& on_change,
      const OnClusterEvent& on_event) = 0;

  /// Errors: kUsage for a directory, in which nothing runs.
  virtual Result<StatusReport> wait(const WaitOptions& options, const OnClusterEvent& on_event) = 0;
  virtual Result<size_t> logs(const LogOptions& options, const OnLogLine& on_line,
                              const OnClusterEvent& on_event) = 0;
  virtual Status forward(const Json& object, const ForwardOptions& options,
                         const OnForwardNews& on_news, const OnClusterEvent& on_event) = 0;
  virtual Status happenings(const HappeningOptions& options, const OnHappening& on_happening,
                            const OnClusterEvent& on_event) = 0;
};

/// The target of `deployment`, which must outlive it, as must `world`; what it deploys is what that
/// has when the target is told to. REQUIRES of the command:
/// kConnectionFlags. Errors: as Session::open and check_consent; kUsage for cluster flags that
/// cannot matter.
Result<std::unique_ptr<Target>> open_target(const Deployment& deployment, const Args& args,
                                            World& world);

}  // namespace kfctl
