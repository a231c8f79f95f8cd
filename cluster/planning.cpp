#include "cluster/planning.h"

#include <set>

#include "cluster/apply.h"
#include "cluster/diff.h"
#include "cluster/history.h"
#include "cluster/plan_basis.h"

namespace kfctl {
namespace {

// The UID of kube-system tells one cluster from another; whoever may not look at it has the
// address.
Result<std::string> place_of(const Workplace& place) {
  KubeRequest request;
  request.path = "/api/v1/namespaces/kube-system";
  const KubeAnswer answer = place.client.send(std::move(request));
  std::string cluster = "cluster " + place.client.server();
  if (!answer.status_is(403) && !answer.status_is(404)) {
    KF_TRY(const Json body, place.client.parse(answer, "tell this cluster from others"));
    cluster = "cluster " + std::string(body.string_at({"metadata", "uid"}));
  }
  return cluster + ", namespace " + place.default_namespace;
}

// What the server still has to be asked for: which it is, and what would be pruned.
Result<PlanBasis> find_basis(const Workplace& place, const Situation& situation,
                             const ApplyOptions& options, const std::string& salt) {
  PlanBasis out;
  out.salt = salt;
  KF_TRY(out.place, place_of(place));
  for (size_t i = 0; i < situation.planned.size(); ++i) {
    ObjectBasis one;
    one.id = situation.planned[i].id;
    const LiveObject& live = situation.live[i];
    if (live.state == LiveObject::State::kPresent) {
      one.uid = live.object.string_at({"metadata", "uid"});
      one.digest = salted_digest(salt, what_apply_sees(live.object).dump());
    }
    out.objects.push_back(std::move(one));
  }
  if (!options.prune) return out;
  KF_TRY(const std::vector<SetMember> stale, stale_members(place, situation, options.prune_scope));
  for (const SetMember& member : stale) {
    if (member.problem.empty()) out.pruned.push_back({member.id, member.uid, ""});
  }
  return out;
}

// A dry run says why a field cannot change; the plan is to create the object anew.
void note_recreated(const ClusterReport& rehearsal, DiffReport& diff) {
  std::set<ObjectId> recreated;
  for (const ObjectResult& one : rehearsal.objects) {
    if (one.action == Action::kRecreated) recreated.insert(one.id);
  }
  for (ObjectDiff& one : diff.objects) {
    if (recreated.contains(one.id)) one.note = "is deleted and created anew";
  }
}

}  // namespace

Status check_options(const std::vector<Json>& objects, const ApplyOptions& options) {
  if (options.prune && options.apply_set.empty()) {
    return internal_error("prune without the name of an apply set");
  }
  if (options.prune && objects.empty()) {
    return usage_error(
        "the environment has no objects: pruning would delete all it has on the "
        "cluster",
        "if that is what you want, use kfctl delete");
  }
  return Ok{};
}

Status check_situation(const Workplace& place, const Situation& situation,
                       const ApplyOptions& options) {
  if (options.prune && situation.set->refused) return *situation.set->refused;
  if (options.prune && options.max_prune) {
    KF_DO(check_max_prune(place, situation, options.prune_scope, *options.max_prune));
  }
  if (options.expected == nullptr) return Ok{};
  KF_TRY(const PlanBasis now, find_basis(place, situation, options, options.expected->salt));
  return check_basis(*options.expected, now);
}

Result<PlanReport> plan_apply(const Workplace& place, const std::vector<Json>& objects,
                              const ApplyOptions& options, const std::string& salt) {
  ApplyOptions how = options;
  how.dry_run = true;
  KF_DO(check_options(objects, how));
  KF_TRY(const Situation situation, survey(place, objects, how.apply_set));
  KF_DO(check_situation(place, situation, how));

  PlanReport out;
  KF_TRY(out.basis, find_basis(place, situation, how, salt));
  Recorder nothing(place, objects, how);  // of a dry run
  KF_TRY(out.rehearsal, apply_surveyed(place, situation, how, nothing));
  if (const std::optional<Error> failure = out.rehearsal.failure()) return *failure;
  DiffOptions diff;
  diff.force_conflicts = how.force_conflicts;
  diff.adopt = how.adopt;
  diff.apply_set = how.apply_set;
  diff.prune = how.prune;
  diff.prune_scope = how.prune_scope;
  KF_TRY(out.diff, diff_surveyed(place, situation, diff));
  note_recreated(out.rehearsal, out.diff);
  return out;
}

}  // namespace kfctl
