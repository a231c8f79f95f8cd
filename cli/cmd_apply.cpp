// kfctl apply: make the environment's destination be what the app says.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/report_text.h"
#include "cli/table.h"
#include "cli/target.h"

namespace kfctl {
namespace {

Result<TargetOptions> gather(const Args& args) {
  TargetOptions options;
  options.dry_run = args.has("dry-run");
  options.prune = args.has("prune");
  options.force_conflicts = args.has("force-conflicts");
  if (options.prune && args.has("component")) {
    return usage_error("--prune needs all components, not those of --component alone",
                       "leave one of the two out");
  }
  return options;
}

Result<int> apply(const Args& args, Console& console, World& world) {
  KF_TRY(const TargetOptions options, gather(args));
  KF_TRY(const Deployment deployment, load_deployment(args, console, world));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  const std::string format = args.value("output", "text");
  const OnClusterEvent on_event = event_printer(console, format == "text");
  KF_TRY(const ClusterReport report, target->apply(options, on_event));

  const std::string& name = deployment.environment.name;
  if (format != "text") {
    console.out(format_value(
        report_json("apply", report, name, target->describe(), options.dry_run), format));
  }
  console.note("'" + name + "', " + target->describe() + ": " + report_summary(report) +
               (options.dry_run ? " (dry run: nothing was changed)" : ""));
  const std::optional<Error> failure = report.failure();
  return failure.has_value() ? console.fail(*failure) : kExitOk;
}

}  // namespace

int cmd_apply(const Args& args, Console& console, World& world) {
  const Result<int> code = apply(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
