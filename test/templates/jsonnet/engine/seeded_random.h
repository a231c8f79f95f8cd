// Numbers by chance that are the same on every machine, unlike the distributions of <random>.
#pragma once

#include <cstdint>

namespace kfctl {

class SeededRandom {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed * 2654435769u + 88172645463325252ull) {}

  uint64_t next() {  // xorshift64*
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 2685821657736338717ull;
  }
  int pick(int count) { return static_cast<int>((next() >> 33) % static_cast<uint64_t>(count)); }
  bool chance(int percent) { return pick(100) < percent; }

 private:
  uint64_t state_;
};

}  // namespace kfctl
