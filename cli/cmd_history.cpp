// kfctl history: the revisions of an environment, or the objects of one.
#include "base/json_diff.h"
#include "base/text.h"
#include "cli/applying.h"
#include "cli/cmd.h"
#include "cli/table.h"

namespace kfctl {
namespace {

std::string changes_text(const Revision& revision) {
  std::vector<std::string> parts;
  for (const auto& [action, count] : revision.changes) {
    parts.push_back(std::to_string(count) + " " + action);
  }
  return join(parts, ", ");
}

std::string message_text(const Revision& revision) {
  if (revision.rolled_back_to == 0) return revision.message;
  const std::string back = "rollback to " + std::to_string(revision.rolled_back_to);
  return revision.message.empty() ? back : back + ": " + revision.message;
}

// The last deployed revision is what the environment is; those before it were.
Table revision_table(const std::vector<Revision>& revisions) {
  Table table("revision", {"revision", "state", "started", "finished", "user", "kfctl", "changes",
                           "components", "message"});
  int64_t current = 0;
  for (const Revision& one : revisions) {
    if (one.state == RevisionState::kDeployed) current = one.number;
  }
  for (const Revision& one : revisions) {
    const bool past = one.state == RevisionState::kDeployed && one.number != current;
    table.add({one.number, past ? "superseded" : revision_state_name(one.state), one.started,
               one.finished, one.user, one.version, changes_text(one), join(one.components, ","),
               message_text(one)});
  }
  return table;
}

Result<int> print_objects(const Args& args, Console& console, Target& target) {
  KF_TRY(const int64_t number, number_of(args, "revision"));
  KF_TRY(const std::vector<Revision> revisions, target.history());
  KF_TRY(const Revision revision, find_revision(revisions, number));
  KF_TRY(std::vector<Json> objects, target.objects_of(revision));
  if (!args.has("show-secrets")) {
    for (Json& object : objects) object = mask_secret(std::move(object));
  }
  console.out(objects_text(std::move(objects), args.value("output")));
  return kExitOk;
}

Result<int> history(const Args& args, Console& console, World& world) {
  if (args.has("show-secrets") && !args.has("revision")) {
    return usage_error("--show-secrets belongs to --revision, which is not given");
  }
  KF_TRY(const Deployment deployment, open_deployment(args, world));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  if (args.has("revision")) return print_objects(args, console, *target);
  KF_TRY(const std::vector<Revision> revisions, target->history());
  print_table(revision_table(revisions), args, console);
  if (revisions.empty()) {
    console.note("'" + deployment.environment.name + "', " + target->describe() +
                 ": nothing has been recorded yet");
  }
  return kExitOk;
}

}  // namespace

int cmd_history(const Args& args, Console& console, World& world) {
  const Result<int> code = history(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
