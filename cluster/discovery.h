// Discovery: which kinds a server has, under which path, with or without a namespace.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/object.h"
#include "base/result.h"
#include "cluster/client.h"

namespace kfctl {

struct ResourceInfo {
  std::string api_version;  // "apps/v1"
  std::string kind;         // "Deployment"
  std::string resource;     // "deployments"
  bool namespaced = false;
  std::set<std::string> verbs;

  /// "/apis/apps/v1/namespaces/NS/deployments"; without the namespace if it has none or `ns` is "".
  std::string collection_path(std::string_view ns) const;
  /// The same with "/NAME".
  std::string object_path(std::string_view ns, std::string_view name) const;
};

class Discovery {
 public:
  /// Adds what an APIGroupDiscoveryList says (v2 or v2beta1, of /api or /apis).
  void add_aggregated(const Json& list);
  /// Adds what an APIResourceList says (/api/v1, /apis/apps/v1).
  void add_resource_list(const Json& list);
  /// Adds the kinds that a CustomResourceDefinition will bring, for planning before it is there.
  /// Kinds that are known already stay as they are.
  void add_definition(const Json& definition);
  void add(ResourceInfo resource);
  void mark_stale(std::string api_version) { stale_.insert(std::move(api_version)); }

  /// The kind in exactly that version, or nullptr. Valid until the next add.
  const ResourceInfo* find(std::string_view api_version, std::string_view kind) const;
  /// The kind in the version the server prefers, or nullptr.
  const ResourceInfo* find_in_group(std::string_view group, std::string_view kind) const;

  /// The kind of a resource ("tfjobs") in the version the server prefers, or nullptr.
  const ResourceInfo* find_resource(std::string_view group, std::string_view resource) const;
  /// The namespaced kinds of objects that are stored, each in the version the server prefers: they
  /// can be listed and deleted, which measurements (PodMetrics) cannot.
  std::vector<const ResourceInfo*> stored_in_namespaces() const;

  /// Why an object's kind is not there: kProject, with the near kind or version if there is one.
  Error unknown_kind(const ObjectId& id) const;

  /// Group versions whose server did not answer the discovery itself ("metrics.k8s.io/v1beta1"):
  /// their kinds are unknown, not gone.
  const std::set<std::string>& stale() const { return stale_; }

 private:
  std::map<std::string, ResourceInfo> by_kind_;  // "apps/v1/Deployment"
  std::map<std::string, std::vector<std::string>>
      versions_;  // "apps/Deployment" -> preferred first
  std::set<std::string> stale_;
};

/// What a server says of its kinds, as it said it.
struct DiscoveryAnswers {
  std::vector<Json> documents;  // those of /api and /apis, or a list for each group version
  std::vector<std::string> stale;
  std::string core_etag, groups_etag;  // of /api and /apis; "" where it gave none
  int64_t asked_at = 0;                // seconds since 1970
};

/// Asks for everything: two requests where the server aggregates, else one for each group version.
/// What `kept` has and the server says still holds is taken from there.
/// Errors: those of the server; a group version that fails is stale, not an error.
Result<DiscoveryAnswers> ask_discovery(KubeClient& client, DiscoveryAnswers kept);

Discovery discovery_of(const DiscoveryAnswers& answers);

}  // namespace kfctl
