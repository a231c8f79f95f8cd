// kfctl diff: show what `kfctl apply` would change, and change nothing.
#include "cli/applying.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/diff_text.h"
#include "cli/report_text.h"
#include "cli/table.h"
#include "cli/target.h"

namespace kfctl {
namespace {

struct Plan {
  DiffReport report;
  std::string destination;
};

// A revision instead of what is rendered.
Status take_revision(const Args& args, Target& target, Deployment& deployment) {
  KF_TRY(const int64_t number, number_of(args, "revision"));
  KF_TRY(const std::vector<Revision> revisions, target.history());
  KF_TRY(const Revision revision, find_revision(revisions, number));
  KF_TRY(deployment.objects, target.objects_of(revision));
  deployment.components = revision.components;
  return Ok{};
}

Result<Plan> plan(const Args& args, Console& console, World& world) {
  const bool rollback = args.has("revision");
  if (rollback && args.has("component")) {
    return usage_error("--revision is the whole environment, not those of --component alone",
                       "leave one of the two out");
  }
  KF_TRY(Deployment deployment,
         rollback ? open_deployment(args, world) : load_deployment(args, console, world));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  if (rollback) KF_DO(take_revision(args, *target, deployment));
  TargetOptions options;
  options.prune = args.has("prune") || (rollback && deployment.components.empty());
  options.force_conflicts = args.has("force-conflicts");
  options.adopt = args.has("adopt");
  KF_TRY(DiffReport report, target->diff(options, event_printer(console, false)));
  return Plan{std::move(report), "'" + deployment.environment.name + "', " + target->describe()};
}

std::string formatted(const DiffReport& report, const std::string& format, const Style& style) {
  if (format == "names") return diff_names(report, style);
  if (format == "unified") return diff_unified(report, style);
  if (format == "json" || format == "yaml") return format_value(diff_json(report), format);
  return diff_text(report, style);
}

}  // namespace

int cmd_diff(const Args& args, Console& console, World& world) {
  const Result<Plan> planned = plan(args, console, world);
  if (!planned.ok()) return console.fail(planned.error());

  const DiffReport& report = planned.value().report;
  console.out(formatted(report, args.value("output", "text"), console.style()));
  console.note(planned.value().destination + ": " + diff_summary(report));
  return report.empty() ? kExitOk : kExitNo;
}

}  // namespace kfctl
