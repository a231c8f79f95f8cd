// The hash of the engine's tables of names and strings: eight bytes at a time, because most names
// of a library are longer than eight. Not for anything that leaves the process.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace kfctl::jsonnet {

// The last bytes of a text, up to eight: loads that overlap cost less than a loop over the rest.
inline uint64_t tail_of(std::string_view text) {
  const char* data = text.data();
  const size_t size = text.size();
  if (size >= 8) {
    uint64_t word;
    std::memcpy(&word, data + size - 8, 8);
    return word;
  }
  if (size >= 4) {
    uint32_t first, last;
    std::memcpy(&first, data, 4);
    std::memcpy(&last, data + size - 4, 4);
    return uint64_t{first} << 32 | last;
  }
  if (size == 0) return 0;
  const auto byte = [&](size_t i) { return uint64_t{static_cast<unsigned char>(data[i])}; };
  return byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1);
}

/// The same answer as a == b, for short texts: names.
inline bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i + 8 < a.size(); i += 8) {
    uint64_t left, right;
    std::memcpy(&left, a.data() + i, 8);
    std::memcpy(&right, b.data() + i, 8);
    if (left != right) return false;
  }
  return tail_of(a) == tail_of(b);
}

inline uint64_t hash_text(std::string_view text) {
  constexpr uint64_t kFactor = 0x9E3779B97F4A7C15ull;  // 2^64 divided by the golden ratio
  uint64_t h = text.size() * kFactor;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    h = (std::rotl(h, 5) ^ word) * kFactor;
  }
  h = (std::rotl(h, 5) ^ tail_of(text)) * kFactor;
  return h ^ (h >> 32);
}

}  // namespace kfctl::jsonnet
