#include "cluster/result_order.h"

namespace kfctl {

ResultOrder::ResultOrder(const OnClusterEvent& on_event, const std::vector<ObjectResult>& results,
                         std::vector<size_t> order)
    : on_event_(on_event),
      results_(results),
      order_(std::move(order)),
      place_(order_.size()),
      finished_(order_.size(), false) {
  for (size_t place = 0; place < order_.size(); ++place) place_[order_[place]] = place;
}

void ResultOrder::finish(size_t i) {
  if (place_[i] < told_) return tell(i);
  finished_[place_[i]] = true;
  while (told_ < finished_.size() && finished_[told_]) tell(order_[told_++]);
}

void ResultOrder::flush() {
  for (; told_ < finished_.size(); ++told_) {
    if (finished_[told_]) tell(order_[told_]);
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
