#include "cli/target.h"

#include <algorithm>

#include "base/log.h"
#include "cli/consent.h"
#include "cli/tree_target.h"
#include "registry/builtin.h"

namespace kfctl {
namespace {

class ClusterTarget : public Target {
 public:
  ClusterTarget(const Deployment& deployment, std::unique_ptr<Session> session)
      : deployment_(deployment), session_(std::move(session)) {}

  std::string describe() const override {
    std::string text = "cluster " + session_->server();
    if (!session_->context().empty()) text += " (context " + session_->context() + ")";
    return text + ", namespace " + session_->default_namespace();
  }

  std::string place() const override { return session_->server(); }

  Result<DiffReport> diff(const TargetOptions& options, const OnClusterEvent& on_event) override {
    DiffOptions diff;
    diff.force_conflicts = options.force_conflicts;
    diff.adopt = options.adopt;
    diff.apply_set = apply_set();
    diff.prune = options.prune;
    diff.prune_scope = prune_scope();
    return session_->diff(deployment_.objects, diff, on_event);
  }

  Result<ClusterReport> apply(const TargetOptions& options,
                              const OnClusterEvent& on_event) override {
    return session_->apply(deployment_.objects, apply_options(options), on_event);
  }

  Result<PlanReport> plan(const TargetOptions& options, const std::string& salt,
                          const OnClusterEvent& on_event) override {
    KF_TRY(PlanReport out,
           session_->plan(deployment_.objects, apply_options(options), salt, on_event));
    out.basis.destination = describe();
    return out;
  }

  Result<ClusterReport> remove(const TargetOptions& options,
                               const OnClusterEvent& on_event) override {
    DeleteOptions remove;
    remove.dry_run = options.dry_run;
    remove.wait = options.wait;
    remove.timeout_ms = options.timeout_ms;
    // Some components only: the apply set stays for the others.
    if (deployment_.components.empty()) remove.apply_set = apply_set();
    return session_->remove(deployment_.objects, remove, on_event);
  }

  Result<std::vector<Revision>> history() override { return session_->history(apply_set()); }

  Result<std::vector<Json>> objects_of(const Revision& revision) override {
    return session_->objects_of(apply_set(), revision);
  }

  Result<StatusReport> status(const std::function<void(const StatusReport& report)>& on_change,
                              const OnClusterEvent& on_event) override {
    StatusOptions status;
    if (deployment_.components.empty()) status.apply_set = apply_set();
    status.on_change = on_change;
    return session_->status(deployment_.objects, status, on_event);
  }

  Result<StatusReport> wait(const WaitOptions& options, const OnClusterEvent& on_event) override {
    return session_->wait(deployment_.objects, options, on_event);
  }

  Result<size_t> logs(const LogOptions& options, const OnLogLine& on_line,
                      const OnClusterEvent& on_event) override {
    return session_->logs(deployment_.objects, options, on_line, on_event);
  }

  Status forward(const Json& object, const ForwardOptions& options, const OnForwardNews& on_news,
                 const OnClusterEvent& on_event) override {
    return session_->forward(object, options, on_news, on_event);
  }

  Status happenings(const HappeningOptions& options, const OnHappening& on_happening,
                    const OnClusterEvent& on_event) override {
    return session_->happenings(deployment_.objects, options, on_happening, on_event);
  }

 private:
  PruneScope prune_scope() const { return {deployment_.components, deployment_.elsewhere}; }

  ApplyOptions apply_options(const TargetOptions& options) const {
    ApplyOptions apply;
    apply.dry_run = options.dry_run;
    apply.force_conflicts = options.force_conflicts;
    apply.adopt = options.adopt;
    apply.max_prune = options.max_prune;
    apply.recreate = options.recreate;
    apply.apply_set = apply_set();
    apply.prune = options.prune;
    apply.prune_scope = prune_scope();
    apply.partial = !deployment_.components.empty();
    apply.wait = options.wait_ready;
    apply.wait_timeout_ms = options.timeout_ms;
    apply.history = options.history;
    apply.history.components = deployment_.components;
    apply.expected = options.expected;
    return apply;
  }

  std::string apply_set() const {
    return apply_set_name(deployment_.app.config().name(), deployment_.environment.name);
  }

  const Deployment& deployment_;
  std::unique_ptr<Session> session_;
};

// A directory knows no cluster: a flag for one is a slip that would go unnoticed.
Status check_no_connection(const Args& args, const Environment& environment) {
  for (const Flag& flag : kConnectionFlags.flags) {
    if (!args.has(flag.name)) continue;
    return usage_error(
        "environment '" + environment.name + "' goes to a directory, so --" +
            std::string(flag.name) + " has no meaning",
        "kfctl env set " + environment.name + " --context NAME sends it to a cluster");
  }
  return Ok{};
}

}  // namespace

namespace {

// The objects of all components but those that `options` selects, which render `selected`: what has
// moved from one of these to another is not to be pruned.
Result<std::vector<ObjectId>> rendered_by_others(const App& app, const Environment& environment,
                                                 RenderOptions options,
                                                 const std::vector<Json>& selected) {
  options.components.clear();
  KF_TRY(const std::vector<Json> all,
         render_environment(app, builtin_registry(), environment.name, options));
  std::vector<ObjectId> out;
  for (const Json& object : all) {
    if (std::find(selected.begin(), selected.end(), object) == selected.end()) {
      out.push_back(object_id(object));
    }
  }
  return out;
}

}  // namespace

Result<Deployment> open_deployment(const Args& args, const World& world,
                                   const DeploymentChoice& choice) {
  KF_TRY(App app, open_app(args, world));
  const std::string& name = choice.environment.empty() ? args.word(0) : choice.environment;
  KF_TRY(Environment environment, choose_environment(app, name));
  return Deployment{std::move(app), std::move(environment), {}, {}};
}

Result<Deployment> load_deployment(const Args& args, Console& console, const World& world,
                                   Profile* profile, const DeploymentChoice& choice) {
  KF_TRY(RenderOptions options, render_options(args, world));
  if (!choice.components.empty()) options.components = choice.components;
  options.on_trace = [&console](std::string_view line) { console.note(std::string(line)); };
  options.profile = profile;
  KF_TRY(Deployment out, open_deployment(args, world, choice));
  out.components = options.components;
  const MayLeave may_leave(world);
  KF_TRY(out.objects,
         render_environment(out.app, builtin_registry(), out.environment.name, options));
  const bool prunes = find_flag(args.command(), "prune") != nullptr && args.has("prune");
  if (prunes && !options.components.empty()) {
    KF_TRY(out.elsewhere, rendered_by_others(out.app, out.environment, options, out.objects));
  }
  log_info("app '" + out.app.config().name() + "' in " + out.app.root() + ", environment '" +
           out.environment.name + "': " + std::to_string(out.objects.size()) + " objects for " +
           destination_text(out.environment.destination));
  return out;
}

Result<std::unique_ptr<Target>> open_target(const Deployment& deployment, const Args& args,
                                            World& world) {
  const Environment& environment = deployment.environment;
  if (!environment.destination.directory.empty()) {
    KF_DO(check_no_connection(args, environment));
    KF_DO(check_consent(deployment.app, environment, world));
    return open_tree_target(deployment, world);
  }
  KF_TRY(const SessionOptions options, session_options(args, environment, world));
  KF_TRY(std::unique_ptr<Session> session, Session::open(world.files, options, world.cancel));
  return std::unique_ptr<Target>(std::make_unique<ClusterTarget>(deployment, std::move(session)));
}

}  // namespace kfctl
