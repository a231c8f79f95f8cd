// Waiting for a CustomResourceDefinition: until it is established, and until the server answers for
// the kinds that it brings. Between the two lie some hundred milliseconds on a good day.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cluster/plan.h"
#include "cluster/situation.h"

namespace kfctl {

class DefinitionWait {
 public:
  using Done = std::function<void(Status status)>;

  /// `place` must outlive this, and this all that it was told to wait for.
  DefinitionWait(const Workplace& place, int timeout_ms) : place_(place), timeout_ms_(timeout_ms) {}

  /// Queues the waiting; `done` is called once, from the client's run(). `users` are objects of its
  /// kinds. Errors: of the server; kCluster if its names are taken or the time is over.
  void start(const PlannedObject& definition, std::vector<const PlannedObject*> users, Done done);

 private:
  struct Wait {
    const PlannedObject& definition;
    std::vector<const PlannedObject*> users;  // those of kinds that are not served yet
    std::chrono::steady_clock::time_point deadline;
    Done done;
  };

  void poll_definition(std::shared_ptr<Wait> wait, int delay_ms);
  void poll_kinds(std::shared_ptr<Wait> wait, int delay_ms);
  Error not_served(const Wait& wait) const;

  const Workplace& place_;
  int timeout_ms_;
};

}  // namespace kfctl
