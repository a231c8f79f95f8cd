#include "cli/applying.h"

#include <charconv>

#include "cli/report_text.h"

namespace kfctl {
namespace {

Status check_recreate(const std::vector<std::string>& names) {
  for (const std::string& one : names) {
    if (one == "all" || (one.find('/') != std::string::npos && one.front() != '/')) continue;
    return usage_error("--recreate wants KIND/NAME or all, not '" + one + "'",
                       "such as --recreate Job/setup");
  }
  return Ok{};
}

Result<HistoryOptions> history_options(const Args& args) {
  HistoryOptions history;
  history.record = !args.has("no-history");
  history.message = args.value("message");
  if (args.has("history-max")) {
    KF_TRY(const int64_t keep, number_of(args, "history-max"));
    history.keep = static_cast<size_t>(keep);
  }
  for (const std::string_view flag : {"message", "history-max"}) {
    if (history.record || !args.has(flag)) continue;
    return usage_error("--no-history records nothing that --" + std::string(flag) + " could be for",
                       "leave one of the two out");
  }
  return history;
}

}  // namespace

Result<int64_t> number_of(const Args& args, std::string_view flag) {
  const std::string text = args.value(flag);
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return int64_t{number};
  return usage_error("--" + std::string(flag) + " wants a number, not '" + text + "'");
}

Result<TargetOptions> change_options(const Args& args) {
  TargetOptions options;
  options.force_conflicts = args.has("force-conflicts");
  options.adopt = args.has("adopt");
  options.recreate = args.values("recreate");
  KF_DO(check_recreate(options.recreate));
  if (args.has("max-prune")) {
    KF_TRY(const int64_t most, number_of(args, "max-prune"));
    options.max_prune = static_cast<size_t>(most);
  }
  return options;
}

Result<TargetOptions> apply_options(const Args& args) {
  KF_TRY(TargetOptions options, change_options(args));
  options.dry_run = args.has("dry-run");
  options.wait_ready = args.has("wait");
  if (options.wait_ready && options.dry_run) {
    return usage_error("--dry-run makes nothing that --wait could wait for",
                       "leave one of the two out");
  }
  if (args.has("timeout")) {
    KF_TRY(options.timeout_ms, parse_duration_ms(args.value("timeout"), "timeout"));
  }
  KF_TRY(options.history, history_options(args));
  return options;
}

Status check_prune(const TargetOptions& options) {
  if (options.max_prune && !options.prune) {
    return usage_error("--max-prune limits --prune, which is not given");
  }
  return Ok{};
}

Status check_apply_flags(const Args& args, const Environment& environment) {
  if (environment.destination.directory.empty()) return Ok{};
  for (const std::string_view flag :
       {"adopt", "recreate", "max-prune", "wait", "message", "history-max", "no-history"}) {
    if (find_flag(args.command(), flag) == nullptr || !args.has(flag)) continue;
    return usage_error(
        "environment '" + environment.name + "' goes to a directory, so --" + std::string(flag) +
            " has no meaning",
        "kfctl env set " + environment.name + " --context NAME sends it to a cluster");
  }
  return Ok{};
}

Result<int> carry_out(const Deployment& deployment, Target& target, const TargetOptions& options,
                      const Args& args, Console& console) {
  const std::string format = args.value("output", "text");
  const bool events = format == "ndjson";
  const OnClusterEvent on_event =
      events ? event_json_printer(console) : event_printer(console, format == "text");
  KF_TRY(const ClusterReport report, target.apply(options, on_event));

  const std::string& name = deployment.environment.name;
  if (format != "text") {
    const Json data =
        report_json(args.command().path, report, name, target.describe(), options.dry_run);
    events ? console.live_line(data.dump()) : console.data(data, format);
  }
  std::string text = "'" + name + "', " + target.describe() + ": " + report_summary(report);
  if (report.revision > 0) text += ", revision " + std::to_string(report.revision);
  console.note(text + (options.dry_run ? " (dry run: nothing was changed)" : ""));
  const std::optional<Error> failure = report.failure();
  return failure.has_value() ? console.fail(*failure) : kExitOk;
}

}  // namespace kfctl
