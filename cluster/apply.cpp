#include "cluster/apply.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "base/text.h"
#include "cluster/adoption.h"
#include "cluster/api_error.h"
#include "cluster/decision.h"
#include "cluster/definitions.h"
#include "cluster/health.h"
#include "cluster/history.h"
#include "cluster/needs.h"
#include "cluster/planning.h"
#include "cluster/ready.h"
#include "cluster/recreation.h"
#include "cluster/remove.h"
#include "cluster/result_order.h"
#include "cluster/schedule.h"
#include "cluster/set_parent.h"

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 100;
constexpr int kWebhookPollMs = 2000;  // behind it the client has waited some 20 s already

class Applier {
 public:
  Applier(const Workplace& place, Situation situation, const Graph& graph,
          const ApplyOptions& options, Recorder& recorder)
      : place_(place),
        recorder_(recorder),
        now_(std::move(situation)),
        options_(options),
        graph_(graph),
        schedule_(graph_),
        definitions_(place, options.ready_timeout_ms),
        ready_(place, now_.discovery, options.wait_timeout_ms),
        results_(now_.planned.size()),
        order_(place_.on_event, results_, graph_.order()) {
    for (size_t i = 0; i < results_.size(); ++i) results_[i].id = now_.planned[i].id;
    ready_.set_on_health([this](const std::vector<HealthTree>& trees) {
      ClusterEvent event;
      event.kind = ClusterEvent::Kind::kHealth;
      event.trees = &trees;
      place_.tell(std::move(event));
    });
  }

  Result<ClusterReport> run() {
    Result<ClusterReport> report = work();
    recorder_.finish(now_, report);
    return report;
  }

 private:
  Result<ClusterReport> work() {
    ClusterEvent planned;
    planned.count = now_.planned.size();
    place_.tell(std::move(planned));
    decide();
    if (!options_.dry_run) {
      KF_DO(make_namespace());
      // The set's parent is written before any member, but it may live in a namespace of ours.
      parent_waits_for_ = parent_namespace();
      if (parent_waits_for_ && !graph_.needs(*parent_waits_for_).empty()) {
        return project_error(now_.planned[*parent_waits_for_].id.full_text() +
                                 ": the environment's own namespace cannot wait for other objects",
                             "take its depends-on annotation away");
      }
      if (!parent_waits_for_) KF_DO(grow_set());
    }
    advance();
    place_.client.run();
    ClusterReport report;
    // From here on something has changed: an error must not hide what.
    if (parent_waits_for_) note(report, apply_held());
    ready_.interrupt();
    order_.flush();
    report.objects = results_;
    if (!failed_ && !report.unfinished && options_.prune) note(report, prune(report));
    return report;
  }

  void decide() {
    const Decider decider(options_.adopt);
    for (size_t i = 0; i < results_.size(); ++i) {
      decisions_.push_back(decider.decide(now_.planned[i], now_.live[i]));
      leaves_all_ &= decisions_.back().step == Decision::Step::kLeave;
    }
  }

  // ---- namespace and apply set

