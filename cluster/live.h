// What a server holds of the objects we mean.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/client.h"
#include "cluster/plan.h"

namespace kfctl {

struct LiveObject {
  enum class State { kPresent, kAbsent, kUnknown };  // kUnknown: we may not look
  State state = State::kAbsent;
  Json object;  // null unless kPresent
};

/// The live form of each planned object, in the same order. Where several of one kind and
/// namespace are wanted, one LIST brings them all. Objects whose kind is pending are absent.
/// Errors: of the server, but not "forbidden": that is kUnknown.
Result<std::vector<LiveObject>> fetch_live(KubeClient& client,
                                           const std::vector<PlannedObject>& objects);

/// Those of `names` that are no namespace of the server. One that we may not look at is assumed to
/// be there. Errors: of the server.
Result<std::set<std::string>> missing_namespaces(KubeClient& client,
                                                 const std::set<std::string>& names);

}  // namespace kfctl
