// kfctl apply: make the environment's destination be what the app says.
#include <charconv>

#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/report_text.h"
#include "cli/table.h"
#include "cli/target.h"

namespace kfctl {
namespace {

Result<std::optional<size_t>> count_of(const std::string& text) {
  size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size()) return std::optional(count);
  return usage_error("--max-prune wants a number, not '" + text + "'");
}

Result<TargetOptions> gather(const Args& args) {
  TargetOptions options;
  options.dry_run = args.has("dry-run");
  options.prune = args.has("prune");
  options.force_conflicts = args.has("force-conflicts");
  options.adopt = args.has("adopt");
  options.recreate = args.values("recreate");
  for (const std::string& one : options.recreate) {
    if (one == "all" || (one.find('/') != std::string::npos && one.front() != '/')) continue;
    return usage_error("--recreate wants KIND/NAME or all, not '" + one + "'",
                       "such as --recreate Job/setup");
  }
  if (args.has("max-prune")) {
    KF_TRY(options.max_prune, count_of(args.value("max-prune")));
    if (!options.prune) return usage_error("--max-prune limits --prune, which is not given");
  }
  if (options.prune && args.has("component")) {
    return usage_error("--prune needs all components, not those of --component alone",
                       "leave one of the two out");
  }
  options.wait_ready = args.has("wait");
  if (options.wait_ready && options.dry_run) {
    return usage_error("--dry-run makes nothing that --wait could wait for",
                       "leave one of the two out");
  }
  if (args.has("timeout")) {
    KF_TRY(options.timeout_ms, parse_duration_ms(args.value("timeout"), "timeout"));
  }
  return options;
}

// A directory knows no field managers and no fields that cannot change.
Status check_cluster_flags(const Args& args, const Environment& environment) {
  if (environment.destination.directory.empty()) return Ok{};
  for (const std::string_view flag : {"adopt", "recreate", "max-prune"}) {
    if (!args.has(flag)) continue;
    return usage_error(
        "environment '" + environment.name + "' goes to a directory, so --" + std::string(flag) +
            " has no meaning",
        "kfctl env set " + environment.name + " --context NAME sends it to a cluster");
  }
  return Ok{};
}

// A directory runs nothing: a flag that waits for it is a slip that would go unnoticed.
Status check_destination(const TargetOptions& options, const Environment& environment) {
  if (!options.wait_ready || environment.destination.directory.empty()) return Ok{};
  return usage_error(
      "environment '" + environment.name + "' goes to a directory, so --wait has no meaning",
      "kfctl env set " + environment.name + " --context NAME sends it to a cluster");
}

Result<int> apply(const Args& args, Console& console, World& world) {
  KF_TRY(const TargetOptions options, gather(args));
  KF_TRY(const Deployment deployment, load_deployment(args, console, world));
  KF_DO(check_destination(options, deployment.environment));
  KF_DO(check_cluster_flags(args, deployment.environment));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  const std::string format = args.value("output", "text");
  const bool events = format == "ndjson";
  const OnClusterEvent on_event =
      events ? event_json_printer(console) : event_printer(console, format == "text");
  KF_TRY(const ClusterReport report, target->apply(options, on_event));

  const std::string& name = deployment.environment.name;
  if (format != "text") {
    const Json data = report_json("apply", report, name, target->describe(), options.dry_run);
    console.out(events ? data.dump() + "\n" : format_value(data, format));
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