  Status make_namespace() {
    const std::string& ns = place_.default_namespace;
    if (!now_.missing.contains(ns) || now_.planned_spaces.contains(ns)) return Ok{};
    const Json body = Json::object(
        {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Json::object({{"name", ns}})}});
    const KubeAnswer answer = place_.client.send(
        apply_request("/api/v1/namespaces/" + ns, body, false, false, kFieldManager));
    KF_DO(place_.client.parse_object(answer, ns, "make Namespace/" + ns));
    tell(ClusterEvent::Kind::kNamespaceCreated, ns);
    return Ok{};
  }

  static void note(ClusterReport& report, const Status& status) {
    if (!status.ok()) report.unfinished = status.error();
  }

  // The planned object that makes the namespace in which the apply set's parent has to be.
  std::optional<size_t> parent_namespace() const {
    if (!now_.set || !now_.missing.contains(place_.default_namespace)) return std::nullopt;
    for (size_t i = 0; i < now_.planned.size(); ++i) {
      const ObjectId& id = now_.planned[i].id;
      const bool found = id.kind == "Namespace" && id.name == place_.default_namespace;
      if (found && id.group().empty()) return i;
    }
    return std::nullopt;
  }

  // What had to wait until the apply set's parent is written.
  Status apply_held() {
    const size_t space = *std::exchange(parent_waits_for_, std::nullopt);
    if (results_[space].action == Action::kFailed) {
      for (const size_t i : std::exchange(held_, {})) {
        skip(i, space);
        schedule_.fail(i);
      }
    } else {
      KF_DO(grow_set());
      for (const size_t i : std::exchange(held_, {})) begin(i);
    }
    advance();
    place_.client.run();
    return Ok{};
  }

  Status grow_set() {
    if (!now_.set) return Ok{};
    if (now_.set->refused) {
      warn_unrecorded();
      return Ok{};
    }
    const Status widened = widen_parent(place_.client, *now_.set, own_scope());
    if (!widened.ok() && (!now_.set->refused || options_.prune)) return widened;
    if (!widened.ok()) warn_unrecorded();
    return leaves_all_ ? Status(Ok{}) : recorder_.begin(now_);
  }

  ApplySetScope own_scope() const {
    ApplySetScope scope = scope_of(now_.planned);
    scope.namespaces.insert(now_.set->namespace_);
    return scope;
  }

  void warn_unrecorded() {
    tell(ClusterEvent::Kind::kWarning, "this user may not keep Secret/" + now_.set->name +
                                           " in namespace " + now_.set->namespace_ +
                                           ": what is applied is not recorded for --prune" +
                                           (options_.history.record ? " and history" : ""));
  }

  // ---- objects

  // Begins what may begin and gives up what never will, until that changes nothing more: an object
  // may be done as soon as it is begun, and let others begin.
  void advance() {
    if (advancing_) return;
    advancing_ = true;
    for (bool any = true; any;) {
      const std::vector<size_t> startable = schedule_.take_startable();
      const std::vector<Schedule::Skipped> skipped = schedule_.take_skipped();
      any = !startable.empty() || !skipped.empty();
      for (const Schedule::Skipped& one : skipped) skip(one.object, one.because);
      for (const size_t i : startable) begin(i);
    }
    advancing_ = false;
  }

  void begin(size_t i) {
    if (parent_waits_for_ && i != *parent_waits_for_) return held_.push_back(i);
    // A dry run cannot ask about what is in a namespace or of a kind that is still to come.
    if (options_.dry_run && now_.unaskable(i)) return done(i, Action::kCreated, Json());
    const Decision& decision = decisions_[i];
    switch (decision.step) {
      case Decision::Step::kLeave:
        return done(i, Action::kUnchanged, now_.live[i].object);
      case Decision::Step::kRefuse:
        return fail(i, *decision.error);
      case Decision::Step::kAdopt:
        return take_over(i, *decision.former);
      case Decision::Step::kApply:
        return send(i, 0);
    }
  }

  void take_over(size_t i, const FormerOwner& former) {
    tell(ClusterEvent::Kind::kWarning, now_.planned[i].id.full_text() + " is taken over from " +
                                           former.text + ", which applied it before");
    taken_over_.insert(i);
    if (options_.dry_run) return send(i, 0);
    adopt(place_, now_.planned[i], now_.live[i].object, former, [this, i](Status adopted) {
      if (!adopted.ok()) return fail(i, adopted.error());
      send(i, 0);
    });
  }

  void send(size_t i, int delay_ms) {
    const PlannedObject& planned = now_.planned[i];
    place_.client.start(
        apply_request(planned.path(), planned.object,
                      options_.force_conflicts || taken_over_.contains(i), options_.dry_run,
                      kFieldManager),
        [this, i](KubeAnswer answer) { applied(i, answer); }, delay_ms);
  }

  void applied(size_t i, const KubeAnswer& answer) {
    const PlannedObject& planned = now_.planned[i];
    if (planned.kind_pending && answer.status_is(404) && Clock::now() < served_deadline_) {
      return send(i, kPollMs);  // established, but not yet on every path through the server
    }
    if (is_webhook_failure(answer.http) && !options_.dry_run && may_wait_for_webhook(i)) {
      tell(ClusterEvent::Kind::kWaiting, "the webhook that checks " + planned.id.text());
      return send(i, kWebhookPollMs);
    }
    if (!answer.success()) return refused(i, answer);
    const Result<Json> body =
        place_.client.parse_object(answer, planned.id.name, "apply " + planned.id.full_text());
    if (!body.ok()) return fail(i, body.error());
    if (recreated_.contains(i)) return done(i, Action::kRecreated, body.value());
    const LiveObject& live = now_.live[i];
    const bool made = answer.status_is(201) || live.state == LiveObject::State::kAbsent;
    const bool same =
        live.state == LiveObject::State::kPresent && is_unchanged(live.object, body.value());
    const Action action = same ? Action::kUnchanged : Action::kConfigured;
    done(i, made ? Action::kCreated : action, body.value());
  }

  // Each object has its time from when it first met the webhook: what came before may have taken
  // longer than that.
  bool may_wait_for_webhook(size_t i) {
    const auto until = Clock::now() + std::chrono::milliseconds(options_.ready_timeout_ms);
    return Clock::now() < webhook_deadlines_.emplace(i, until).first->second;
  }

  void refused(size_t i, const KubeAnswer& answer) {
    const PlannedObject& planned = now_.planned[i];
    if (answer.status_is(422) && is_immutable(parse_status(answer.http)) &&
        may_recreate(planned.id, options_.recreate) && recreated_.insert(i).second) {
      return recreate(i);
    }
    if (answer.status_is(409)) {
      results_[i].conflicts =
          parse_conflicts(parse_status(answer.http), planned.object, now_.live[i].object);
      if (is_secret(planned.object)) {
        for (FieldConflict& conflict : results_[i].conflicts) {
          conflict.ours = conflict.theirs = "";
        }
      }
    }
    fail(i, results_[i].conflicts.empty() ? place_.client.error_of(answer, planned.id.full_text())
                                          : conflict_error(planned.id, results_[i].conflicts));
  }

  void recreate(size_t i) {
    if (options_.dry_run) return done(i, Action::kRecreated, Json());
    const PlannedObject& planned = now_.planned[i];
    tell(ClusterEvent::Kind::kWaiting, planned.id.text() + " to be gone, to be created anew");
    const std::string uid(now_.live[i].object.string_at({"metadata", "uid"}));
    delete_to_recreate(place_, planned, uid, options_.ready_timeout_ms, [this, i](Status gone) {
      if (!gone.ok()) return fail(i, gone.error());
      send(i, 0);
    });
  }

  // ---- definitions of custom resources

  void await_definition(size_t i) {
    std::vector<const PlannedObject*> users;
    for (const PlannedObject& one : now_.planned) {
      if (one.kind_pending && defines(now_.planned[i], one)) users.push_back(&one);
    }
    if (results_[i].action == Action::kUnchanged && users.empty()) return came(i, Gate::kReady);
    tell(ClusterEvent::Kind::kWaiting, now_.planned[i].id.text() + " to be served");
    definitions_.start(now_.planned[i], std::move(users), [this, i](Status served) {
      if (!served.ok()) return fail(i, served.error());
      served_deadline_ = Clock::now() + std::chrono::milliseconds(options_.ready_timeout_ms);
      came(i, Gate::kReady);
    });
  }

  // ---- readiness

  // `applied` is the object as the server has it now.
  void await_ready(size_t i, const Json& applied) {
    if (health_of(applied, {seconds_now()}).state == Health::kCurrent) return came(i, Gate::kReady);
    const PlannedObject& planned = now_.planned[i];
    if (failed_ && !schedule_.is_awaited(i, Gate::kReady)) return;  // see stop_waiting
    tell(ClusterEvent::Kind::kWaiting, planned.id.text() + " to be ready");
    ready_.start(i, planned, applied, [this, i](Status ready) {
      if (!ready.ok()) return fail(i, ready.error());
      ClusterEvent event;
      event.kind = ClusterEvent::Kind::kReady;
      event.result = &results_[i];
      place_.tell(std::move(event));
      came(i, Gate::kReady);
    });
  }

  // After a failure nobody needs to know when the rest is ready, but for what is still to come.
  void stop_waiting() {
    const size_t count =
        ready_.abandon([this](size_t i) { return !schedule_.is_awaited(i, Gate::kReady); });
    if (count == 0 || place_.client.cancel().cancelled()) return;
    tell(ClusterEvent::Kind::kWarning,
         std::to_string(count) + (count == 1 ? " other object is" : " other objects are") +
             " not waited for any longer");
  }

  // ---- prune

  Status prune(ClusterReport& report) {
    KF_TRY(const std::vector<SetMember> stale, stale_members(place_, now_, options_.prune_scope));
    ApplySetScope kept = own_scope();
    // Of what other components have, nobody has looked.
    if (!options_.prune_scope.components.empty()) kept.add(now_.set->recorded);
    std::vector<DeleteTarget> targets;
    for (const SetMember& member : stale) {
      if (member.problem.empty()) {
        targets.push_back(target_of(member));
        continue;
      }
      tell(ClusterEvent::Kind::kWarning,
           member.id.full_text() + " is left alone: it " + member.problem);
      kept.add(member.id);
    }
    if (!targets.empty()) KF_DO(recorder_.begin(now_));
    DeleteRules rules;
    rules.dry_run = options_.dry_run;
    rules.done = Action::kPruned;
    std::vector<ObjectResult> results = delete_targets(place_, std::move(targets), rules);
    report.objects.insert(report.objects.end(), results.begin(), results.end());
    if (!options_.dry_run && !report.failure())
      return narrow_parent(place_.client, *now_.set, kept);
    return Ok{};
  }

  // ---- results

  // `live` is the object as the server has it now; in a dry run it does not matter.
  void done(size_t i, Action action, const Json& live) {
    results_[i].action = action;
    order_.finish(i);
    if (options_.dry_run) return came(i, Gate::kReady);
    schedule_.reach(i, Gate::kApplied);
    if (is_definition(now_.planned[i].id)) {
      await_definition(i);
    } else if (options_.wait || schedule_.is_awaited(i, Gate::kReady)) {
      await_ready(i, live);
    }
    advance();
  }

  void came(size_t i, Gate gate) {
    schedule_.reach(i, gate);
    advance();
  }

  // Also of an object whose result was told already: it is told again.
  void fail(size_t i, Error error) {
    results_[i].action = Action::kFailed;
    results_[i].error = std::move(error);
    failed_ = true;
    // What an interrupt has cut short has not failed; the report says how much is done.
    if (!place_.client.cancel().cancelled()) order_.finish(i);
    schedule_.fail(i);
    advance();
    stop_waiting();
  }

  void skip(size_t i, size_t because) {
    if (place_.client.cancel().cancelled()) return;
    results_[i].reason = "needs " + now_.planned[because].id.text() + ", which failed";
    order_.finish(i);
  }

  void tell(ClusterEvent::Kind kind, std::string message) {
    ClusterEvent event;
    event.kind = kind;
    event.message = std::move(message);
    place_.tell(std::move(event));
  }

  const Workplace& place_;
  Recorder& recorder_;
  Situation now_;
  ApplyOptions options_;
  Graph graph_;
  Schedule schedule_;
  DefinitionWait definitions_;
  ReadyWait ready_;
  std::vector<ObjectResult> results_;
  ResultOrder order_;
  std::vector<Decision> decisions_;
  bool leaves_all_ = true;  // no object needs to be sent
  std::set<size_t> taken_over_;
  std::set<size_t> recreated_;
  Clock::time_point served_deadline_;
  std::map<size_t, Clock::time_point> webhook_deadlines_;
  std::optional<size_t> parent_waits_for_;  // until that object is there, the others are held
  std::vector<size_t> held_;
  bool advancing_ = false;
  bool failed_ = false;
};

}  // namespace

Result<ClusterReport> apply_surveyed(const Workplace& place, Situation situation,
                                     const ApplyOptions& options, Recorder& recorder) {
  NeedsOptions needs;
  needs.partial = options.partial;
  needs.exists = [&situation](size_t i) {
    return situation.live[i].state == LiveObject::State::kPresent;
  };
  KF_TRY(const Graph graph, apply_graph(situation.planned, needs));
  return Applier(place, std::move(situation), graph, options, recorder).run();
}

Result<ClusterReport> apply_objects(const Workplace& place, const std::vector<Json>& objects,
                                    const ApplyOptions& options) {
  KF_DO(check_options(objects, options));
  Recorder recorder(place, objects, options);
  KF_TRY(Situation situation, survey(place, objects, options.apply_set));
  KF_DO(check_situation(place, situation, options));
  return apply_surveyed(place, std::move(situation), options, recorder);
}

}  // namespace kfctl
