// Kubernetes objects as data: what identifies one, in which order they are shown and applied.
//
// An object is a Json with apiVersion, kind and metadata.name (or metadata.generateName). The one
// table of kinds and their order is in object.cpp; rendering, apply, delete and the tables of cli/
// all use it through kind_rank().
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

struct ObjectId {
  std::string api_version;  // "apps/v1", "v1"
  std::string kind;         // "Deployment"
  std::string namespace_;   // "" for cluster-scoped objects and where none is written
  std::string name;         // "" where only metadata.generateName is given

  /// "apps" of "apps/v1"; "" of the core group's "v1".
  std::string_view group() const;
  /// "v1" of "apps/v1".
  std::string_view version() const;

  /// "Deployment/web", what people and messages call it.
  std::string text() const { return kind + "/" + name; }
  /// "Deployment.apps/web in namespace prod", where two of one kind and name must be told apart.
  std::string full_text() const;

  /// Member-wise. Two versions of one group are different here; see same_object.
  friend auto operator<=>(const ObjectId&, const ObjectId&) = default;
};

/// The identity of a valid object (check_object); parts that are missing are "".
ObjectId object_id(const Json& object);

/// True if both name the same thing on a server: group, kind, namespace and name agree, whatever
/// the version.
bool same_object(const ObjectId& a, const ObjectId& b);

/// Whether `value` can be sent to an API server: an object with string apiVersion and kind and
/// metadata.name or metadata.generateName. `where` begins the message: "components/web.jsonnet".
/// Errors: kProject, "<where>: has no kind" and the like.
Status check_object(const Json& value, std::string_view where);

/// Position of a kind in the order of installation: lower first; all kinds that the table does not
/// name share one rank after it. CustomResourceDefinitions precede everything that could be a
/// custom resource; webhooks and API services come last of all.
int kind_rank(std::string_view group, std::string_view kind);

/// True for built-in kinds that have no namespace (Namespace, ClusterRole, ...). False for all
/// others, custom resources included: only the server or their definition knows.
bool is_cluster_scoped(std::string_view group, std::string_view kind);

/// The order of `show` and of files: namespace (none first), kind rank, kind, apiVersion, name,
/// generateName; equals keep their order.
void sort_for_show(std::vector<Json>& objects);

/// The order of `apply`: kind rank before namespace, then as above. Delete goes backwards.
void sort_for_apply(std::vector<Json>& objects);

/// True if `value` is a list of objects: its kind ends in "List" and it has an array `items`.
bool is_object_list(const Json& value);

/// Appends `value` to `objects`, or, if it is a list, its items, at any depth.
void flatten_lists(Json value, std::vector<Json>& objects);

}  // namespace kfctl
