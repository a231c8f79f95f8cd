#include "cluster/remove.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "cluster/api_error.h"
#include "cluster/foreign.h"
#include "cluster/needs.h"
#include "cluster/object_set.h"
#include "cluster/result_order.h"
#include "cluster/schedule.h"

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFirstPollMs = 50;
constexpr int kMaxPollMs = 1000;
constexpr int kMaxLooks = 5;

std::string_view propagation_name(Propagation propagation) {
  switch (propagation) {
    case Propagation::kForeground:
      return "Foreground";
    case Propagation::kOrphan:
      return "Orphan";
    default:
      return "Background";
  }
}

std::vector<DeleteTarget> in_order(std::vector<DeleteTarget> targets) {
  const auto rank = [](const DeleteTarget& target) {
    return kind_rank(target.planned.id.group(), target.planned.id.kind);
  };
  std::stable_sort(
      targets.begin(), targets.end(),
      [&rank](const DeleteTarget& a, const DeleteTarget& b) { return rank(a) > rank(b); });
  return targets;
}

Graph graph_of(const std::vector<DeleteTarget>& targets) {
  std::vector<PlannedObject> planned;
  for (const DeleteTarget& target : targets) planned.push_back(target.planned);
  return removal_graph(planned);
}

class Deleter {
 public:
  Deleter(const Workplace& place, std::vector<DeleteTarget> targets, const DeleteRules& rules)
      : place_(place),
        targets_(in_order(std::move(targets))),
        rules_(rules),
        deadline_(Clock::now() + std::chrono::milliseconds(rules.timeout_ms)),
        graph_(graph_of(targets_)),
        schedule_(graph_),
        results_(targets_.size()),
        looks_(targets_.size()),
        order_(place_.on_event, results_, graph_.order()) {
    for (size_t i = 0; i < results_.size(); ++i) results_[i].id = id(i);
  }

  std::vector<ObjectResult> run() {
    advance();
    place_.client.run();
    order_.flush();
    return std::move(results_);
  }

 private:
  const ObjectId& id(size_t i) const { return targets_[i].planned.id; }

  // Never re-entered: no object is done before the client has run.
  void advance() {
    for (const Schedule::Skipped& one : schedule_.take_skipped()) skip(one.object, one.because);
    for (const size_t i : schedule_.take_startable()) request_deletion(i);
  }

  void request_deletion(size_t i) {
    const DeleteTarget& target = targets_[i];
    Json options = Json::object({{"apiVersion", "v1"},
                                 {"kind", "DeleteOptions"},
                                 {"propagationPolicy", propagation_name(rules_.propagation)}});
    if (!target.uid.empty()) options["preconditions"]["uid"] = target.uid;
    if (!target.resource_version.empty()) {
      options["preconditions"]["resourceVersion"] = target.resource_version;
    }
    if (rules_.dry_run) options["dryRun"].push_back("All");
    KubeRequest request;
    request.method = "DELETE";
    request.path = target.planned.path();
    request.content_type = "application/json";
    request.body = options.dump();
    request.repeatable = !target.uid.empty();
    place_.client.start(std::move(request), [this, i](KubeAnswer answer) { deleted(i, answer); });
  }

  void deleted(size_t i, const KubeAnswer& answer) {
    if (answer.status_is(404)) return done(i, Action::kAbsent);
    if (is_failed_precondition(answer.http) && !targets_[i].resource_version.empty() &&
        looks_[i]++ < kMaxLooks) {
      return look_again(i);
    }
    // A Status says that it is gone. So does the object as it was last, which the server returns of
    // some kinds; one that goes when its finalizers are done, or its time is over, says since when.
    const std::string what = "delete " + id(i).full_text();
    const Result<Json> status = place_.client.parse(answer, what);
    if (!status.ok()) return fail(i, status.error());
    if (status.value().string_at({"kind"}) == "Status") return done(i, rules_.done);
    const Result<Json> object = place_.client.parse_object(answer, id(i).name, what);
    if (!object.ok()) return fail(i, object.error());
    const bool gone = object.value().at({"metadata", "deletionTimestamp"}) == nullptr;
    if (gone || rules_.dry_run) return done(i, rules_.done);
    accepted(i);
  }

  void accepted(size_t i) {
    if (!rules_.wait) return done(i, rules_.done);
    ClusterEvent event;
    event.kind = ClusterEvent::Kind::kWaiting;
    event.message = id(i).text() + " to be gone";
    place_.tell(std::move(event));
    poll(i, kFirstPollMs);
  }

