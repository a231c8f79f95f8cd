// kfctl validate: what the API server would say to the objects of an environment, without one, or,
// with --server-side, with one.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/environments.h"
#include "cli/problem_places.h"
#include "cli/report_text.h"
#include "cli/side_by_side.h"
#include "cli/table.h"
#include "cli/target.h"
#include "cli/validation_text.h"
#include "cluster/schema/validate.h"
#include "registry/definitions.h"

namespace kfctl {
namespace {

// Connection flags that matter without a server too: they decide what is rendered.
constexpr std::string_view kRenderFlags[] = {"namespace"};

Status check_flags(const Args& args) {
  if (args.has("server-side")) return Ok{};
  for (const Flag& flag : kConnectionFlags.flags) {
    if (!args.has(flag.name) || flag.name == kRenderFlags[0]) continue;
    return usage_error("--" + std::string(flag.name) + " has no meaning without --server-side");
  }
  return Ok{};
}

Result<int> kubernetes_minor(const Args& args, const Environment& environment) {
  if (args.has("kubernetes-version")) {
    return parse_kubernetes_minor(args.value("kubernetes-version"));
  }
  if (environment.kubernetes_version.empty()) return kDefaultKubernetesMinor;
  return parse_kubernetes_minor(environment.kubernetes_version);
}

Result<Validation> check_here(const Args& args, const Deployment& deployment) {
  KF_TRY(const int minor, kubernetes_minor(args, deployment.environment));
  ValidateOptions options;
  options.kubernetes_minor = minor;
  options.strict = args.has("strict");
  Validation first = validate(deployment.objects, options);
  if (first.unchecked.empty()) return first;
  KF_TRY(const std::vector<Json> definitions, builtin_definitions(jsonnet_evaluator()));
  options.definitions = definitions;
  return validate(deployment.objects, options);
}

// A rank that fails keeps the server from being asked about all later ones, so what it refused is
// taken out and the rest tried again, until there is a verdict on every object.
Status check_there(const Args& args, Deployment& deployment, Console& console, World& world,
                   Validation& validation) {
  std::vector<Json> objects = deployment.objects;
  TargetOptions options;
  options.dry_run = true;
  options.force_conflicts = true;  // who owns a field is apply's question, not ours
  while (!objects.empty()) {
    deployment.objects = objects;
    KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
    KF_TRY(const ClusterReport report, target->apply(options, event_printer(console, false)));
    add_verdicts(report, objects, validation);
    std::erase_if(objects, [&report](const Json& object) {
      const ObjectId id = object_id(object);
      return std::none_of(report.objects.begin(), report.objects.end(),
                          [&id](const ObjectResult& one) {
                            return one.action == Action::kSkipped && is_result_of(one, id);
                          });
    });
    if (objects.size() == deployment.objects.size()) break;
  }
  return Ok{};
}

struct Verdict {
  Validation validation;
  std::vector<SourcePlace> places;  // of its problems
  std::optional<Error> no_server;   // why the server gave no verdict of its own
};

Status check_destination(const Args& args, const Environment& environment) {
  if (!args.has("server-side") || environment.destination.directory.empty()) return Ok{};
  return usage_error(
      "environment '" + environment.name + "' goes to a directory: there is no server to ask",
      "leave out --server-side");
}

Result<Verdict> check(const Args& args, Deployment& deployment, Console& console, World& world) {
  KF_DO(check_destination(args, deployment.environment));
  Verdict verdict;
  KF_TRY(verdict.validation, check_here(args, deployment));
  if (args.has("server-side")) {
    std::vector<Json> all = deployment.objects;  // check_there leaves less of them
    const Status asked = check_there(args, deployment, console, world, verdict.validation);
    if (!asked.ok()) verdict.no_server = asked.error();
    deployment.objects = std::move(all);
  }
  const MayLeave may_leave(world);
  verdict.places =
      problem_places(verdict.validation.problems, deployment.objects, deployment, args, world);
  return verdict;
}

int validate_one(const Args& args, OpenEnvironment& one, Console& console, World& world) {
  const Result<Verdict> checked = check(args, *one.deployment, console, world);
  if (!checked.ok()) return console.fail(checked.error());

  const auto& [validation, places, no_server] = checked.value();
  const std::string format = args.value("output", "table");
  if (format == "table") {
    console.out(validation_text(validation, places, console.style()));
  } else {
    console.data(validation_json(validation, places), format);
  }
  console.note(validation_summary(validation));
  if (no_server) return console.fail(*no_server);
  const bool bad = validation.count(Severity::kError) > 0;
  return bad ? exit_code(ErrorKind::kProject) : kExitOk;
}

Result<int> validate_all(const Args& args, Console& console, World& world) {
  KF_DO(check_flags(args));
  KF_TRY(std::vector<OpenEnvironment> environments, load_environments(args, console, world));
  return run_side_by_side(
      environments, console, {.format = args.value("output", "table"), .at_once = false},
      [&](OpenEnvironment& one, Console& lane) { return validate_one(args, one, lane, world); });
}

}  // namespace

int cmd_validate(const Args& args, Console& console, World& world) {
  const Result<int> code = validate_all(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
