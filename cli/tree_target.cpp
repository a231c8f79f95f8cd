#include "cli/tree_target.h"

#include <algorithm>

#include "base/json_diff.h"

namespace kfctl {
namespace {

class TreeTarget : public Target {
 public:
  TreeTarget(const Deployment& deployment, World& world)
      : deployment_(deployment),
        world_(world),
        root_(deployment.app.path(deployment.environment.destination.directory)) {}

  std::string describe() const override { return "directory " + root_; }
  std::string place() const override { return root_; }

  Result<DiffReport> diff(const TargetOptions& options, const OnClusterEvent& on_event) override {
    KF_TRY(const TreePlan planned, plan(component_objects()));
    if (!options.prune) warn_of_leftovers(planned, on_event);
    return tree_diff(planned, options.prune);
  }

  Result<ClusterReport> apply(const TargetOptions& options,
                              const OnClusterEvent& on_event) override {
    if (options.expected != nullptr) {
      KF_TRY(const TreePlan planned, plan(component_objects()));
      KF_TRY(const PlanBasis now, basis(planned, options.prune, options.expected->salt));
      KF_DO(check_basis(*options.expected, now));
    }
    return carry_out(component_objects(), options.dry_run, options.prune, Action::kPruned,
                     on_event);
  }

  Result<PlanReport> plan(const TargetOptions& options, const std::string& salt,
                          const OnClusterEvent& on_event) override {
    KF_TRY(const TreePlan planned, plan(component_objects()));
    if (!options.prune) warn_of_leftovers(planned, on_event);
    PlanReport out;
    KF_TRY(out.basis, basis(planned, options.prune, salt));
    out.rehearsal = tree_report(planned, options.prune, Action::kPruned);
    out.diff = tree_diff(planned, options.prune);
    return out;
  }

  Result<ClusterReport> remove(const TargetOptions& options,
                               const OnClusterEvent& on_event) override {
    return carry_out({}, options.dry_run, true, Action::kDeleted, on_event);
  }

  Result<std::vector<Revision>> history() override { return kept_by_git(); }
  Result<std::vector<Json>> objects_of(const Revision&) override { return kept_by_git(); }

  Result<StatusReport> status(const std::function<void(const StatusReport& report)>& on_change,
                              const OnClusterEvent&) override {
    if (on_change) return nothing_runs("watch");
    KF_TRY(const TreePlan planned, plan(component_objects()));
    return tree_status(planned);
  }

  Result<StatusReport> wait(const WaitOptions&, const OnClusterEvent&) override {
    return nothing_runs("wait for");
  }

  Result<size_t> logs(const LogOptions&, const OnLogLine&, const OnClusterEvent&) override {
    return nothing_runs("listen to");
  }

  Status forward(const Json&, const ForwardOptions&, const OnForwardNews&,
                 const OnClusterEvent&) override {
    return nothing_runs("connect to");
  }

  Status happenings(const HappeningOptions&, const OnHappening&, const OnClusterEvent&) override {
    return nothing_runs("hear of");
  }

 private:
  Result<TreePlan> plan(const std::vector<ComponentObject>& objects) const {
    const TreeOwner owner{deployment_.app.config().name(), deployment_.environment.name};
    KF_TRY(TreePlan planned,
           plan_tree(world_.files, root_, owner, objects, deployment_.components));
    const std::vector<ObjectId>& kept = deployment_.elsewhere;
    std::erase_if(planned.changes, [&kept](const ManifestChange& change) {
      return change.kind == ManifestChange::Kind::kRemove &&
             std::any_of(kept.begin(), kept.end(),
                         [&change](const ObjectId& id) { return same_object(id, change.id); });
    });
    return planned;
  }

  // The files as they are; a directory is told from others by what the environment calls it, so
  // that a plan can be applied in another checkout.
  Result<PlanBasis> basis(const TreePlan& planned, bool prune, const std::string& salt) const {
    PlanBasis out;
    out.destination = describe();
    out.place = "directory " + deployment_.environment.destination.directory;
    out.salt = salt;
    for (const ManifestChange& change : planned.changes) {
      const bool goes = change.kind == ManifestChange::Kind::kRemove;
      if (goes && !prune) continue;
      ObjectBasis one = {change.id, "", ""};
      if (change.kind != ManifestChange::Kind::kCreate) {
        KF_TRY(const std::string text, world_.files.read(join_path(planned.root, change.path)));
        one.digest = salted_digest(salt, text);
      }
      (goes ? out.pruned : out.objects).push_back(std::move(one));
    }
    return out;
  }

  Result<ClusterReport> carry_out(const std::vector<ComponentObject>& objects, bool dry_run,
                                  bool prune, Action removed, const OnClusterEvent& on_event) {
    KF_TRY(const TreePlan planned, plan(objects));
    if (world_.cancel.cancelled()) return cancelled_error("nothing was changed");
    if (!dry_run) KF_DO(commit_tree(world_.files, planned, prune));
    if (!prune) warn_of_leftovers(planned, on_event);
    ClusterReport report = tree_report(planned, prune, removed);
    for (const ObjectResult& result : report.objects) {
      ClusterEvent event;
      event.kind = ClusterEvent::Kind::kObjectDone;
      event.result = &result;
      on_event(event);
    }
    return report;
  }

