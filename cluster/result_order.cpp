#include "cluster/result_order.h"

namespace kfctl {

void ResultOrder::finish(size_t i) {
  if (i < told_) return tell(i);
  finished_[i] = true;
  while (told_ < finished_.size() && finished_[told_]) tell(told_++);
}

void ResultOrder::flush() {
  for (; told_ < finished_.size(); ++told_) {
    if (finished_[told_]) tell(told_);
  }
}

void ResultOrder::tell(size_t i) const {
  if (!on_event_) return;
  ClusterEvent event;
  event.kind = ClusterEvent::Kind::kObjectDone;
  event.result = &results_[i];
  on_event_(event);
}

}  // namespace kfctl
