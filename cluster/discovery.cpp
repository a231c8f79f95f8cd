#include "cluster/discovery.h"

#include <algorithm>

#include "base/http.h"
#include "base/text.h"

namespace kfctl {
namespace {

// The order of the parameters matters to the server. v2beta1 is for servers from 1.26 to 1.29.
constexpr std::string_view kAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json";

constexpr std::string_view kWhat = "ask for the kinds of the cluster";

std::string group_version(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::string_view group_of(std::string_view api_version) {
  const size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? "" : api_version.substr(0, slash);
}

std::string group_kind(std::string_view group, std::string_view kind) {
  return std::string(group) + "/" + std::string(kind);
}

const Json::Array& items_of(const Json& object, std::string_view key) {
  static const Json::Array kNone;
  const Json* const list = object.find(key);
  return list != nullptr && list->is_array() ? list->items() : kNone;
}

std::set<std::string> words(const Json& object, std::string_view key) {
  std::set<std::string> out;
  for (const Json& item : items_of(object, key)) {
    if (item.is_string()) out.insert(item.as_string());
  }
  return out;
}

bool is_true(const Json& object, std::string_view key) {
  const Json* const value = object.find(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

bool is_aggregated(const Json& answer) {
  return answer.string_at({"kind"}) == "APIGroupDiscoveryList";
}

// What somebody on the way has put in its place must not pass for a server without kinds.
Status check_document(const Json& answer, const std::string& where) {
  const std::string_view kind = answer.string_at({"kind"});
  if (kind.ends_with("List") || kind == "APIVersions") return Ok{};
  return Error(
      ErrorKind::kCluster, where + ": the answer is no list of kinds",
      "is this the address of a Kubernetes API server? something on the way to it may have "
      "answered instead");
}

std::string version_path(const std::string& api_version) {
  return (api_version.find('/') == std::string::npos ? "/api/" : "/apis/") + api_version;
}

// The group versions that the old forms of /api and /apis name.
std::vector<std::string> legacy_versions(const Json& core, const Json& groups) {
  std::vector<std::string> out;
  for (const Json& version : items_of(core, "versions")) {
    if (version.is_string()) out.push_back(version.as_string());
  }
  for (const Json& group : items_of(groups, "groups")) {
    const std::string preferred(group.string_at({"preferredVersion", "groupVersion"}));
    if (!preferred.empty()) out.push_back(preferred);
    for (const Json& version : items_of(group, "versions")) {
      const std::string name(version.string_at({"groupVersion"}));
      if (name != preferred) out.push_back(name);
    }
  }
  return out;
}

Result<DiscoveryAnswers> ask_each_version(KubeClient& client,
                                          const std::vector<std::string>& versions) {
  std::vector<KubeAnswer> lists(versions.size());
  for (size_t i = 0; i < versions.size(); ++i) {
    KubeRequest request;
    request.path = version_path(versions[i]);
    client.start(std::move(request),
                 [&lists, i](KubeAnswer answer) { lists[i] = std::move(answer); });
  }
  client.run();
  DiscoveryAnswers out;
  for (size_t i = 0; i < versions.size(); ++i) {
    Result<Json> list = client.parse(lists[i], kWhat);
    if (list.ok()) {
      out.documents.push_back(std::move(list).value());
    } else if (list.error().kind == ErrorKind::kInterrupted) {
      return list.error();
    } else {
      out.stale.push_back(versions[i]);
    }
  }
  return out;
}

}  // namespace

std::string ResourceInfo::collection_path(std::string_view ns) const {
  std::string path = version_path(api_version);
  if (namespaced && !ns.empty()) path += "/namespaces/" + url_encode(ns);
  return path + "/" + resource;
}

std::string ResourceInfo::object_path(std::string_view ns, std::string_view name) const {
  return collection_path(ns) + "/" + url_encode(name);
}

void Discovery::add(ResourceInfo resource) {
  const std::string group(group_of(resource.api_version));
  std::vector<std::string>& versions = versions_[group_kind(group, resource.kind)];
  if (std::find(versions.begin(), versions.end(), resource.api_version) == versions.end()) {
    versions.push_back(resource.api_version);
  }
  by_kind_.insert_or_assign(resource.api_version + "/" + resource.kind, std::move(resource));
}

void Discovery::add_aggregated(const Json& list) {
  for (const Json& group : items_of(list, "items")) {
    const std::string_view name = group.string_at({"metadata", "name"});
    for (const Json& version : items_of(group, "versions")) {
      const std::string api_version = group_version(name, version.string_at({"version"}));
      if (version.string_at({"freshness"}) == "Stale") stale_.insert(api_version);
      for (const Json& resource : items_of(version, "resources")) {
        // Kinds of another group (autoscaling/v1 Scale) appear only as subresources.
        add({api_version, std::string(resource.string_at({"responseKind", "kind"})),
             std::string(resource.string_at({"resource"})),
             resource.string_at({"scope"}) == "Namespaced", words(resource, "verbs")});
      }
    }
  }
}

void Discovery::add_resource_list(const Json& list) {
  const std::string api_version(list.string_at({"groupVersion"}));
  for (const Json& resource : items_of(list, "resources")) {
    const std::string name(resource.string_at({"name"}));
    if (name.find('/') != std::string::npos) continue;  // a subresource
    add({api_version, std::string(resource.string_at({"kind"})), name,
         is_true(resource, "namespaced"), words(resource, "verbs")});
  }
}

void Discovery::add_definition(const Json& definition) {
  const std::string_view group = definition.string_at({"spec", "group"});
  const Json* const spec = definition.find("spec");
  if (spec == nullptr) return;
  for (const Json& version : items_of(*spec, "versions")) {
    if (!is_true(version, "served")) continue;
    ResourceInfo resource = {group_version(group, version.string_at({"name"})),
                             std::string(spec->string_at({"names", "kind"})),
                             std::string(spec->string_at({"names", "plural"})),
                             spec->string_at({"scope"}) == "Namespaced",
                             {"get", "list", "patch", "delete", "create"}};
    if (find(resource.api_version, resource.kind) == nullptr) add(std::move(resource));
  }
}

const ResourceInfo* Discovery::find(std::string_view api_version, std::string_view kind) const {
  const auto it = by_kind_.find(std::string(api_version) + "/" + std::string(kind));
  return it == by_kind_.end() ? nullptr : &it->second;
}

const ResourceInfo* Discovery::find_in_group(std::string_view group, std::string_view kind) const {
  const auto it = versions_.find(group_kind(group, kind));
  return it == versions_.end() ? nullptr : find(it->second.front(), kind);
}

const ResourceInfo* Discovery::find_resource(std::string_view group,
                                             std::string_view resource) const {
  for (const auto& [key, versions] : versions_) {
    const ResourceInfo* const found = find(versions.front(), key.substr(key.find('/') + 1));
    if (found != nullptr && group_of(found->api_version) == group && found->resource == resource) {
      return found;
    }
  }
  return nullptr;
}

std::vector<const ResourceInfo*> Discovery::stored_in_namespaces() const {
  std::vector<const ResourceInfo*> out;
  for (const auto& [key, versions] : versions_) {
    const ResourceInfo* const found = find(versions.front(), key.substr(key.find('/') + 1));
    const bool stored = found != nullptr && found->namespaced && found->verbs.contains("list") &&
                        found->verbs.contains("delete");
    if (stored) out.push_back(found);
  }
  return out;
}

Error Discovery::unknown_kind(const ObjectId& id) const {
  const std::string message =
      id.text() + ": the cluster has no kind '" + id.kind + "' in " + id.api_version;
  if (const auto it = versions_.find(group_kind(id.group(), id.kind)); it != versions_.end()) {
    return project_error(message, "it has that kind in " + join(it->second, ", "));
  }
  if (stale_.contains(id.api_version)) {
    return Error(
        ErrorKind::kCluster, message,
        "the server behind " + id.api_version + " does not answer now: see its APIService");
  }
  std::vector<std::string> kinds, others;
  for (const auto& [key, resource] : by_kind_) {
    if (resource.api_version == id.api_version) kinds.push_back(resource.kind);
    if (resource.kind == id.kind) others.push_back(resource.api_version);
  }
  if (!others.empty()) return project_error(message, "it has that kind in " + join(others, ", "));
  return project_error(message, did_you_mean(id.kind, kinds,
                                             "its CustomResourceDefinition may be missing: apply "
                                             "the package that brings it first"));
}

Discovery discovery_of(const DiscoveryAnswers& answers) {
  Discovery out;
  for (const Json& document : answers.documents) {
    if (is_aggregated(document)) {
      out.add_aggregated(document);
    } else {
      out.add_resource_list(document);
    }
  }
  for (const std::string& version : answers.stale) out.mark_stale(version);
  return out;
}

Result<DiscoveryAnswers> ask_discovery(KubeClient& client, DiscoveryAnswers kept) {
  // Only what is in two documents has two ETags.
  const bool conditional = kept.documents.size() == 2 && is_aggregated(kept.documents[1]);
  KubeAnswer answers[2];
  const char* const paths[2] = {"/api", "/apis"};
  std::string* const etags[2] = {&kept.core_etag, &kept.groups_etag};
  for (size_t i = 0; i < 2; ++i) {
    KubeRequest request;
    request.path = paths[i];
    request.accept = kAccept;
    if (conditional) request.if_none_match = *etags[i];
    client.start(std::move(request),
                 [&answers, i](KubeAnswer answer) { answers[i] = std::move(answer); });
  }
  client.run();

  DiscoveryAnswers out;
  out.documents.resize(2);
  for (size_t i = 0; i < 2; ++i) {
    if (conditional && answers[i].status_is(304)) {
      out.documents[i] = std::move(kept.documents[i]);
      (i == 0 ? out.core_etag : out.groups_etag) = *etags[i];
      continue;
    }
    if (i == 0 && answers[i].status_is(404)) continue;  // a server of extensions only has no /api
    KF_TRY(out.documents[i], client.parse(answers[i], kWhat));
    KF_DO(check_document(out.documents[i], client.server() + paths[i]));
    const std::string* const etag = answers[i].http.header("ETag");
    if (etag != nullptr) (i == 0 ? out.core_etag : out.groups_etag) = *etag;
  }
  if (is_aggregated(out.documents[1])) return out;
  return ask_each_version(client, legacy_versions(out.documents[0], out.documents[1]));
}

}  // namespace kfctl