  Error kept_by_git() const {
    return usage_error("environment '" + deployment_.environment.name +
                           "' goes to a directory, whose history kfctl does not keep",
                       "keep it in git: 'git log -- " + root_ +
                           "' lists its revisions, 'git "
                           "revert' and 'git checkout' go back to one");
  }

  Error nothing_runs(const std::string& what) const {
    return usage_error("environment '" + deployment_.environment.name +
                           "' goes to a directory: nothing runs there that one could " + what,
                       "'kfctl status' says which of its files are as rendered");
  }

  static void warn_of_leftovers(const TreePlan& planned, const OnClusterEvent& on_event) {
    const auto leftovers = std::count_if(
        planned.changes.begin(), planned.changes.end(),
        [](const auto& change) { return change.kind == ManifestChange::Kind::kRemove; });
    if (leftovers == 0) return;
    ClusterEvent event;
    event.kind = ClusterEvent::Kind::kWarning;
    event.message = std::to_string(leftovers) + (leftovers == 1 ? " file is" : " files are") +
                    " left of what the app no longer has; --prune removes " +
                    (leftovers == 1 ? "it" : "them");
    on_event(event);
  }

  std::vector<ComponentObject> component_objects() const {
    std::vector<ComponentObject> objects;
    for (const Json& object : deployment_.objects) {
      objects.push_back(
          {std::string(object.string_at({"metadata", "labels", "ksonnet.io/component"})), object});
    }
    return objects;
  }

  const Deployment& deployment_;
  World& world_;
  std::string root_;
};

ObjectDiff object_diff(const ManifestChange& change) {
  ObjectDiff diff;
  diff.id = change.id;
  diff.before = change.before;
  diff.after = change.after;
  mask_secrets(diff.before, diff.after);
  switch (change.kind) {
    case ManifestChange::Kind::kUnchanged:
      diff.change = ObjectDiff::Change::kUnchanged;
      break;
    case ManifestChange::Kind::kCreate:
      diff.change = ObjectDiff::Change::kAdded;
      break;
    case ManifestChange::Kind::kUpdate:
      diff.change = ObjectDiff::Change::kChanged;
      diff.fields = json_diff(diff.before, diff.after);
      if (diff.fields.empty()) diff.note = "only the text of " + change.path + " differs";
      break;
    case ManifestChange::Kind::kRemove:
      diff.change = ObjectDiff::Change::kPruned;
      break;
  }
  return diff;
}

Action action_of(ManifestChange::Kind kind, Action removed) {
  switch (kind) {
    case ManifestChange::Kind::kCreate:
      return Action::kCreated;
    case ManifestChange::Kind::kUpdate:
      return Action::kConfigured;
    case ManifestChange::Kind::kRemove:
      return removed;
    case ManifestChange::Kind::kUnchanged:
      break;
  }
  return Action::kUnchanged;
}

bool counts(const ManifestChange& change, bool prune) {
  return prune || change.kind != ManifestChange::Kind::kRemove;
}

}  // namespace

DiffReport tree_diff(const TreePlan& plan, bool prune) {
  DiffReport report;
  for (const ManifestChange& change : plan.changes) {
    if (counts(change, prune)) report.objects.push_back(object_diff(change));
  }
  return report;
}

ClusterReport tree_report(const TreePlan& plan, bool prune, Action removed) {
  ClusterReport report;
  for (const ManifestChange& change : plan.changes) {
    if (!counts(change, prune)) continue;
    ObjectResult result;
    result.id = change.id;
    result.action = action_of(change.kind, removed);
    report.objects.push_back(std::move(result));
  }
  return report;
}

StatusReport tree_status(const TreePlan& plan) {
  StatusReport report;
  for (const ManifestChange& change : plan.changes) {
    HealthTree tree;
    tree.id = change.id;
    switch (change.kind) {
      case ManifestChange::Kind::kUnchanged:
        tree.health = {Health::kCurrent, "is as rendered"};
        break;
      case ManifestChange::Kind::kCreate:
        tree.health = {Health::kNotFound, "is not in the directory yet"};
        break;
      case ManifestChange::Kind::kUpdate:
        tree.health = {Health::kInProgress, "differs from what is rendered: " + change.path};
        break;
      case ManifestChange::Kind::kRemove:
        tree.health = {Health::kInProgress, "is no longer rendered: " + change.path};
        report.stale.push_back(std::move(tree));
        continue;
    }
    report.objects.push_back(std::move(tree));
  }
  return report;
}

std::unique_ptr<Target> open_tree_target(const Deployment& deployment, World& world) {
  return std::make_unique<TreeTarget>(deployment, world);
}

}  // namespace kfctl
