#include "cluster/revision.h"

#include <algorithm>
#include <ctime>
#include <optional>

#include "base/gzip.h"
#include "base/hash.h"
#include "base/object.h"
#include "base/text.h"
#include "cluster/apply_set.h"

namespace kfctl {
namespace {

constexpr std::string_view kHistoryLabel = "kfctl.io/history";  // the id of the apply set
constexpr std::string_view kHeadLabel = "kfctl.io/revision";    // of heads: the number
constexpr std::string_view kStateLabel = "kfctl.io/revision-state";
constexpr std::string_view kInfo = "kfctl.io/revision-info";  // annotation: the rest, as JSON
constexpr std::string_view kPartKey = "part.gz";
constexpr size_t kMaxText = size_t{1} << 30;

Json info_json(const Revision& revision) {
  Json info = Json::object({{"started", revision.started},
                            {"kfctl", revision.version},
                            {"user", revision.user},
                            {"digest", revision.digest},
                            {"parts", static_cast<int64_t>(revision.parts)}});
  if (!revision.finished.empty()) info["finished"] = revision.finished;
  if (!revision.message.empty()) info["message"] = revision.message;
  if (revision.rolled_back_to > 0) info["rolledBackTo"] = revision.rolled_back_to;
  for (const std::string& name : revision.components) info["components"].push_back(name);
  for (const auto& [action, count] : revision.changes) info["changes"][action] = count;
  return info;
}

Json owner(std::string_view name, std::string_view uid) {
  return Json::array(
      {Json::object({{"apiVersion", "v1"}, {"kind", "Secret"}, {"name", name}, {"uid", uid}})});
}

Json secret(const ApplySet& set, std::string name, Json owners, std::string_view bytes) {
  const Json labels = Json::object(
      {{"app.kubernetes.io/managed-by", "kfctl"}, {std::string(kHistoryLabel), set.id()}});
  return Json::object({{"apiVersion", "v1"},
                       {"kind", "Secret"},
                       {"type", "kfctl.io/revision"},
                       {"immutable", true},
                       {"metadata", Json::object({{"name", std::move(name)},
                                                  {"namespace", set.namespace_},
                                                  {"labels", labels},
                                                  {"ownerReferences", std::move(owners)}})},
                       {"data", Json::object({{std::string(kPartKey), base64_encode(bytes)}})}});
}

std::optional<RevisionState> state_of(std::string_view name) {
  for (const RevisionState state :
       {RevisionState::kPending, RevisionState::kDeployed, RevisionState::kFailed}) {
    if (revision_state_name(state) == name) return state;
  }
  return std::nullopt;
}

int64_t int_at(const Json& object, std::string_view key) {
  const Json* const value = object.find(key);
  return value != nullptr && value->is_int() ? value->as_int() : 0;
}

void read_lists(const Json& info, Revision& revision) {
  if (const Json* const names = info.find("components"); names && names->is_array()) {
    for (const Json& name : names->items()) {
      if (name.is_string()) revision.components.push_back(name.as_string());
    }
  }
  if (const Json* const changes = info.find("changes"); changes && changes->is_object()) {
    for (const auto& [action, count] : changes->members()) {
      if (count.is_int()) revision.changes[action] = count.as_int();
    }
  }
}

int64_t positive(std::string_view text) {
  int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || number > int64_t{1} << 53) return 0;
    number = number * 10 + (c - '0');
  }
  return number;
}

Error damaged(int64_t number, const std::string& what) {
  return Error(ErrorKind::kCluster, "revision " + std::to_string(number) + " " + what,
               "'kfctl history' lists the revisions; take another one");
}

}  // namespace

std::string_view revision_state_name(RevisionState state) {
  switch (state) {
    case RevisionState::kPending:
      return "pending";
    case RevisionState::kDeployed:
      return "deployed";
    case RevisionState::kFailed:
      break;
  }
  return "failed";
}

std::string revision_text(std::vector<Json> objects) {
  sort_for_show(objects);
  return Json::array(std::move(objects)).dump();
}

std::vector<std::string> revision_parts(std::string_view text, size_t size) {
  const std::string packed = gzip(text);
  std::vector<std::string> parts;
  for (size_t at = 0; at < packed.size(); at += size) parts.push_back(packed.substr(at, size));
  return parts;
}

Result<std::vector<Json>> revision_objects(const Revision& revision,
                                           const std::vector<std::string>& parts) {
  const Result<std::string> text = gunzip(join(parts, ""), kMaxText);
  if (!text.ok() || sha256_hex(text.value()) != revision.digest) {
    return damaged(revision.number, "is damaged: its parts are not what was recorded");
  }
  KF_TRY(Json objects, parse_json(text.value(), "revision"));
  if (!objects.is_array()) return damaged(revision.number, "holds no list of objects");
  for (const Json& object : objects.items()) KF_DO(check_object(object, "revision"));
  return std::move(objects.items());
}

std::string revision_name(const ApplySet& set, int64_t number, size_t part) {
  constexpr std::string_view kPrefix = "kfctl.";  // see apply_set_name
  std::string_view rest = set.name;
  if (rest.starts_with(kPrefix)) rest.remove_prefix(kPrefix.size());
  const std::string head = "kfctl-history." + std::string(rest) + ".r" + std::to_string(number);
  return part == 0 ? head : head + ".p" + std::to_string(part);
}

