#include "cluster/apply_set.h"

#include <algorithm>
#include <optional>

#include "base/hash.h"
#include "base/text.h"
#include "cluster/session.h"

namespace kfctl {
namespace {

constexpr std::string_view kIdLabel = "applyset.kubernetes.io/id";
constexpr std::string_view kTooling = "applyset.kubernetes.io/tooling";
constexpr std::string_view kKinds = "applyset.kubernetes.io/contains-group-kinds";
constexpr std::string_view kNamespaces = "applyset.kubernetes.io/additional-namespaces";
constexpr std::string_view kParentKind = "Secret";

std::string group_kind(std::string_view group, std::string_view kind) {
  return group.empty() ? std::string(kind) : std::string(kind) + "." + std::string(group);
}

// "Deployment.apps" as its two parts.
std::pair<std::string, std::string> kind_and_group(const std::string& kind) {
  const size_t dot = kind.find('.');
  return {kind.substr(0, dot), dot == std::string::npos ? "" : kind.substr(dot + 1)};
}

std::set<std::string> words(std::string_view text) {
  std::set<std::string> out;
  for (const std::string_view word : split(text, ',')) {
    if (!trim(word).empty()) out.emplace(trim(word));
  }
  return out;
}

std::string joined(const std::set<std::string>& words) {
  return join(std::vector<std::string>(words.begin(), words.end()), ",");
}

bool applied_by_us(const Json& metadata) {
  const Json* const entries = metadata.find("managedFields");
  if (entries == nullptr || !entries->is_array()) return false;
  return std::any_of(entries->items().begin(), entries->items().end(), [](const Json& entry) {
    return entry.string_at({"manager"}) == kFieldManager &&
           entry.string_at({"operation"}) == "Apply";
  });
}

class MemberLister {
 public:
  MemberLister(KubeClient& client, const ApplySet& set) : client_(client), set_(set) {}

  void list(const ResourceInfo& resource, const std::string& ns, const std::string& from) {
    KubeRequest request;
    request.path = resource.collection_path(ns);
    request.accept = kAcceptMetadataList;
    request.query = {{"labelSelector", std::string(kPartOfLabel) + "=" + set_.id()},
                     {"limit", "500"}};
    if (!from.empty()) request.query.emplace_back("continue", from);
    client_.start(std::move(request), [this, resource, ns](KubeAnswer answer) {
      if (answer.status_is(404)) {
        const ObjectId of_kind = {resource.api_version, resource.kind, "", ""};
        return miss(group_kind(of_kind.group(), resource.kind));
      }
      const Result<Json> body = client_.parse_list(answer, "list " + resource.resource);
      if (!body.ok()) {
        if (!error_) error_ = body.error();
        return;
      }
      take(body.value(), resource);
      const std::string next(body.value().string_at({"metadata", "continue"}));
      if (!next.empty()) list(resource, ns, next);
    });
  }

  Status run() {
    client_.run();
    if (error_) return *error_;
    std::sort(members_.begin(), members_.end(),
              [](const SetMember& a, const SetMember& b) { return a.id < b.id; });
    return Ok{};
  }

  void list_all(const Discovery& discovery, const ApplySetScope& scope) {
    for (const std::string& kind : scope.kinds) {
      const auto [name, group] = kind_and_group(kind);
      const ResourceInfo* const resource = discovery.find_in_group(group, name);
      if (resource == nullptr) {
        miss(kind);
      } else if (!resource->namespaced) {
        list(*resource, "", "");
      } else {
        for (const std::string& ns : scope.namespaces) list(*resource, ns, "");
      }
    }
  }

  /// Kinds of which the server knew nothing, and forgets them.
  std::set<std::string> take_unlisted() { return std::exchange(unlisted_, {}); }
  std::vector<SetMember> take_members() { return std::move(members_); }

 private:
  void miss(const std::string& kind) { unlisted_.insert(kind); }

  void take(const Json& page, const ResourceInfo& resource) {
    const Json* const items = page.find("items");
    if (items == nullptr || !items->is_array()) return;
    for (const Json& item : items->items()) {
      const Json* const metadata = item.find("metadata");
      if (metadata == nullptr) continue;
      SetMember member;
      member.id = {resource.api_version, resource.kind,
                   std::string(metadata->string_at({"namespace"})),
                   std::string(metadata->string_at({"name"}))};
      member.resource = resource;
      member.uid = metadata->string_at({"uid"});
      member.resource_version = metadata->string_at({"resourceVersion"});
      member.set = set_.id();
      member.component = metadata->string_at({"labels", "ksonnet.io/component"});
      member.problem = reason_to_keep(member.id, *metadata);
      members_.push_back(std::move(member));
    }
  }

