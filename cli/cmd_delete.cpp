// kfctl delete: remove what apply made. Asks first, because nothing brings it back.
#include "base/text.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/environments.h"
#include "cli/report_text.h"
#include "cli/side_by_side.h"
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

// "Delete the 5 objects of environment 'dev' from cluster ..., and the 7 of ...?"
std::string question(const std::vector<OpenEnvironment>& environments) {
  std::vector<std::string> parts;
  for (const OpenEnvironment& one : environments) {
    parts.push_back("the " + std::to_string(one.deployment->objects.size()) +
                    " objects of environment '" + one.name + "' from " + one.target->describe());
  }
  return "Delete " + join(parts, ", and ") + "?";
}

Result<TargetOptions> gather(const Args& args) {
  TargetOptions options;
  options.dry_run = args.has("dry-run");
  options.wait = !args.has("no-wait");
  if (args.has("timeout")) {
    KF_TRY(options.timeout_ms, parse_duration_ms(args.value("timeout"), "timeout"));
  }
  return options;
}

int remove_one(const OpenEnvironment& one, const TargetOptions& options, const std::string& format,
               Console& console) {
  const OnClusterEvent on_event = event_printer(console, format == "text");
  const Result<ClusterReport> removed = one.target->remove(options, on_event);
  if (!removed.ok()) return console.fail(removed.error());

  const ClusterReport& report = removed.value();
  if (format != "text") {
    console.data(report_json("delete", report, one.name, one.target->describe(), options.dry_run),
                 format);
  }
  console.note(one.text() + ": " + report_summary(report) +
               (options.dry_run ? " (dry run: nothing was deleted)" : ""));
  const std::optional<Error> failure = report.failure();
  return failure.has_value() ? console.fail(*failure) : kExitOk;
}

Result<int> remove(const Args& args, Console& console, World& world) {
  KF_TRY(const TargetOptions options, gather(args));
  KF_TRY(std::vector<OpenEnvironment> environments, load_environments(args, console, world));
  open_targets(environments, args, world);
  if (const std::optional<int> code = refuse_if_any_failed(environments, console)) return *code;
  KF_TRY(const bool confirmed, confirm(args, console, world, question(environments)));
  if (!confirmed) {
    console.note("Nothing was deleted.");
    return kExitNo;
  }
  const std::string format = args.value("output", "text");
  return run_side_by_side(
      environments, console, {.format = format, .changes = !options.dry_run},
      [&](OpenEnvironment& one, Console& lane) { return remove_one(one, options, format, lane); });
}

}  // namespace

int cmd_delete(const Args& args, Console& console, World& world) {
  const Result<int> code = remove(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
