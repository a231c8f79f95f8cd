// kfctl diff: show what `kfctl apply` would change, and change nothing.
#include "cli/applying.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/diff_text.h"
#include "cli/environments.h"
#include "cli/report_text.h"
#include "cli/side_by_side.h"
#include "cli/target.h"

namespace kfctl {
namespace {

// A revision instead of what is rendered.
Status take_revision(const Args& args, Target& target, Deployment& deployment) {
  KF_TRY(const int64_t number, number_of(args, "revision"));
  KF_TRY(const std::vector<Revision> revisions, target.history());
  KF_TRY(const Revision revision, find_revision(revisions, number));
  KF_TRY(deployment.objects, target.objects_of(revision));
  deployment.components = revision.components;
  return Ok{};
}

// What --revision is compared with: one environment as it once was.
Result<std::vector<OpenEnvironment>> open_revision(const Args& args, World& world) {
  if (args.has("component")) {
    return usage_error("--revision is the whole environment, not those of --component alone",
                       "leave one of the two out");
  }
  if (args.words().size() > 1) {
    return usage_error("--revision is one of a single environment", "name one");
  }
  KF_TRY(Deployment deployment, open_deployment(args, world));
  OpenEnvironment one;
  one.name = deployment.environment.name;
  one.deployment = std::make_unique<Deployment>(std::move(deployment));
  KF_TRY(one.target, open_target(*one.deployment, args, world));
  KF_DO(take_revision(args, *one.target, *one.deployment));
  std::vector<OpenEnvironment> out;
  out.push_back(std::move(one));
  return out;
}

Result<std::vector<OpenEnvironment>> open_all(const Args& args, Console& console, World& world) {
  if (args.has("revision")) return open_revision(args, world);
  KF_TRY(std::vector<OpenEnvironment> out, load_environments(args, console, world));
  open_targets(out, args, world);
  return out;
}

std::string formatted(const DiffReport& report, const std::string& format, const Style& style) {
  if (format == "names") return diff_names(report, style);
  if (format == "unified") return diff_unified(report, style);
  return diff_text(report, style);
}

// Prints what would change in one environment: its answer as an exit code.
int diff_one(const OpenEnvironment& one, const TargetOptions& options, const std::string& format,
             Console& console) {
  const Result<DiffReport> compared = one.target->diff(options, event_printer(console, false));
  if (!compared.ok()) return console.fail(compared.error());

  const DiffReport& report = compared.value();
  if (format == "json" || format == "yaml") {
    console.data(diff_json(report, one.name, one.target->describe()), format);
  } else {
    console.out(formatted(report, format, console.style()));
  }
  console.note(one.text() + ": " + diff_summary(report));
  return report.empty() ? kExitOk : kExitNo;
}

}  // namespace

int cmd_diff(const Args& args, Console& console, World& world) {
  Result<std::vector<OpenEnvironment>> environments = open_all(args, console, world);
  if (!environments.ok()) return console.fail(environments.error());

  TargetOptions options;
  // A rollback to all of an environment deletes what was not there yet.
  const bool whole = args.has("revision") && environments.value()[0].deployment->components.empty();
  options.prune = args.has("prune") || whole;
  options.force_conflicts = args.has("force-conflicts");
  options.adopt = args.has("adopt");
  const std::string format = args.value("output", "text");
  return run_side_by_side(
      environments.value(), console, {.format = format},
      [&](OpenEnvironment& one, Console& lane) { return diff_one(one, options, format, lane); });
}

}  // namespace kfctl
