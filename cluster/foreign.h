// What a delete would take along that is not ours: custom resources of a definition, objects in a
// namespace, that are neither to be deleted themselves nor part of something that is.
#pragma once

#include <vector>

#include "base/result.h"
#include "cluster/discovery.h"
#include "cluster/remove.h"
#include "cluster/situation.h"

namespace kfctl {

/// Takes definitions and namespaces that hold foreign objects out of `targets`, and tells of each
/// as a warning, with some of the objects. What Kubernetes itself puts into a namespace is not
/// foreign, nor is what has an owner or what kfctl keeps its records in. Errors: of the server; one
/// that forbids to look is told as a warning, and the target stays out.
Status keep_what_holds_foreign(const Workplace& place, const Discovery& discovery,
                               std::vector<DeleteTarget>& targets);

}  // namespace kfctl