  // It has changed since it was listed: a controller wrote its status, or it is being deleted
  // already. If it is still what was to be deleted, that is asked for again.
  void look_again(size_t i) {
    KubeRequest request;
    request.path = targets_[i].planned.path();
    place_.client.start(std::move(request), [this, i](KubeAnswer answer) {
      DeleteTarget& target = targets_[i];
      if (answer.status_is(404)) return done(i, rules_.done);
      const Result<Json> body =
          place_.client.parse_object(answer, id(i).name, "look at " + id(i).full_text());
      if (!body.ok()) return fail(i, body.error());
      const Json& metadata = *body.value().find("metadata");
      if (metadata.string_at({"uid"}) != target.uid) return done(i, rules_.done);
      if (metadata.find("deletionTimestamp") != nullptr) return accepted(i);
      const std::string problem = metadata.string_at({"labels", kPartOfLabel}) == target.member_of
                                      ? reason_to_keep(id(i), metadata)
                                      : "is no longer of this environment";
      if (!problem.empty()) {
        return fail(i, Error(ErrorKind::kCluster,
                             id(i).full_text() + ": was changed meanwhile: it " + problem));
      }
      target.resource_version = metadata.string_at({"resourceVersion"});
      request_deletion(i);
    });
  }

  void poll(size_t i, int wait_ms) {
    KubeRequest request;
    request.path = targets_[i].planned.path();
    const auto answered = [this, i, wait_ms](KubeAnswer answer) {
      if (answer.status_is(404)) return done(i, rules_.done);
      const Result<Json> body = place_.client.parse(answer, "wait for " + id(i).full_text());
      if (!body.ok()) return fail(i, body.error());
      const bool another = !targets_[i].uid.empty() &&
                           body.value().string_at({"metadata", "uid"}) != targets_[i].uid;
      if (another) return done(i, rules_.done);
      if (Clock::now() >= deadline_) return fail(i, not_gone(id(i), body.value()));
      poll(i, std::min(wait_ms * 2, kMaxPollMs));
    };
    place_.client.start(std::move(request), answered, wait_ms);
  }

  static Error not_gone(const ObjectId& object_id, const Json& object) {
    std::vector<std::string> finalizers;
    for (const char* const where : {"metadata", "spec"}) {  // a Namespace has them in its spec
      const Json* const list = object.at({where, "finalizers"});
      if (list == nullptr || !list->is_array()) continue;
      for (const Json& item : list->items()) {
        if (item.is_string()) finalizers.push_back(item.as_string());
      }
    }
    std::string message = object_id.full_text() + ": is being deleted, but not gone yet";
    if (!finalizers.empty()) message += "; it waits for " + join(finalizers, ", ");
    return Error(ErrorKind::kCluster, std::move(message),
                 finalizers.empty() ? "run the command again with a longer --timeout"
                                    : "the controller that removes this finalizer may be gone "
                                      "or failing: see its log");
  }

  void done(size_t i, Action action) {
    results_[i].action = action;
    order_.finish(i);
    schedule_.reach(i, Gate::kReady);
    advance();
  }

  void fail(size_t i, Error error) {
    results_[i].action = Action::kFailed;
    results_[i].error = std::move(error);
    order_.finish(i);
    schedule_.fail(i);
    advance();
  }

  void skip(size_t i, size_t because) {
    if (place_.client.cancel().cancelled()) return;
    results_[i].reason = "comes after " + id(because).text() + ", which is not gone";
    order_.finish(i);
  }

  const Workplace& place_;
  std::vector<DeleteTarget> targets_;
  DeleteRules rules_;
  Clock::time_point deadline_;
  Graph graph_;
  Schedule schedule_;
  std::vector<ObjectResult> results_;
  std::vector<int> looks_;  // how often each was found changed
  ResultOrder order_;
};

ObjectResult absent(const ObjectId& id) {
  ObjectResult out;
  out.id = id;
  out.action = Action::kAbsent;
  return out;
}

// The objects whose kind the server has; those of other kinds cannot be there.
Result<std::vector<Json>> of_known_kinds(const std::vector<Json>& objects,
                                         const Discovery& discovery, ClusterReport& report) {
  std::vector<Json> known;
  for (const Json& object : objects) {
    const ObjectId id = object_id(object);
    if (discovery.find(id.api_version, id.kind) != nullptr) {
      known.push_back(object);
    } else if (discovery.stale().contains(id.api_version)) {
      return discovery.unknown_kind(id);
    } else {
      report.objects.push_back(absent(id));
    }
  }
  return known;
}

