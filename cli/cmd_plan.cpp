// kfctl plan: show what apply would do, and save it to be done exactly so.
#include <chrono>
#include <random>

#include <fcntl.h>
#include <unistd.h>

#include "cli/applying.h"
#include "cli/cmd.h"
#include "cli/diff_text.h"
#include "cli/report_text.h"
#include "cli/table.h"
#include "cluster/saved_plan.h"

namespace kfctl {
namespace {

std::string fresh_salt() {
  std::random_device source;
  std::string out;
  for (int i = 0; i < 4; ++i) out += std::to_string(source()) + ".";
  return out;
}

int64_t seconds_since_1970() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

// The names only: values may be secret, and the digests of what they render to are enough.
std::vector<std::string> variables_of(const Args& args) {
  std::vector<std::string> out;
  for (const std::string_view flag :
       {"ext-str", "ext-str-file", "ext-code", "tla-str", "tla-str-file", "tla-code"}) {
    for (const std::string& value : args.values(flag)) {
      out.push_back("--" + std::string(flag) + " " + value.substr(0, value.find('=')));
    }
  }
  return out;
}

SavedPlan saved(const Args& args, const Deployment& deployment, const TargetOptions& options,
                PlanReport& report) {
  SavedPlan plan;
  plan.app = deployment.app.config().name();
  plan.environment = deployment.environment.name;
  plan.made = utc_text(seconds_since_1970());
  plan.version = "v" KFCTL_VERSION;
  plan.components = deployment.components;
  plan.variables = variables_of(args);
  plan.prune = options.prune;
  plan.max_prune = options.max_prune;
  plan.force_conflicts = options.force_conflicts;
  plan.adopt = options.adopt;
  plan.recreate = options.recreate;
  plan.basis = std::move(report.basis);
  for (const Json& object : deployment.objects) {
    plan.objects.push_back(without_secrets(object, plan.basis.salt));
  }
  plan.results = report.rehearsal.objects;
  return plan;
}

// What is in a plan is for those who may see the cluster: a file that is made is its owner's alone.
Status write_private(const std::string& path, std::string text, World& world) {
  const bool is_new = world.files.kind(path) == PathKind::kMissing;
  if (is_new) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);  // what stands in the way, writing says
  }
  const Status written = world.files.write(path, std::move(text));
  if (!written.ok() && is_new) static_cast<void>(world.files.remove(path));
  return written;
}

Result<TargetOptions> gather(const Args& args) {
  KF_TRY(TargetOptions options, change_options(args));
  options.prune = args.has("prune");
  KF_DO(check_prune(options));
  // What the other components have by then, the plan does not know.
  if (options.prune && args.has("component")) {
    return usage_error("a plan with --prune is for all components, not those of --component alone",
                       "leave one of the two out");
  }
  return options;
}

Result<int> plan(const Args& args, Console& console, World& world) {
  KF_TRY(const TargetOptions options, gather(args));
  KF_TRY(const Deployment deployment, load_deployment(args, console, world));
  KF_DO(check_apply_flags(args, deployment.environment));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  KF_TRY(PlanReport report, target->plan(options, fresh_salt(), event_printer(console, false)));

  const std::string text = saved_plan_text(saved(args, deployment, options, report));
  const std::string path = args.value("output-file");
  if (!path.empty()) KF_DO(write_private(path, text, world));
  const std::string format = args.value("format", "text");
  if (format == "text") {
    console.out(diff_text(report.diff, console.style()));
  } else {
    KF_TRY(const Json json, parse_json(text, "plan"));
    console.out(format_value(json, format));
  }
  console.note("'" + deployment.environment.name + "', " + target->describe() + ": " +
               diff_summary(report.diff));
  if (!path.empty()) console.note("saved in " + path + ": kfctl apply --plan " + path);
  return kExitOk;
}

}  // namespace

int cmd_plan(const Args& args, Console& console, World& world) {
  const Result<int> code = plan(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
