// Results told in the order of the plan, whatever order the server's answers came in: what kfctl
// prints is then the same from run to run.
#pragma once

#include <vector>

#include "cluster/report.h"

namespace kfctl {

class ResultOrder {
 public:
  /// `results` is the plan, one for each object; it and `on_event` must outlive this.
  ResultOrder(const OnClusterEvent& on_event, const std::vector<ObjectResult>& results)
      : on_event_(on_event), results_(results), finished_(results.size(), false) {}

  /// Result number `i` is final. Tells it as soon as all before it were told; one that was told
  /// already, and has changed since, is told again.
  void finish(size_t i);

  /// Tells what is finished behind a result that never will be.
  void flush();

 private:
  void tell(size_t i) const;

  const OnClusterEvent& on_event_;
  const std::vector<ObjectResult>& results_;
  std::vector<bool> finished_;
  size_t told_ = 0;  // all before this were told
};

}  // namespace kfctl
