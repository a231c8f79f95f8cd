// kfctl wait: until an environment is ready, or gone.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/environments.h"
#include "cli/health_text.h"
#include "cli/report_text.h"
#include "cli/side_by_side.h"
#include "cli/target.h"

namespace kfctl {
namespace {

int wait_one(const OpenEnvironment& one, const WaitOptions& options, const std::string& format,
             Console& console) {
  const OnClusterEvent on_event =
      format == "ndjson" ? event_json_printer(console) : event_printer(console, format == "text");
  const Result<StatusReport> report = one.target->wait(options, on_event);
  if (!report.ok()) return console.fail(report.error());

  if (format == "json" || format == "yaml") {
    console.data(health_json(report.value(), one.name, one.target->describe()), format);
  }
  console.note(one.text() + ": " + health_summary(report.value()));
  return kExitOk;
}

Result<int> wait(const Args& args, Console& console, World& world) {
  WaitOptions options;
  options.deleted = args.value("for", "ready") == "deleted";
  if (args.has("timeout")) {
    KF_TRY(options.timeout_ms, parse_duration_ms(args.value("timeout"), "timeout"));
  }
  KF_TRY(std::vector<OpenEnvironment> environments, load_environments(args, console, world));
  open_targets(environments, args, world);
  const std::string format = args.value("output", "text");
  return run_side_by_side(
      environments, console, {.format = format},
      [&](OpenEnvironment& one, Console& lane) { return wait_one(one, options, format, lane); });
}

}  // namespace

int cmd_wait(const Args& args, Console& console, World& world) {
  const Result<int> code = wait(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
