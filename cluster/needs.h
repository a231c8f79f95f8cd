// The rules by which one planned object needs another: from objects to a Graph. Pure.
//
// What an object needs is found in the objects themselves:
//   everything in a namespace       that namespace
//   custom resources                their definition, served; a conversion webhook's workload,
//   ready pods                            what they name (ConfigMaps, Secrets, claims, classes),
//   their
//                                   service account and its bindings, the namespace's policies and
//                                   quotas; its Services come first too, but their failure is no
//                                   reason to stop
//   bindings                        their role
//   claims, volumes                 their class; claims their volume
//   webhooks, API services          the workloads behind their service, ready (unless the server
//                                   has the object already: then it is too late to wait)
//   webhooks, admission policies    come after all built-in objects, which they could refuse
//   custom resources                the webhooks that name their kind
//   an object with depends-on       what it names, ready
//
// Everything else may go at once.
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "cluster/graph.h"
#include "cluster/plan.h"

namespace kfctl {

struct NeedsOptions {
  /// The server has that object already.
  std::function<bool(size_t object)> exists = [](size_t) { return false; };
  /// The objects are not all of their environment: what depends-on names may be elsewhere.
  bool partial = false;
};

/// Errors: kProject for a depends-on that cannot be read or names none of the objects (unless
/// partial), and for a cycle, naming its objects.
Result<Graph> apply_graph(const std::vector<PlannedObject>& objects, const NeedsOptions& options);

/// The order of deletion: the reverse, and custom resources before all workloads, because one of
/// those may be what ends them. Objects without a spec are known by their identity alone: among
/// them workloads go before everything that pods could name. A cycle is broken up, not an error.
Graph removal_graph(const std::vector<PlannedObject>& objects);

}  // namespace kfctl
