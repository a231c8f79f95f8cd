// Where a forwarded port leads: from an object to the pod and the port of it that answer. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

/// The query that selects what a Service's selector ({"app": "web"}) or a LabelSelector
/// ({"matchLabels", "matchExpressions"}) selects. "" if it selects nothing.
std::string selector_query(const Json& selector);

/// The selector of a live object: spec.selector; nullptr if it has none.
const Json* selector_of(const Json& object);

/// Whether the pod runs, is ready and is not about to go.
bool takes_connections(const Json& pod);

/// The pod of these to connect to: of those that take connections the oldest, or nullptr.
const Json* choose_pod(const std::vector<const Json*>& pods);

/// Why none of these pods takes connections: "no pod is there", "Pod/web-1 is not ready".
std::string why_no_pod(const std::vector<const Json*>& pods);

struct PortChoice {
  int container = 0;  // the port of the pod
  int local = 0;      // the port of this machine where none was asked for
};

/// What `remote`, a number or a name, means for `object` (a Service translates its own ports) on
/// `pod`. Errors: kUsage if there is no such port, with those that there are.
Result<PortChoice> choose_port(const Json& object, const Json& pod, const std::string& remote);

}  // namespace kfctl
