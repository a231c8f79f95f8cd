// kfctl apply: make the environment's destination be what the app says.
#include "cli/applying.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/environments.h"
#include "cli/side_by_side.h"
#include "cluster/saved_plan.h"

namespace kfctl {
namespace {

Result<TargetOptions> gather(const Args& args) {
  KF_TRY(TargetOptions options, apply_options(args));
  options.prune = args.has("prune");
  KF_DO(check_prune(options));
  return options;
}

// What the plan holds already cannot be asked for again.
Status check_plan_flags(const Args& args, const SavedPlan& plan) {
  for (const std::string_view flag :
       {"prune", "max-prune", "force-conflicts", "adopt", "recreate", "component"}) {
    if (!args.has(flag)) continue;
    return usage_error("--plan does what was planned, and --" + std::string(flag) +
                           " could make it something else",
                       "give it to 'kfctl plan'");
  }
  const bool same = args.word(0).empty() || args.word(0) == plan.environment;
  if (same && args.words().size() < 2) return Ok{};
  return usage_error(
      "the plan is one of environment '" + plan.environment + "', not '" + args.word(0) + "'",
      "leave the environment out");
}

Result<int> apply_plan(const Args& args, Console& console, World& world) {
  const std::string path = args.value("plan");
  KF_TRY(const std::string text, world.files.read(path));
  KF_TRY(const SavedPlan plan, parse_saved_plan(text, path));
  KF_DO(check_plan_flags(args, plan));
  KF_TRY(TargetOptions options, apply_options(args));
  options.prune = plan.prune;
  options.max_prune = plan.max_prune;
  options.force_conflicts = plan.force_conflicts;
  options.adopt = plan.adopt;
  options.recreate = plan.recreate;
  options.expected = &plan.basis;
  KF_TRY(const Deployment deployment,
         load_deployment(args, console, world, nullptr, {plan.environment, plan.components}));
  if (deployment.app.config().name() != plan.app) {
    return usage_error(path + ": is a plan of app '" + plan.app + "', not of '" +
                       deployment.app.config().name() + "'");
  }
  KF_DO(check_render(plan, deployment.objects));
  KF_DO(check_apply_flags(args, deployment.environment));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  return carry_out(deployment, *target, options, args, console);
}

Status check_destinations(const Args& args, const std::vector<OpenEnvironment>& environments) {
  for (const OpenEnvironment& one : environments) {
    if (one.deployment != nullptr) KF_DO(check_apply_flags(args, one.deployment->environment));
  }
  return Ok{};
}

Result<int> apply(const Args& args, Console& console, World& world) {
  if (args.has("plan")) return apply_plan(args, console, world);
  KF_TRY(const TargetOptions options, gather(args));
  KF_TRY(std::vector<OpenEnvironment> environments, load_environments(args, console, world));
  KF_DO(check_destinations(args, environments));
  open_targets(environments, args, world);
  if (const std::optional<int> code = refuse_if_any_failed(environments, console)) return *code;

  const std::string format = args.value("output", "text");
  return run_side_by_side(environments, console, {.format = format, .changes = !options.dry_run},
                          [&](OpenEnvironment& one, Console& lane) {
                            const Result<int> code =
                                carry_out(*one.deployment, *one.target, options, args, lane);
                            return code.ok() ? code.value() : lane.fail(code.error());
                          });
}

}  // namespace

int cmd_apply(const Args& args, Console& console, World& world) {
  const Result<int> code = apply(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
