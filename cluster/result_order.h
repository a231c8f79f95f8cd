// Results told in one order, whatever order the server's answers came in: what kfctl prints is then
// the same from run to run.
#pragma once

#include <utility>
#include <vector>

#include "cluster/report.h"

namespace kfctl {

class ResultOrder {
 public:
  /// `results` holds one for each object; it and `on_event` must outlive this. `order` has each of
  /// them once: behind what it has to wait for, so that no result is held back until another object
  /// is there that waits for it (Graph::order).
  ResultOrder(const OnClusterEvent& on_event, const std::vector<ObjectResult>& results,
              std::vector<size_t> order);

  /// Result number `i` is final. Tells it as soon as all before it were told; one that was told
  /// already, and has changed since, is told again.
  void finish(size_t i);

  /// Tells what is finished behind a result that never will be.
  void flush();

 private:
  void tell(size_t i) const;

  const OnClusterEvent& on_event_;
  const std::vector<ObjectResult>& results_;
  std::vector<size_t> order_;   // objects, as they are told
  std::vector<size_t> place_;   // of each object in the order
  std::vector<bool> finished_;  // by place
  size_t told_ = 0;             // all places before this were told
};

}  // namespace kfctl
