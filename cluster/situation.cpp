#include "cluster/situation.h"

#include <algorithm>

#include "base/text.h"
#include "cluster/object_set.h"
#include "cluster/replicas.h"
#include "cluster/session.h"

namespace kfctl {
namespace {

Status check_missing(const Situation& situation, const std::string& default_namespace) {
  for (const std::string& ns : situation.missing) {
    if (ns == default_namespace || situation.planned_spaces.contains(ns)) continue;
    std::string users;
    for (const PlannedObject& planned : situation.planned) {
      if (planned.id.namespace_ == ns) users += (users.empty() ? "" : ", ") + planned.id.text();
    }
    return Error(ErrorKind::kCluster,
                 "the cluster has no namespace '" + ns + "', which these objects need: " + users,
                 "add a Namespace to the environment, or make it: kubectl create namespace " + ns);
  }
  return Ok{};
}

bool is_namespace(const ObjectId& id) { return id.kind == "Namespace" && id.group().empty(); }

// Notes the namespaces that are planned; returns the others that are in use.
std::set<std::string> other_spaces(Situation& situation, const std::string& default_namespace) {
  std::set<std::string> used;
  for (const PlannedObject& planned : situation.planned) {
    if (!planned.id.namespace_.empty()) used.insert(planned.id.namespace_);
    if (is_namespace(planned.id)) situation.planned_spaces.insert(planned.id.name);
  }
  if (situation.set && !situation.planned.empty()) used.insert(default_namespace);
  for (const std::string& ns : situation.planned_spaces) used.erase(ns);
  return used;
}

Status find_missing(Situation& situation, std::set<std::string> others,
                    const std::string& default_namespace) {
  situation.missing = std::move(others);
  for (size_t i = 0; i < situation.planned.size(); ++i) {
    const ObjectId& id = situation.planned[i].id;
    const bool absent = situation.live[i].state == LiveObject::State::kAbsent;
    if (is_namespace(id) && absent) situation.missing.insert(id.name);
  }
  return check_missing(situation, default_namespace);
}

bool has_kinds(const Discovery& discovery, const std::set<std::string>& kinds) {
  return std::all_of(kinds.begin(), kinds.end(), [&discovery](const std::string& kind) {
    const size_t dot = kind.find('.');
    const std::string group = dot == std::string::npos ? "" : kind.substr(dot + 1);
    return discovery.find_in_group(group, kind.substr(0, dot)) != nullptr;
  });
}

bool any_pending(const std::vector<PlannedObject>& planned) {
  return std::any_of(planned.begin(), planned.end(),
                     [](const PlannedObject& one) { return one.kind_pending; });
}

Result<Situation> look(const Workplace& place, Discovery kinds, const std::vector<Json>& objects,
                       std::string_view apply_set) {
  Situation out;
  out.discovery = std::move(kinds);
  KF_TRY(out.planned, plan_objects(objects, out.discovery, place.default_namespace));
  if (place.kinds.is_kept() && any_pending(out.planned)) {
    // Their definition may have been there for long.
    KF_TRY(out.discovery, place.kinds.ask());
    KF_TRY(out.planned, plan_objects(objects, out.discovery, place.default_namespace));
  }
  // All questions are asked at once.
  KubeAnswer parent;
  if (!apply_set.empty()) {
    out.set = ApplySet{std::string(apply_set), place.default_namespace, false, {}};
    KF_DO(label_members(*out.set, out.planned));
    place.client.start(apply_set_request(*out.set),
                       [&parent](KubeAnswer answer) { parent = std::move(answer); });
  }
  const NamespaceLookup spaces(place.client, other_spaces(out, place.default_namespace));
  KF_TRY(out.live, fetch_live(place.client, out.planned));
  if (out.set) {
    KF_TRY(out.set, read_apply_set(place.client, parent, *std::move(out.set)));
    if (place.kinds.is_kept() && !has_kinds(out.discovery, out.set->recorded.kinds)) {
      KF_TRY(out.discovery, place.kinds.ask());
    }
  }
  leave_replicas(out.planned, out.live);
  KF_TRY(std::set<std::string> missing, spaces.missing());
  KF_DO(find_missing(out, std::move(missing), place.default_namespace));
  return out;
}

bool covers(const PruneScope& scope, const SetMember& member) {
  const std::vector<std::string>& of = scope.components;
  return of.empty() ||
         (std::find(of.begin(), of.end(), member.component) != of.end() &&
          std::none_of(scope.elsewhere.begin(), scope.elsewhere.end(),
                       [&member](const ObjectId& id) { return same_object(id, member.id); }));
}

bool may_lack_a_kind(const Error& error) {
  return error.kind == ErrorKind::kProject || error.kind == ErrorKind::kCluster;
}

}  // namespace

bool Situation::unaskable(size_t index) const {
  return planned[index].kind_pending || missing.contains(planned[index].id.namespace_);
}

Result<Situation> survey(const Workplace& place, const std::vector<Json>& objects,
                         std::string_view apply_set) {
  KF_TRY(Discovery kinds, place.kinds.find());
  Result<Situation> out = look(place, std::move(kinds), objects, apply_set);
  if (out.ok() || !place.kinds.is_kept() || !may_lack_a_kind(out.error())) return out;
  // A kind that came or went since the kinds were kept.
  KF_TRY(kinds, place.kinds.ask());
  return look(place, std::move(kinds), objects, apply_set);
}

Result<std::vector<SetMember>> stale_members(const Workplace& place, const Situation& situation,
                                             const PruneScope& scope) {
  std::vector<SetMember> out;
  if (situation.set && situation.set->refused) return *situation.set->refused;
  if (!situation.set || !situation.set->exists) return out;
  KF_TRY(std::vector<SetMember> members,
         fetch_members(place.client, place.kinds, situation.discovery, *situation.set,
                       situation.set->recorded));
  ObjectSet wanted;
  for (const PlannedObject& planned : situation.planned) wanted.add(planned.id);
  for (SetMember& member : members) {
    if (!wanted.contains(member.id) && covers(scope, member)) out.push_back(std::move(member));
  }
  return out;
}

Status check_max_prune(const Workplace& place, const Situation& situation, const PruneScope& scope,
                       size_t most) {
  KF_TRY(const std::vector<SetMember> stale, stale_members(place, situation, scope));
  std::vector<std::string> names;
  for (const SetMember& member : stale) {
    if (member.problem.empty()) names.push_back(member.id.text());
  }
  if (names.size() <= most) return Ok{};
  return Error(ErrorKind::kCluster,
               std::to_string(names.size()) + " objects would be pruned, more than --max-prune " +
                   std::to_string(most) + ": " + join(names, ", "),
               "nothing was changed; if they may go, give a higher --max-prune");
}

KubeRequest apply_request(const std::string& path, const Json& object, bool force, bool dry_run,
                          std::string_view manager) {
  KubeRequest request;
  request.method = "PATCH";
  request.path = path;
  request.query = {{"fieldManager", std::string(manager)},
                   {"force", force ? "true" : "false"},
                   {"fieldValidation", "Strict"}};
  if (dry_run) request.query.emplace_back("dryRun", "All");
  request.content_type = "application/apply-patch+yaml";
  request.body = object.dump();
  return request;
}

}  // namespace kfctl
