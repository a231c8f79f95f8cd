// How often it is worth looking at everything. A look at a few objects takes no time and may follow
// each change; one at thousands takes as long as several changes need to come, and looking after
// each would make waiting for all of them quadratic. So after a look there is a rest of kRest times
// its length: looking never takes more than one part in kRest + 1 of a processor.
#pragma once

#include <algorithm>
#include <chrono>

namespace kfctl {

class Pace {
 public:
  static constexpr int kRest = 9;

  /// How long to wait before the next look, of which `wanted_ms` is the shortest time.
  int delay_ms(int wanted_ms) const {
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(last_ * kRest);
    return std::max(wanted_ms, static_cast<int>(std::min<int64_t>(rest.count(), kLongestMs)));
  }

  /// Calls `look` and remembers how long it took.
  template <typename Look>
  void time(const Look& look) {
    const auto begin = std::chrono::steady_clock::now();
    look();
    last_ = std::chrono::steady_clock::now() - begin;
  }

 private:
  static constexpr int64_t kLongestMs = 10'000;
  std::chrono::steady_clock::duration last_{};
};

}  // namespace kfctl
