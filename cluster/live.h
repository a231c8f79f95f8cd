// What a server holds of the objects we mean.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/client.h"
#include "cluster/plan.h"

namespace kfctl {

struct LiveObject {
  enum class State { kPresent, kAbsent, kUnknown };  // kUnknown: we cannot look
  State state = State::kAbsent;
  Json object;  // null unless kPresent
};

/// The live form of each planned object, in the same order. Where several of one kind and
/// namespace are wanted, one LIST brings them all. Objects whose kind is pending are absent.
/// Errors: of the server, but not "forbidden", nor a conversion webhook that does not answer: these
/// are kUnknown.
Result<std::vector<LiveObject>> fetch_live(KubeClient& client,
                                           const std::vector<PlannedObject>& objects);

/// Which of some namespaces the server does not have. The questions are asked by the next run of
/// the client, together with what else was started by then; this must live until it returns.
class NamespaceLookup {
 public:
  NamespaceLookup(KubeClient& client, const std::set<std::string>& names);
  NamespaceLookup(const NamespaceLookup&) = delete;
  NamespaceLookup& operator=(const NamespaceLookup&) = delete;

  /// After that run. One that we may not look at is assumed to be there. Errors: of the server.
  Result<std::set<std::string>> missing() const;

 private:
  std::set<std::string> missing_;
  std::optional<Error> error_;
};

}  // namespace kfctl
