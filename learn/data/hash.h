// Fast hashes for splits and hashed n-grams. Their values are part of what a model means: never
// change them.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace kfctl {

/// A bijection of 64 bits in which every bit of the input moves every bit of the output: the
/// finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
constexpr uint64_t mix64(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

inline uint64_t hash_bytes(const void* bytes, size_t size, uint64_t seed) {
  const char* at = static_cast<const char*>(bytes);
  uint64_t hash = mix64(seed + 0x9e3779b97f4a7c15U * (size + 1));
  for (; size >= 8; at += 8, size -= 8) {
    uint64_t word = 0;
    std::memcpy(&word, at, 8);
    hash = mix64(hash ^ word) + 0x9e3779b97f4a7c15U;
  }
  uint64_t word = 0;
  if (size > 0) std::memcpy(&word, at, size);  // of nothing, `at` may be null
  return mix64(hash ^ word);
}

inline uint64_t hash_text(std::string_view text, uint64_t seed) {
  return hash_bytes(text.data(), text.size(), seed);
}

}  // namespace kfctl
