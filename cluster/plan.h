// From rendered objects to work on a server: which path each has, in which namespace, in which
// order. Pure functions of the objects and what discovery found.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/object.h"
#include "base/result.h"
#include "cluster/discovery.h"

namespace kfctl {

struct PlannedObject {
  Json object;  // as it is sent: namespace filled in, managedFields and status taken out
  ObjectId id;
  ResourceInfo resource;
  bool kind_pending = false;  // its CustomResourceDefinition is among the objects, not yet served

  std::string path() const { return resource.object_path(id.namespace_, id.name); }
};

/// The objects in the order of apply. Objects of namespaced kinds get `default_namespace` if they
/// name none; those of other kinds lose the namespace they name.
/// Errors: kProject, naming every object of a kind that neither the server nor a definition among
/// the objects has; for an object that is there twice; for one without a name.
Result<std::vector<PlannedObject>> plan_objects(const std::vector<Json>& objects,
                                                const Discovery& discovery,
                                                std::string_view default_namespace);

/// True for a CustomResourceDefinition.
bool is_definition(const ObjectId& id);

/// True for kinds that Kubernetes itself does not have, told by their group: its own groups are one
/// word, perhaps before ".k8s.io", but for a few.
bool is_custom(const ObjectId& id);

/// True if `definition` is the one that brings the kind of `object`.
bool defines(const PlannedObject& definition, const PlannedObject& object);

/// The object without what the server keeps for itself: status, managedFields, resourceVersion,
/// uid, generation, times, and kubectl's copy of the last applied object.
Json without_noise(Json object);

/// What an apply looks at in an object on the server: its content and the fields that are ours. Two
/// that agree in this are decided about alike.
Json what_apply_sees(const Json& live);

/// True if an apply that answered with `after` changed nothing of `before`: the server wrote
/// nothing, or only others' status moved on in between.
bool is_unchanged(const Json& before, const Json& after);

}  // namespace kfctl
