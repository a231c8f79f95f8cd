#include "base/http_window.h"

#include <algorithm>

namespace kfctl {

HttpWindow::HttpWindow(size_t most)
    : most_(std::max<size_t>(1, most)), size_(std::min(kFirst, most_)) {}

void HttpWindow::answered(const std::string& kind, Clock::duration took, bool full) {
  took = std::max(took, Clock::duration(1));
  const auto [base, first] = base_.emplace(kind, took);
  base->second = std::min(base->second, took);
  const auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
  share_waited_ += 1 - seconds(base->second) / seconds(took);
  was_full_ = was_full_ || full;
  if (++answers_ >= size_) end_round();
}

void HttpWindow::refused(int cuts, Clock::time_point now, Clock::duration asked) {
  if (cuts != cuts_) return;  // it was on its way when the window was cut, for its sake too
  ++cuts_;
  slow_start_ = false;
  answers_ = 0;
  share_waited_ = 0;
  was_full_ = false;
  const size_t least = std::min(kLeast, most_);
  if (size_ == least) {
    closed_until_ = now + std::min<Clock::duration>(asked, kLongestPause);
  }
  size_ = std::max(least, size_ / 2);
}

void HttpWindow::end_round() {
  const double queue = static_cast<double>(size_) * share_waited_ / static_cast<double>(answers_);
  if (queue > kLongQueue) {
    slow_start_ = false;
    size_ -= size_ / 8;
  } else if (was_full_ && queue < kShortQueue) {
    size_ = std::min(most_, slow_start_ ? size_ * 2 : size_ + 1);
  } else if (was_full_) {
    slow_start_ = false;
  }
  answers_ = 0;
  share_waited_ = 0;
  was_full_ = false;
}

}  // namespace kfctl
