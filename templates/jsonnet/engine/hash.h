// The hash of the engine's tables of names and strings: eight bytes at a time, because most names
// of a library are longer than eight. Not for anything that leaves the process.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace kfctl::jsonnet {

inline uint64_t hash_text(std::string_view text) {
  constexpr uint64_t kFactor = 0x9E3779B97F4A7C15ull;  // 2^64 divided by the golden ratio
  uint64_t h = text.size() * kFactor;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    h = (std::rotl(h, 5) ^ word) * kFactor;
  }
  uint64_t tail = 0;
  std::memcpy(&tail, text.data() + i, text.size() - i);
  h = (std::rotl(h, 5) ^ tail) * kFactor;
  return h ^ (h >> 32);
}

}  // namespace kfctl::jsonnet