  KubeClient& client_;
  const ApplySet& set_;
  std::vector<SetMember> members_;
  std::set<std::string> unlisted_;
  std::optional<Error> error_;
};

bool is_defined(const Json& definitions, const std::string& name, const std::string& group) {
  const Json* const items = definitions.find("items");
  return items != nullptr && items->is_array() &&
         std::any_of(items->items().begin(), items->items().end(), [&](const Json& one) {
           return one.string_at({"spec", "group"}) == group &&
                  one.string_at({"spec", "names", "kind"}) == name;
         });
}

// A kind that is not served may be gone, or not served yet: a server that has just been started
// knows its custom resources only after a while. What it stores of definitions says which.
Status check_gone(KubeClient& client, const Discovery& now, const std::set<std::string>& unlisted) {
  if (unlisted.empty()) return Ok{};
  KubeRequest request;
  request.path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const KubeAnswer answer = client.send(std::move(request));
  Json definitions;
  if (!answer.status_is(403) && !answer.status_is(404)) {
    KF_TRY(definitions, client.parse_list(answer, "list customresourcedefinitions"));
  }
  for (const std::string& kind : unlisted) {
    const std::pair<std::string, std::string> parts = kind_and_group(kind);
    const std::string &name = parts.first, &group = parts.second;
    const bool stale =
        std::any_of(now.stale().begin(), now.stale().end(),
                    [&](const std::string& version) { return version.starts_with(group + "/"); });
    if (!stale && now.find_in_group(group, name) == nullptr &&
        !is_defined(definitions, name, group)) {
      continue;
    }
    return Error(ErrorKind::kCluster, "cannot look for objects of kind " + kind,
                 stale ? "the server behind " + group + " does not answer now: see its APIService"
                       : "the server does not serve the kind although it has it, as one that has "
                         "just been started: run the command again");
  }
  return Ok{};
}

}  // namespace

void ApplySetScope::add(const ObjectId& id) {
  kinds.insert(group_kind(id.group(), id.kind));
  if (!id.namespace_.empty()) namespaces.insert(id.namespace_);
}

void ApplySetScope::add(const ApplySetScope& other) {
  kinds.insert(other.kinds.begin(), other.kinds.end());
  namespaces.insert(other.namespaces.begin(), other.namespaces.end());
}

std::string ApplySet::id() const { return apply_set_id(name, namespace_, kParentKind, ""); }

std::string ApplySet::path() const {
  return "/api/v1/namespaces/" + url_encode(namespace_) + "/secrets/" + url_encode(name);
}

std::string apply_set_id(std::string_view name, std::string_view namespace_, std::string_view kind,
                         std::string_view group) {
  const std::string text = std::string(name) + "." + std::string(namespace_) + "." +
                           std::string(kind) + "." + std::string(group);
  return "applyset-" + sha256_base64url(text) + "-v1";
}

Result<ApplySet> parse_apply_set(const Json& parent, std::string_view name,
                                 std::string_view namespace_) {
  ApplySet out = {std::string(name), std::string(namespace_), true, {}};
  out.uid = parent.string_at({"metadata", "uid"});
  const std::string where = "Secret/" + out.name + " in namespace " + out.namespace_;
  const auto refuse = [&where](const std::string& what) {
    return Error(ErrorKind::kCluster, where + " " + what,
                 "kfctl keeps what this environment owns there: remove or rename that Secret");
  };
  const std::string_view id = parent.string_at({"metadata", "labels", kIdLabel});
  if (id.empty()) return refuse("exists and is not an apply set");
  if (id != out.id()) return refuse("carries the id of another apply set");
  const std::string_view tooling = parent.string_at({"metadata", "annotations", kTooling});
  if (tooling.substr(0, tooling.find('/')) != kFieldManager) {
    return refuse("is the apply set of another tool (" + std::string(tooling) + ")");
  }
  out.resource_version = parent.string_at({"metadata", "resourceVersion"});
  out.recorded.kinds = words(parent.string_at({"metadata", "annotations", kKinds}));
  out.recorded.namespaces = words(parent.string_at({"metadata", "annotations", kNamespaces}));
  out.recorded.namespaces.insert(out.namespace_);
  return out;
}

Json apply_set_parent(const ApplySet& set, const ApplySetScope& scope) {
  std::set<std::string> additional = scope.namespaces;
  additional.erase(set.namespace_);
  const Json annotations =
      Json::object({{std::string(kTooling), std::string(kFieldManager) + "/v" KFCTL_VERSION},
                    {std::string(kKinds), joined(scope.kinds)},
                    {std::string(kNamespaces), joined(additional)}});
  return Json::object(
      {{"apiVersion", "v1"},
       {"kind", kParentKind},
       {"metadata", Json::object({{"name", set.name},
                                  {"namespace", set.namespace_},
                                  {"labels", Json::object({{std::string(kIdLabel), set.id()}})},
                                  {"annotations", annotations}})}});
}

Status label_members(const ApplySet& set, std::vector<PlannedObject>& objects) {
  for (PlannedObject& planned : objects) {
    if (planned.object.at({"metadata", "labels", kPartOfLabel}) != nullptr) {
      return project_error(
          planned.id.full_text() + " already has the label " + std::string(kPartOfLabel),
          "kfctl sets it: take it out of the component");
    }
    Json& metadata = planned.object["metadata"];
    if (metadata["labels"].is_null() || metadata["labels"].is_object()) {
      metadata["labels"][kPartOfLabel] = set.id();
    }
  }
  return Ok{};
}

ApplySetScope scope_of(const std::vector<PlannedObject>& objects) {
  ApplySetScope out;
  for (const PlannedObject& planned : objects) out.add(planned.id);
  return out;
}

bool holds_data(const ObjectId& id) {
  const std::string kind = group_kind(id.group(), id.kind);
  return kind == "Namespace" || kind == "PersistentVolumeClaim" || kind == "PersistentVolume" ||
         is_definition(id);
}

std::string reason_to_keep(const ObjectId& id, const Json& metadata) {
  const Json* const owners = metadata.find("ownerReferences");
  if (owners != nullptr && owners->is_array() && !owners->items().empty()) {
    const Json& owner = owners->items()[0];
    return "belongs to " + std::string(owner.string_at({"kind"})) + "/" +
           std::string(owner.string_at({"name"}));
  }
  if (!applied_by_us(metadata))
    return "carries this environment's label, but kfctl never applied it";
  if (holds_data(id)) return "holds what cannot be made again; delete it by hand if it may go";
  return "";
}

KubeRequest apply_set_request(const ApplySet& set) {
  KubeRequest request;
  request.path = set.path();
  return request;
}

Result<ApplySet> read_apply_set(const KubeClient& client, const KubeAnswer& answer, ApplySet set) {
  if (answer.status_is(404)) return set;
  const std::string what = "get the apply set Secret/" + set.name;
  if (answer.status_is(403)) {
    set.refused = client.error_of(answer, what);
    return set;
  }
  KF_TRY(const Json parent, client.parse(answer, what));
  return parse_apply_set(parent, set.name, set.namespace_);
}

Result<ApplySet> fetch_apply_set(KubeClient& client, const std::string& name,
                                 const std::string& namespace_) {
  ApplySet set = {name, namespace_, false, {}};
  const KubeAnswer answer = client.send(apply_set_request(set));
  return read_apply_set(client, answer, std::move(set));
}

Result<std::vector<SetMember>> fetch_members(KubeClient& client, KindFinder& kinds,
                                             const Discovery& discovery, const ApplySet& set,
                                             const ApplySetScope& scope) {
  MemberLister lister(client, set);
  lister.list_all(discovery, scope);
  KF_DO(lister.run());
  const ApplySetScope again = {lister.take_unlisted(), scope.namespaces};
  if (again.kinds.empty()) return lister.take_members();
  // Kinds that came since the server was last asked, and those that went.
  KF_TRY(const Discovery now, kinds.ask());
  lister.list_all(now, again);
  KF_DO(lister.run());
  KF_DO(check_gone(client, now, lister.take_unlisted()));
  return lister.take_members();
}

std::string apply_set_name(std::string_view app, std::string_view environment) {
  std::string out;
  for (const char c :
       to_lower_ascii("kfctl." + std::string(app) + "." + std::string(environment))) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    out += plain ? c : '-';
  }
  // No part of a name may begin or end in '-' or be empty; and two environments whose names differ
  // only in what was replaced must not share a set.
  std::vector<std::string> parts;
  for (const std::string_view part : split(out, '.')) {
    const size_t begin = part.find_first_not_of('-');
    if (begin == std::string_view::npos) continue;
    parts.emplace_back(part.substr(begin, part.find_last_not_of('-') + 1 - begin));
  }
  const std::string clean = join(parts, ".");
  const std::string original = "kfctl." + std::string(app) + "." + std::string(environment);
  constexpr size_t kMaxName = 200;
  if (clean == original && clean.size() <= kMaxName) return clean;
  std::string cut = clean.substr(0, kMaxName);
  while (cut.ends_with('.') || cut.ends_with('-')) cut.pop_back();
  return cut + "-" + sha256_hex(original).substr(0, 8);
}

}  // namespace kfctl
