#include "cluster/history.h"

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "cluster/plan.h"
#include "cluster/view.h"

namespace kfctl {
namespace {

// A Secret may hold 1 MiB, and etcd takes 1.5 MiB in one request.
constexpr size_t kPartSize = size_t{768} * 1024;
constexpr int kNumberTries = 20;  // others may be recording at the same time

std::string secrets_path(const ApplySet& set, const std::string& name = "") {
  const std::string all = "/api/v1/namespaces/" + url_encode(set.namespace_) + "/secrets";
  return name.empty() ? all : all + "/" + url_encode(name);
}

KubeRequest list_request(const ApplySet& set) {
  KubeRequest request;
  request.path = secrets_path(set);
  request.accept = kAcceptMetadataList;
  request.query = {{"labelSelector", revision_selector(set)}};
  return request;
}

Result<std::vector<Revision>> parse_list(const KubeClient& client, const KubeAnswer& answer) {
  KF_TRY(const Json list, client.parse(answer, "list the revisions"));
  std::vector<Revision> out;
  const Json* const items = list.find("items");
  if (items == nullptr || !items->is_array()) return out;
  for (const Json& item : items->items()) {
    const Json* const metadata = item.find("metadata");
    if (metadata == nullptr) continue;
    // What is none must not stand in the way of an apply; its number is taken all the same.
    Result<Revision> revision = parse_revision(*metadata);
    if (revision.ok()) out.push_back(std::move(revision).value());
  }
  std::sort(out.begin(), out.end(),
            [](const Revision& a, const Revision& b) { return a.number < b.number; });
  return out;
}

KubeRequest create_request(const ApplySet& set, const Json& secret) {
  KubeRequest request;
  request.method = "POST";
  request.path = secrets_path(set);
  request.query = {{"fieldManager", std::string(kFieldManager) + "-history"}};
  request.content_type = "application/json";
  request.body = secret.dump();
  return request;  // repeatable: what is there already is looked at
}

bool is_change(Action action) {
  return action == Action::kCreated || action == Action::kConfigured ||
         action == Action::kRecreated || action == Action::kPruned;
}

std::map<std::string, int64_t> changes_of(const ClusterReport& report) {
  std::map<std::string, int64_t> out;
  for (const ObjectResult& one : report.objects) {
    if (is_change(one.action)) ++out[std::string(action_name(one.action))];
  }
  return out;
}

std::vector<std::string> joined(const std::vector<std::string>& a,
                                const std::vector<std::string>& b) {
  std::set<std::string> all(a.begin(), a.end());
  all.insert(b.begin(), b.end());
  return {all.begin(), all.end()};
}

// What the last revision has and this apply does not touch: it prunes what these components had.
std::vector<Json> untouched(std::vector<Json> last, const ApplyOptions& options) {
  const std::vector<std::string>& components = options.history.components;
  if (!options.prune) return last;
  std::erase_if(last, [&components](const Json& object) {
    const std::string_view of = object.string_at({"metadata", "labels", "ksonnet.io/component"});
    return std::find(components.begin(), components.end(), of) != components.end();
  });
  return last;
}

}  // namespace

Result<std::vector<Revision>> fetch_revisions(KubeClient& client, const ApplySet& set) {
  return parse_list(client, client.send(list_request(set)));
}

Result<std::vector<Json>> fetch_revision_objects(KubeClient& client, const ApplySet& set,
                                                 const Revision& revision) {
  std::vector<std::string> parts(revision.parts);
  std::optional<Error> error;
  for (size_t i = 0; i < parts.size(); ++i) {
    KubeRequest request;
    request.path = secrets_path(set, revision_name(set, revision.number, i));
    client.start(std::move(request), [&, i](KubeAnswer answer) {
      const std::string what = "get part " + std::to_string(i + 1) + " of " +
                               std::to_string(parts.size()) + " of revision " +
                               std::to_string(revision.number);
      const Result<Json> secret = client.parse(answer, what);
      Result<std::string> bytes = secret.ok() ? parse_part(secret.value()) : secret.error();
      if (bytes.ok()) {
        parts[i] = std::move(bytes).value();
      } else if (!error) {
        error = bytes.error();
      }
    });
  }
  client.run();
  if (error) return *error;
  return revision_objects(revision, parts);
}

Recorder::Recorder(const Workplace& place, const std::vector<Json>& objects,
                   const ApplyOptions& options)
    : place_(place), objects_(objects), options_(options) {
  if (!options.history.record || options.dry_run || options.apply_set.empty()) return;
  const ApplySet set = {options.apply_set, place.default_namespace, false, {}};
  place.client.start(list_request(set),
                     [asked = asked_, &client = place.client](KubeAnswer answer) {
                       asked->forbidden = answer.status_is(403);
                       asked->revisions = parse_list(client, answer);
                     });
}

bool Recorder::is_on(const Situation& now) const {
  return options_.history.record && !options_.dry_run && now.set && now.set->exists &&
         !now.set->refused;
}

Status Recorder::begin(const Situation& now) {
  if (!is_on(now) || ours_ || begun_) return Ok{};
  begun_ = true;
  KF_DO(look());
  if (forbidden_) return warn_forbidden(now), Ok{};
  KF_DO(pack(now));
  if (!is_last()) return write_new(now);
  if (revisions_.back().state == RevisionState::kDeployed) return Ok{};
  return take_up(now);
}

void Recorder::finish(const Situation& now, Result<ClusterReport>& report) {
  // What was interrupted stays pending: the server is not asked anything more.
  if (!is_on(now) || place_.client.cancel().cancelled()) return;
  const Status concluded = conclude(now, report);
  if (!concluded.ok() && report.ok()) {
    warn("the revision is not complete: " + concluded.error().message);
  }
  if (ours_ && report.ok()) report.value().revision = ours_->number;
}

Status Recorder::conclude(const Situation& now, const Result<ClusterReport>& report) {
  KF_DO(look());
  if (forbidden_) return Ok{};
  const bool complete = report.ok() && !report.value().failure();
  std::map<std::string, int64_t> changes;
  if (report.ok()) changes = changes_of(report.value());
  if (!ours_ && complete) KF_DO(settle(now, !changes.empty()));
  if (!ours_) return Ok{};
  ours_->state = complete ? RevisionState::kDeployed : RevisionState::kFailed;
  ours_->finished = utc_text(seconds_now());
  ours_->changes = std::move(changes);
  KF_DO(mark(*now.set));
  return trim(*now.set);
}

// Nothing was recorded before the changes, because there seemed to be none to come.
Status Recorder::settle(const Situation& now, bool changed) {
  const bool unfinished =
      !revisions_.empty() && revisions_.back().state != RevisionState::kDeployed;
  if (!changed && !revisions_.empty() && !unfinished) return Ok{};
  KF_DO(pack(now));
  if (unfinished && is_last()) return take_up(now);
  return changed || revisions_.empty() ? write_new(now) : Status(Ok{});
}

Status Recorder::look() {
  if (looked_) return Ok{};
  looked_ = true;
  if (!asked_->revisions) place_.client.run();
  forbidden_ = asked_->forbidden;
  if (forbidden_) return Ok{};
  KF_TRY(revisions_, std::move(*asked_->revisions));
  return Ok{};
}

bool Recorder::is_last() const {
  return !revisions_.empty() && revisions_.back().digest == digest_;
}

Status Recorder::pack(const Situation& now) {
  if (!parts_.empty()) return Ok{};
  // Not the planned objects of `now`, from which replicas may be left out for an autoscaler.
  KF_TRY(std::vector<PlannedObject> planned,
         plan_objects(objects_, now.discovery, place_.default_namespace));
  std::vector<Json> objects;
  for (PlannedObject& one : planned) objects.push_back(std::move(one.object));
  components_ = options_.history.components;
  if (!components_.empty() && !revisions_.empty()) {
    // A part of the environment: with the rest as it was, the revision is one of the whole.
    const Revision& last = revisions_.back();
    Result<std::vector<Json>> rest = fetch_revision_objects(place_.client, *now.set, last);
    if (rest.ok()) {
      objects = merged_objects(untouched(std::move(rest).value(), options_), objects);
      components_ =
          last.components.empty() ? last.components : joined(last.components, components_);
    }
  }
  const std::string text = revision_text(std::move(objects));
  digest_ = sha256_hex(text);
  parts_ = revision_parts(text, kPartSize);
  return Ok{};
}

Status Recorder::write_new(const Situation& now) {
  Revision next;
  next.number = revisions_.empty() ? 1 : revisions_.back().number + 1;
  next.started = utc_text(seconds_now());
  next.user = options_.history.user;
  next.version = "v" KFCTL_VERSION;
  next.message = options_.history.message;
  next.rolled_back_to = options_.history.rolled_back_to;
  next.components = components_;
  next.digest = digest_;
  next.parts = parts_.size();
  for (int i = 0; i < kNumberTries && !ours_ && !forbidden_; ++i, ++next.number) {
    KF_DO(claim(now, next));
  }
  if (forbidden_) return warn_forbidden(now), Ok{};
  if (ours_) return write_parts(*now.set);
  return Error(ErrorKind::kCluster, "no number is free for a revision of Secret/" + now.set->name,
               "others are applying this environment at the same time: try again");
}

// Makes `revision` ours if its number is still free.
Status Recorder::claim(const Situation& now, Revision revision) {
  const std::string what = "record revision " + std::to_string(revision.number);
  const KubeAnswer answer =
      place_.client.send(create_request(*now.set, revision_head(*now.set, revision, parts_[0])));
  forbidden_ = answer.status_is(403);
  if (forbidden_) return Ok{};
  Result<Json> head = place_.client.parse(answer, what);
  if (answer.status_is(409)) {
    // Perhaps ours, of a request that was sent twice because its answer was lost.
    head =
        place_.client.get(secrets_path(*now.set, revision_name(*now.set, revision.number)), what);
    if (!head.ok()) return head.error();
    const Json* const metadata = head.value().find("metadata");
    const Result<Revision> there = parse_revision(metadata == nullptr ? Json() : *metadata);
    const bool same = there.ok() && there.value().digest == revision.digest &&
                      there.value().started == revision.started &&
                      there.value().user == revision.user;
    if (!same) return Ok{};
  }
  if (!head.ok()) return head.error();
  revision.uid = head.value().string_at({"metadata", "uid"});
  ours_ = std::move(revision);
  return Ok{};
}

Status Recorder::take_up(const Situation& now) {
  ours_ = revisions_.back();
  return write_parts(*now.set);
}

// Those that are there already have the same bytes: their digest is that of the revision.
Status Recorder::write_parts(const ApplySet& set) {
  std::optional<Error> error;
  for (size_t i = 1; i < parts_.size(); ++i) {
    place_.client.start(create_request(set, revision_part(set, *ours_, i, parts_[i])),
                        [this, &error](KubeAnswer answer) {
                          if (answer.success() || answer.status_is(409) || error) return;
                          error = place_.client.error_of(answer, "record a part of a revision");
                        });
  }
  if (parts_.size() > 1) place_.client.run();
  return error ? Status(*error) : Status(Ok{});
}

Status Recorder::mark(const ApplySet& set) {
  KubeRequest request;
  request.method = "PATCH";
  request.path = secrets_path(set, revision_name(set, ours_->number));
  request.query = {{"fieldManager", std::string(kFieldManager) + "-history"}};
  request.content_type = "application/merge-patch+json";
  request.body = revision_mark(*ours_).dump();
  const KubeAnswer answer = place_.client.send(std::move(request));
  if (answer.success()) return Ok{};
  return place_.client.error_of(answer, "mark revision " + std::to_string(ours_->number));
}

Status Recorder::trim(const ApplySet& set) {
  if (options_.history.keep == 0) return Ok{};
  std::vector<Revision> all = revisions_;
  if (all.empty() || all.back().number != ours_->number) {
    all.push_back(*ours_);
  } else {
    all.back() = *ours_;
  }
  std::optional<Error> error;
  for (const Revision& old : surplus_revisions(all, options_.history.keep)) {
    KubeRequest request;
    request.method = "DELETE";
    request.path = secrets_path(set, revision_name(set, old.number));
    request.content_type = "application/json";
    request.body = Json::object({{"apiVersion", "v1"},
                                 {"kind", "DeleteOptions"},
                                 {"propagationPolicy", "Background"},
                                 {"preconditions", Json::object({{"uid", old.uid}})}})
                       .dump();
    place_.client.start(std::move(request), [this, &error](KubeAnswer answer) {
      if (answer.success() || answer.status_is(404) || error) return;
      error = place_.client.error_of(answer, "delete an old revision");
    });
  }
  place_.client.run();
  return error ? Status(*error) : Status(Ok{});
}

void Recorder::warn_forbidden(const Situation& now) const {
  warn("this user may not keep Secrets in namespace " + now.set->namespace_ +
       ": no revision is recorded (--no-history says that it need not be)");
}

void Recorder::warn(std::string message) const {
  ClusterEvent event;
  event.kind = ClusterEvent::Kind::kWarning;
  event.message = std::move(message);
  place_.tell(std::move(event));
}

}  // namespace kfctl
