#include "cluster/apply.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "cluster/api_error.h"
#include "cluster/remove.h"
#include "cluster/result_order.h"

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 100;
constexpr int kWebhookPollMs = 2000;  // behind it the client has waited some 20 s already
constexpr std::string_view kSetManager = "kfctl-applyset";

// True if the definition has the condition `type` with status `wanted`.
bool has_condition(const Json& object, std::string_view type, std::string_view wanted) {
  const Json* const conditions = object.at({"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return false;
  return std::any_of(
      conditions->items().begin(), conditions->items().end(), [&](const Json& condition) {
        return condition.string_at({"type"}) == type && condition.string_at({"status"}) == wanted;
      });
}

class Applier {
 public:
  Applier(const Workplace& place, Situation situation, const ApplyOptions& options)
      : place_(place),
        now_(std::move(situation)),
        options_(options),
        results_(now_.planned.size()),
        order_(place_.on_event, results_) {
    for (size_t i = 0; i < results_.size(); ++i) results_[i].id = now_.planned[i].id;
    webhook_deadline_ = Clock::now() + std::chrono::milliseconds(options_.ready_timeout_ms);
  }

  Result<ClusterReport> run() {
    ClusterEvent planned;
    planned.count = now_.planned.size();
    place_.tell(std::move(planned));
    if (!options_.dry_run) {
      KF_DO(make_namespace());
      // Namespaces that are objects of ours come with the first stage: the set's parent may live in
      // one of them, so it is written after that stage then.
      if (!parent_must_wait()) KF_DO(grow_set());
    }
    for (const Stage& stage : plan_stages(now_.planned)) {
      for (size_t i = stage.begin; i < stage.end; ++i) apply_object(i);
      place_.client.run();
      if (!failed_ && !options_.dry_run) await_definitions(stage);
      if (failed_) break;
      if (!options_.dry_run && parent_must_wait()) KF_DO(grow_set());
    }
    order_.flush();
    ClusterReport report;
    report.objects = results_;
    if (!failed_ && options_.prune) KF_DO(prune(report));
    return report;
  }

 private:
  // ---- namespace and apply set

  Status make_namespace() {
    const std::string& ns = place_.default_namespace;
    if (!now_.missing.contains(ns) || now_.planned_spaces.contains(ns)) return Ok{};
    const Json body = Json::object(
        {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Json::object({{"name", ns}})}});
    const KubeAnswer answer = place_.client.send(
        apply_request("/api/v1/namespaces/" + ns, body, false, false, kFieldManager));
    if (!answer.success()) return place_.client.error_of(answer, "make Namespace/" + ns);
    tell(ClusterEvent::Kind::kNamespaceCreated, ns);
    return Ok{};
  }

  bool parent_must_wait() const {
    return now_.set && !set_grown_ && now_.missing.contains(place_.default_namespace) &&
           now_.planned_spaces.contains(place_.default_namespace);
  }

  Status grow_set() {
    if (!now_.set || set_grown_) return Ok{};
    set_grown_ = true;
    if (now_.set->refused) {
      warn_unrecorded();
      return Ok{};
    }
    ApplySetScope scope = scope_of(now_.planned);
    scope.namespaces.insert(now_.set->namespace_);
    scope.add(now_.set->recorded);
    return write_set(scope);
  }

  Status write_set(const ApplySetScope& scope) {
    if (now_.set->exists && scope == now_.set->recorded) return Ok{};
    const KubeAnswer answer = place_.client.send(apply_request(
        now_.set->path(), apply_set_parent(*now_.set, scope), true, false, kSetManager));
    if (answer.status_is(403) && !options_.prune) {
      now_.set->refused = place_.client.error_of(answer, "record the apply set");
      warn_unrecorded();
      return Ok{};
    }
    if (!answer.success()) {
      return place_.client.error_of(answer, "record the apply set Secret/" + now_.set->name);
    }
    now_.set->exists = true;
    now_.set->recorded = scope;
    return Ok{};
  }

  void warn_unrecorded() {
    tell(ClusterEvent::Kind::kWarning, "this user may not keep Secret/" + now_.set->name +
                                           " in namespace " + now_.set->namespace_ +
                                           ": what is applied is not recorded for --prune");
  }

  // ---- objects

  void apply_object(size_t i) {
    // A dry run cannot ask about what is in a namespace or of a kind that is still to come.
    if (options_.dry_run && now_.unaskable(i)) return done(i, Action::kCreated);
    send(i, 0);
  }

  void send(size_t i, int delay_ms) {
    const PlannedObject& planned = now_.planned[i];
    place_.client.start(
        apply_request(planned.path(), planned.object, options_.force_conflicts, options_.dry_run,
                      kFieldManager),
        [this, i](KubeAnswer answer) { applied(i, answer); }, delay_ms);
  }

  void applied(size_t i, const KubeAnswer& answer) {
    const PlannedObject& planned = now_.planned[i];
    if (planned.kind_pending && answer.status_is(404) && Clock::now() < served_deadline_) {
      return send(i, kPollMs);  // established, but not yet on every path through the server
    }
    if (is_webhook_failure(answer.http) && !options_.dry_run && Clock::now() < webhook_deadline_) {
      tell(ClusterEvent::Kind::kWaiting, "the webhook that checks " + planned.id.text());
      return send(i, kWebhookPollMs);
    }
    if (!answer.success()) return refused(i, answer);
    const Result<Json> body = place_.client.parse(answer, "apply " + planned.id.full_text());
    if (!body.ok()) return fail(i, body.error());
    if (answer.status_is(201)) return done(i, Action::kCreated);
    const LiveObject& live = now_.live[i];
    if (live.state == LiveObject::State::kAbsent) return done(i, Action::kCreated);
    const bool same =
        live.state == LiveObject::State::kPresent && is_unchanged(live.object, body.value());
    done(i, same ? Action::kUnchanged : Action::kConfigured);
  }

  void refused(size_t i, const KubeAnswer& answer) {
    const PlannedObject& planned = now_.planned[i];
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

  // ---- definitions of custom resources

  void await_definitions(const Stage& stage) {
    served_deadline_ = Clock::now() + std::chrono::milliseconds(options_.ready_timeout_ms);
    for (size_t i = stage.begin; i < stage.end; ++i) {
      if (!is_definition(now_.planned[i].id) || results_[i].action == Action::kUnchanged) continue;
      tell(ClusterEvent::Kind::kWaiting, now_.planned[i].id.text() + " to be served");
      poll_definition(i, 0);
    }
    place_.client.run();
    const auto defines = [this](size_t i) { return is_definition(now_.planned[i].id); };
    if (failed_ || stage.begin == stage.end || !defines(stage.begin)) return;
    std::map<std::string, std::vector<size_t>> pending;  // by apiVersion
    for (size_t i = 0; i < now_.planned.size(); ++i) {
      if (now_.planned[i].kind_pending) pending[now_.planned[i].id.api_version].push_back(i);
    }
    for (const auto& [version, objects] : pending) poll_kinds(version, objects, 0);
    place_.client.run();
  }

  void poll_definition(size_t i, int delay_ms) {
    KubeRequest request;
    request.path = now_.planned[i].path();
    place_.client.start(
        std::move(request),
        [this, i](KubeAnswer answer) {
          const Result<Json> body =
              place_.client.parse(answer, "wait for " + now_.planned[i].id.full_text());
          if (!body.ok()) return fail_late(i, body.error());
          if (has_condition(body.value(), "Established", "True")) return;
          if (has_condition(body.value(), "NamesAccepted", "False")) {
            return fail_late(
                i, Error(ErrorKind::kCluster,
                         now_.planned[i].id.full_text() +
                             ": the cluster has another kind of one of its names",
                         "see its conditions: kubectl describe crd " + now_.planned[i].id.name));
          }
          if (Clock::now() >= served_deadline_) return fail_late(i, not_served(i));
          poll_definition(i, kPollMs);
        },
        delay_ms);
  }

  void poll_kinds(const std::string& version, const std::vector<size_t>& objects, int delay_ms) {
    KubeRequest request;
    request.path = "/apis/" + version;
    place_.client.start(
        std::move(request),
        [this, version, objects](KubeAnswer answer) {
          Discovery found;
          const Result<Json> body = place_.client.parse(answer, "ask for the kinds of " + version);
          if (body.ok()) found.add_resource_list(body.value());
          if (!body.ok() && !answer.status_is(404)) return fail_late(objects[0], body.error());
          const bool served = std::all_of(objects.begin(), objects.end(), [&](size_t i) {
            return found.find(version, now_.planned[i].id.kind) != nullptr;
          });
          if (served) return;
          if (Clock::now() >= served_deadline_)
            return fail_late(objects[0], not_served(objects[0]));
          poll_kinds(version, objects, kPollMs);
        },
        delay_ms);
  }

  Error not_served(size_t i) const {
    return Error(ErrorKind::kCluster,
                 now_.planned[i].id.full_text() + ": its kind is not served after " +
                     std::to_string(options_.ready_timeout_ms / 1000) + " s",
                 "see the conditions of its CustomResourceDefinition, then apply again");
  }

  // ---- prune

  Status prune(ClusterReport& report) {
    KF_TRY(const std::vector<SetMember> stale, stale_members(place_, now_));
    ApplySetScope kept = scope_of(now_.planned);
    if (now_.set) kept.namespaces.insert(now_.set->namespace_);
    std::vector<DeleteTarget> targets;
    for (const SetMember& member : stale) {
      if (member.problem.empty()) {
        targets.push_back({member.id, member.resource, member.uid, member.resource_version});
        continue;
      }
      tell(ClusterEvent::Kind::kWarning,
           member.id.full_text() + " is left alone: it " + member.problem);
      kept.add(member.id);
    }
    DeleteRules rules;
    rules.dry_run = options_.dry_run;
    rules.done = Action::kPruned;
    std::vector<ObjectResult> results = delete_targets(place_, std::move(targets), rules);
    report.objects.insert(report.objects.end(), results.begin(), results.end());
    if (!options_.dry_run && !report.failure()) return write_set(kept);
    return Ok{};
  }

  // ---- results

  void done(size_t i, Action action) {
    results_[i].action = action;
    order_.finish(i);
  }

  void fail(size_t i, Error error) {
    results_[i].action = Action::kFailed;
    results_[i].error = std::move(error);
    failed_ = true;
    order_.finish(i);
  }

  // Of an object whose result was told already, or that was not begun.
  void fail_late(size_t i, Error error) {
    if (results_[i].action == Action::kFailed) return;
    fail(i, std::move(error));
  }

  void tell(ClusterEvent::Kind kind, std::string message) {
    ClusterEvent event;
    event.kind = kind;
    event.message = std::move(message);
    place_.tell(std::move(event));
  }

  const Workplace& place_;
  Situation now_;
  ApplyOptions options_;
  std::vector<ObjectResult> results_;
  ResultOrder order_;
  Clock::time_point served_deadline_;
  Clock::time_point webhook_deadline_;
  bool set_grown_ = false;
  bool failed_ = false;
};

}  // namespace

Result<ClusterReport> apply_objects(const Workplace& place, const std::vector<Json>& objects,
                                    const ApplyOptions& options) {
  if (options.prune && options.apply_set.empty()) {
    return internal_error("prune without the name of an apply set");
  }
  if (options.prune && objects.empty()) {
    return usage_error(
        "the environment has no objects: pruning would delete all it has on the "
        "cluster",
        "if that is what you want, use kfctl delete");
  }
  KF_TRY(Situation situation, survey(place, objects, options.apply_set));
  if (options.prune && situation.set->refused) return *situation.set->refused;
  return Applier(place, std::move(situation), options).run();
}

}  // namespace kfctl
