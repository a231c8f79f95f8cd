// Owned fields: would a server-side apply change anything? Told from what a LIST has brought,
// without asking the server.
//
// The server keeps, for each field manager, which fields it applied last (metadata.managedFields,
// FieldsV1: "f:NAME" a member, "k:{...}" the element of a list with these keys, "v:VALUE" that of a
// set, "." the value itself). An apply changes nothing if
//   1. the set of fields in what we send is the set we applied last, and
//   2. each of these fields has on the server the value we send.
// The first is seen by walking both at once: the owned set shows which lists and maps have one
// owner for all they hold (a leaf of the set) and which are merged (a node with children), so no
// schema is needed for the shape. Three things a set does not show: whether a leaf that we fill is
// atomic or was empty when we applied it last, the default of a list's key, and the server's
// spelling of a quantity. cluster/field_types.h knows these for the kinds of Kubernetes; for custom
// resources they are a doubt.
//
// A doubt is no claim that something changes: whoever has one asks the server. What is not looked
// at are webhooks that would change an object on any write, whatever is written.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "cluster/schema/facts.h"

namespace kfctl {

/// The entry that an apply by `manager` has in the object's managedFields, or nullptr. Valid as
/// long as the object.
const Json* applied_entry(const Json& object, std::string_view manager);

/// Nothing if a server-side apply of `wanted` as field manager kfctl is certain to change neither
/// the object nor who owns what of it. Else the first reason not to be certain, as
/// "spec.replicas: another value". `live` is the whole object, read in the API version of `wanted`.
std::optional<std::string> doubt_unchanged(const Json& wanted, const Json& live,
                                           const Facts& facts);

}  // namespace kfctl