std::string revision_selector(const ApplySet& set) {
  return std::string(kHistoryLabel) + "=" + set.id() + "," + std::string(kHeadLabel);
}

Json revision_head(const ApplySet& set, const Revision& revision, std::string_view bytes) {
  Json out = secret(set, revision_name(set, revision.number), owner(set.name, set.uid), bytes);
  out["metadata"]["labels"][kHeadLabel] = std::to_string(revision.number);
  out["metadata"]["labels"][kStateLabel] = revision_state_name(revision.state);
  out["metadata"]["annotations"][kInfo] = info_json(revision).dump();
  return out;
}

Json revision_part(const ApplySet& set, const Revision& revision, size_t part,
                   std::string_view bytes) {
  return secret(set, revision_name(set, revision.number, part),
                owner(revision_name(set, revision.number), revision.uid), bytes);
}

Json revision_mark(const Revision& revision) {
  const Json labels =
      Json::object({{std::string(kStateLabel), std::string(revision_state_name(revision.state))}});
  const Json annotations = Json::object({{std::string(kInfo), info_json(revision).dump()}});
  return Json::object(
      {{"metadata", Json::object({{"labels", labels}, {"annotations", annotations}})}});
}

Result<Revision> parse_revision(const Json& metadata) {
  const auto refuse = [&metadata] {
    return Error(ErrorKind::kCluster,
                 "Secret/" + std::string(metadata.string_at({"name"})) + " is no revision of kfctl",
                 "it carries labels of one: remove them, or the Secret");
  };
  Revision out;
  out.number = positive(metadata.string_at({"labels", kHeadLabel}));
  const std::optional<RevisionState> state = state_of(metadata.string_at({"labels", kStateLabel}));
  const Result<Json> info = parse_json(metadata.string_at({"annotations", kInfo}), "info");
  if (out.number == 0 || !state || !info.ok() || !info.value().is_object()) return refuse();
  const Json& said = info.value();
  out.state = *state;
  out.started = said.string_at({"started"});
  out.finished = said.string_at({"finished"});
  out.user = said.string_at({"user"});
  out.version = said.string_at({"kfctl"});
  out.message = said.string_at({"message"});
  out.digest = said.string_at({"digest"});
  out.rolled_back_to = int_at(said, "rolledBackTo");
  read_lists(said, out);
  const int64_t parts = int_at(said, "parts");
  constexpr int64_t kMaxParts = 10'000;
  if (out.digest.empty() || parts < 1 || parts > kMaxParts) return refuse();
  out.parts = static_cast<size_t>(parts);
  out.uid = metadata.string_at({"uid"});
  return out;
}

Result<std::string> parse_part(const Json& secret) {
  std::string bytes;
  const std::string_view text = secret.string_at({"data", kPartKey});
  if (text.empty() || !base64_decode(text, bytes)) {
    return Error(ErrorKind::kCluster, "Secret/" +
                                          std::string(secret.string_at({"metadata", "name"})) +
                                          " holds no part of a revision");
  }
  return bytes;
}

Result<Revision> previous_revision(const std::vector<Revision>& revisions) {
  for (size_t i = revisions.size(); i-- > 0;) {
    const Revision& one = revisions[i];
    const bool other = one.digest != revisions.back().digest;
    if (other && one.state == RevisionState::kDeployed) return one;
  }
  return usage_error("there is no earlier revision to go back to",
                     "'kfctl history' lists the revisions; --to takes any of them");
}

Result<Revision> find_revision(const std::vector<Revision>& revisions, int64_t number) {
  std::vector<std::string> there;
  for (const Revision& one : revisions) {
    if (one.number == number) return one;
    there.push_back(std::to_string(one.number));
  }
  return usage_error("there is no revision " + std::to_string(number),
                     there.empty() ? "nothing has been recorded yet: 'kfctl apply' does it"
                                   : "there are " + join(there, ", "));
}

std::vector<Revision> surplus_revisions(const std::vector<Revision>& revisions, size_t keep) {
  size_t newest_deployed = revisions.size();
  for (size_t i = 0; i < revisions.size(); ++i) {
    if (revisions[i].state == RevisionState::kDeployed) newest_deployed = i;
  }
  std::vector<Revision> out;
  for (size_t i = 0; i + keep < revisions.size(); ++i) {
    if (i != newest_deployed) out.push_back(revisions[i]);
  }
  return out;
}

std::vector<Json> merged_objects(std::vector<Json> base, const std::vector<Json>& changed) {
  const auto key = [](const Json& object) {
    ObjectId id = object_id(object);
    id.api_version = id.group();  // another version is the same object
    return id;
  };
  std::map<ObjectId, size_t> places;
  for (size_t i = 0; i < base.size(); ++i) places[key(base[i])] = i;
  for (const Json& object : changed) {
    const auto found = places.find(key(object));
    if (found == places.end()) {
      base.push_back(object);
    } else {
      base[found->second] = object;
    }
  }
  return base;
}

std::string utc_text(int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts = {};
  gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace kfctl
