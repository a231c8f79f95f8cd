// kfctl rollback: make an environment be what an earlier revision was.
#include "cli/applying.h"
#include "cli/cmd.h"

namespace kfctl {
namespace {

Result<Revision> choose(const Args& args, Target& target) {
  KF_TRY(const std::vector<Revision> revisions, target.history());
  if (!args.has("to")) return previous_revision(revisions);
  KF_TRY(const int64_t number, number_of(args, "to"));
  return find_revision(revisions, number);
}

Result<int> rollback(const Args& args, Console& console, World& world) {
  KF_TRY(TargetOptions options, apply_options(args));
  KF_TRY(Deployment deployment, open_deployment(args, world));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  KF_TRY(const Revision revision, choose(args, *target));
  KF_TRY(deployment.objects, target->objects_of(revision));
  deployment.components = revision.components;
  options.prune = revision.components.empty();
  options.history.rolled_back_to = revision.number;
  console.note("going back to revision " + std::to_string(revision.number) + " of " +
               revision.started);
  if (!options.prune) {
    console.warn("revision " + std::to_string(revision.number) +
                 " is of some components only: nothing is pruned");
  }
  return carry_out(deployment, *target, options, args, console);
}

}  // namespace

int cmd_rollback(const Args& args, Console& console, World& world) {
  const Result<int> code = rollback(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
