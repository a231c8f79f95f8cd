// kfctl wait: until an environment is ready, or gone.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/health_text.h"
#include "cli/report_text.h"
#include "cli/table.h"
#include "cli/target.h"

namespace kfctl {
namespace {

Result<int> wait(const Args& args, Console& console, World& world) {
  WaitOptions options;
  options.deleted = args.value("for", "ready") == "deleted";
  if (args.has("timeout")) {
    KF_TRY(options.timeout_ms, parse_duration_ms(args.value("timeout"), "timeout"));
  }
  KF_TRY(const Deployment deployment, load_deployment(args, console, world));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  const std::string format = args.value("output", "text");
  const OnClusterEvent on_event =
      format == "ndjson" ? event_json_printer(console) : event_printer(console, format == "text");
  KF_TRY(const StatusReport report, target->wait(options, on_event));

  const std::string& name = deployment.environment.name;
  if (format == "json" || format == "yaml") {
    console.out(format_value(health_json(report, name, target->describe()), format));
  }
  console.note("'" + name + "', " + target->describe() + ": " + health_summary(report));
  return kExitOk;
}

}  // namespace

int cmd_wait(const Args& args, Console& console, World& world) {
  const Result<int> code = wait(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
