#include "cluster/diff.h"

#include <map>
#include <optional>

#include "cluster/api_error.h"
#include "cluster/decision.h"
#include "cluster/local_apply.h"
#include "cluster/owned_fields.h"

namespace kfctl {
namespace {

class DiffWork {
 public:
  DiffWork(const Workplace& place, const Situation& situation, const DiffOptions& options)
      : place_(place), now_(situation), options_(options), decider_(options.adopt) {}

  Result<DiffReport> run() {
    out_.objects.resize(now_.planned.size());
    for (size_t i = 0; i < now_.planned.size(); ++i) {
      out_.objects[i].id = now_.planned[i].id;
      if (now_.unaskable(i)) {
        local(i);
      } else {
        decide(i);
      }
    }
    place_.client.run();
    if (!error_ && options_.prune) KF_DO(add_stale());
    if (error_) return *error_;
    return std::move(out_);
  }

 private:
  void decide(size_t i) {
    const Json& live = now_.live[i].object;
    const Decision decision = decider_.decide(now_.planned[i], now_.live[i]);
    switch (decision.step) {
      case Decision::Step::kLeave:
        return compare(i, live, live);
      case Decision::Step::kRefuse:
        return compare_here(i, "apply refuses it without --adopt");
      case Decision::Step::kAdopt:
        former_[i] = *decision.former;
        out_.objects[i].note = "is taken over from " + decision.former->text;
        return ask(i, true);
      case Decision::Step::kApply:
        return ask(i, options_.force_conflicts);
    }
  }

  // What the former owner applied and the app does not have goes with the take-over, of which a dry
  // run knows nothing.
  Json after_take_over(size_t i, Json after) const {
    const auto former = former_.find(i);
    if (former == former_.end()) return after;
    Json owned = now_.live[i].object;
    const std::optional<Json> fields = taken_over_fields(owned, former->second.managers);
    if (!fields) return after;
    owned["metadata"]["managedFields"] = *fields;
    const Json* const ours = applied_entry(owned, kFieldManager)->find("fieldsV1");
    return without_dropped(std::move(after), *ours, now_.planned[i].object, owned);
  }

  void local(size_t i) {
    const bool kind = now_.planned[i].kind_pending;
    out_.objects[i].note = std::string(kind ? "its kind" : "its namespace") +
                           " does not exist yet: shown as rendered, unchecked by the server";
    compare(i, Json(), now_.planned[i].object);
  }

  // The server cannot be asked about the object, only about what is there.
  void compare_here(size_t i, const std::string& because) {
    const Json& live = now_.live[i].object;
    const Json& wanted = now_.planned[i].object;
    out_.objects[i].note = because + ": compared here, without the server's defaults and checks";
    compare(i, live, live.is_null() ? wanted : apply_locally(wanted, live, decider_.facts()));
  }

  // Why this answer says nothing about the object; "" if it does.
  std::string unasked_because(const KubeAnswer& answer) const {
    if (answer.status_is(403)) return "this user may not patch it";
    if (answer.status_is(422) && is_immutable(parse_status(answer.http))) {
      return "the server refuses it, because a field cannot change (see apply --recreate)";
    }
    const bool no_rehearsal =
        answer.status_is(400) && answer.http.body.find("dry run") != std::string::npos;
    return no_rehearsal ? "a webhook knows no dry run" : "";
  }

  void ask(size_t i, bool force) {
    const PlannedObject& planned = now_.planned[i];
    place_.client.start(apply_request(planned.path(), planned.object, force, true, kFieldManager),
                        [this, i](KubeAnswer answer) { answered(i, answer); });
  }

  void answered(size_t i, const KubeAnswer& answer) {
    const PlannedObject& planned = now_.planned[i];
    const Json& live = now_.live[i].object;
    if (answer.status_is(409)) {
      std::vector<FieldConflict>& conflicts = out_.objects[i].conflicts;
      const bool first = conflicts.empty();
      conflicts = parse_conflicts(parse_status(answer.http), planned.object, live);
      if (is_secret(planned.object)) {
        for (FieldConflict& conflict : conflicts) conflict.ours = conflict.theirs = "";
      }
      // What it would be after taking the fields over is still worth seeing.
      if (first && !conflicts.empty()) return ask(i, true);
    }
    const std::string because = unasked_because(answer);
    if (!because.empty() && now_.live[i].state != LiveObject::State::kUnknown) {
      return compare_here(i, because);
    }
    const Result<Json> body = place_.client.parse(answer, planned.id.full_text());
    if (!body.ok()) {
      if (!error_) error_ = body.error();
      return;
    }
    compare(i, live, after_take_over(i, body.value()));
  }

  void compare(size_t i, Json before, Json after) {
    ObjectDiff& diff = out_.objects[i];
    diff.before = without_noise(std::move(before));
    diff.after = without_noise(std::move(after));
    mask_secrets(diff.before, diff.after);
    if (diff.before.is_null()) {
      diff.change = ObjectDiff::Change::kAdded;
      return;
    }
    diff.fields = json_diff(diff.before, diff.after);
    if (!diff.fields.empty()) diff.change = ObjectDiff::Change::kChanged;
  }

  Status add_stale() {
    KF_TRY(const std::vector<SetMember> stale, stale_members(place_, now_, options_.prune_scope));
    for (const SetMember& member : stale) {
      if (!member.problem.empty()) continue;
      KubeRequest request;
      request.path = member.resource.object_path(member.id.namespace_, member.id.name);
      place_.client.start(std::move(request), [this, id = member.id](KubeAnswer answer) {
        if (answer.status_is(404)) return;  // it went while we looked
        Result<Json> body = place_.client.parse(answer, "get " + id.full_text());
        if (!body.ok()) {
          if (!error_) error_ = body.error();
          return;
        }
        ObjectDiff diff;
        diff.id = id;
        diff.change = ObjectDiff::Change::kPruned;
        diff.before = mask_secret(without_noise(std::move(body).value()));
        out_.objects.push_back(std::move(diff));
      });
    }
    place_.client.run();
    return Ok{};
  }

  const Workplace& place_;
  const Situation& now_;
  const DiffOptions& options_;
  Decider decider_;
  std::map<size_t, FormerOwner> former_;  // of what is to be taken over
  DiffReport out_;
  std::optional<Error> error_;
};

}  // namespace

Result<DiffReport> diff_objects(const Workplace& place, const std::vector<Json>& objects,
                                const DiffOptions& options) {
  KF_TRY(const Situation situation, survey(place, objects, options.apply_set));
  return diff_surveyed(place, situation, options);
}

Result<DiffReport> diff_surveyed(const Workplace& place, const Situation& situation,
                                 const DiffOptions& options) {
  return DiffWork(place, situation, options).run();
}

}  // namespace kfctl
