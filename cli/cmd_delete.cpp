// kfctl delete: remove what apply made. Asks first, because nothing brings it back.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/report_text.h"
#include "cli/table.h"
#include "cli/target.h"

namespace kfctl {
namespace {

// A person is asked; a script has to say --yes. False: the answer is no.
Result<bool> confirm(const Args& args, Console& console, const World& world,
                     const std::string& question) {
  if (args.has("yes") || args.has("dry-run")) return true;
  if (!console.can_ask()) {
    return usage_error("nothing was deleted: without a terminal to ask on, --yes must be given",
                       "'kfctl delete --dry-run' shows what would be deleted");
  }
  const bool yes = console.confirm(question);
  if (world.cancel.cancelled()) return cancelled_error("nothing was deleted");
  return yes;
}

Result<int> remove(const Args& args, Console& console, World& world) {
  KF_TRY(const Deployment deployment, load_deployment(args, console, world));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  const std::string& name = deployment.environment.name;
  KF_TRY(const bool confirmed,
         confirm(args, console, world,
                 "Delete the " + std::to_string(deployment.objects.size()) +
                     " objects of environment '" + name + "' from " + target->describe() + "?"));
  if (!confirmed) {
    console.note("Nothing was deleted.");
    return kExitNo;
  }
  TargetOptions options;
  options.dry_run = args.has("dry-run");
  options.wait = !args.has("no-wait");
  if (args.has("timeout")) {
    KF_TRY(options.timeout_ms, parse_duration_ms(args.value("timeout"), "timeout"));
  }
  const std::string format = args.value("output", "text");
  const OnClusterEvent on_event = event_printer(console, format == "text");
  KF_TRY(const ClusterReport report, target->remove(options, on_event));

  if (format != "text") {
    console.out(format_value(
        report_json("delete", report, name, target->describe(), options.dry_run), format));
  }
  console.note("'" + name + "', " + target->describe() + ": " + report_summary(report) +
               (options.dry_run ? " (dry run: nothing was deleted)" : ""));
  const std::optional<Error> failure = report.failure();
  return failure.has_value() ? console.fail(*failure) : kExitOk;
}

}  // namespace

int cmd_delete(const Args& args, Console& console, World& world) {
  const Result<int> code = remove(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