// Says whether a member of ours is left, because it holds what cannot be made again.
Result<bool> add_members(const Workplace& place, const Discovery& discovery,
                         const std::string& name, std::vector<DeleteTarget>& targets,
                         std::optional<ApplySet>& set) {
  KF_TRY(set, fetch_apply_set(place.client, name, place.default_namespace));
  if (set->refused) {
    ClusterEvent event;
    event.kind = ClusterEvent::Kind::kWarning;
    event.message = "this user may not read Secret/" + set->name + " in namespace " +
                    set->namespace_ + ": only what is rendered now is deleted";
    place.tell(std::move(event));
  }
  if (!set->exists) return false;
  bool left = false;
  KF_TRY(const std::vector<SetMember> members,
         fetch_members(place.client, place.kinds, discovery, *set, set->recorded));
  ObjectSet listed;
  for (const DeleteTarget& target : targets) listed.add(target.planned.id);
  for (const SetMember& member : members) {
    if (!listed.add(member.id)) continue;
    if (member.problem.empty()) {
      targets.push_back(target_of(member));
      continue;
    }
    left = left || holds_data(member.id);
    ClusterEvent event;
    event.kind = ClusterEvent::Kind::kWarning;
    event.message = member.id.full_text() + " is left alone: it " + member.problem;
    place.tell(std::move(event));
  }
  return left;
}

}  // namespace

DeleteTarget target_of(const SetMember& member) {
  DeleteTarget out;
  out.planned.id = member.id;
  out.planned.resource = member.resource;
  out.planned.object = Json::object({{"apiVersion", member.id.api_version},
                                     {"kind", member.id.kind},
                                     {"metadata", Json::object({{"name", member.id.name}})}});
  out.uid = member.uid;
  out.resource_version = member.resource_version;
  out.member_of = member.set;
  return out;
}

std::vector<ObjectResult> delete_targets(const Workplace& place, std::vector<DeleteTarget> targets,
                                         const DeleteRules& rules) {
  return Deleter(place, std::move(targets), rules).run();
}

Result<ClusterReport> remove_objects(const Workplace& place, const std::vector<Json>& objects,
                                     const DeleteOptions& options) {
  ClusterReport report;
  KF_TRY(const Discovery discovery, place.kinds.ask());
  KF_TRY(const std::vector<Json> known, of_known_kinds(objects, discovery, report));
  KF_TRY(const std::vector<PlannedObject> planned,
         plan_objects(known, discovery, place.default_namespace));
  KF_TRY(const std::vector<LiveObject> live, fetch_live(place.client, planned));

  std::vector<DeleteTarget> targets;
  for (size_t i = 0; i < planned.size(); ++i) {
    if (live[i].state == LiveObject::State::kAbsent) {
      report.objects.push_back(absent(planned[i].id));
      continue;
    }
    targets.push_back({planned[i], std::string(live[i].object.string_at({"metadata", "uid"})), ""});
  }
  std::optional<ApplySet> set;
  bool left = false;
  if (!options.apply_set.empty()) {
    KF_TRY(left, add_members(place, discovery, options.apply_set, targets, set));
  }
  const size_t wanted = targets.size();
  KF_DO(keep_what_holds_foreign(place, discovery, targets));
  const bool all = targets.size() == wanted && !left;
  ClusterEvent event;
  event.count = targets.size();
  place.tell(std::move(event));

  const DeleteRules rules = {options.dry_run, options.propagation, options.wait, options.timeout_ms,
                             Action::kDeleted};
  std::vector<ObjectResult> results = delete_targets(place, std::move(targets), rules);
  report.objects.insert(report.objects.end(), std::make_move_iterator(results.begin()),
                        std::make_move_iterator(results.end()));
  // What is left alone stays a member, and the set with it.
  if (set && set->exists && all && !options.dry_run && !report.failure()) {
    KubeRequest request;
    request.method = "DELETE";
    request.path = set->path();
    const KubeAnswer answer = place.client.send(std::move(request));
    if (!answer.success() && !answer.status_is(404)) {
      report.unfinished = place.client.error_of(answer, "delete the apply set Secret/" + set->name);
    }
  }
  return report;
}

}  // namespace kfctl
