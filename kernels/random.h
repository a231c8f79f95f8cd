// Random numbers by counter: a number is a function of (seed, step, stream, element), not of how
// many were drawn before, so any thread on any device gets the same, and a resumed run too.
//
// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
// (SC 2011): ten rounds of two 32 x 32 -> 64 bit products over a counter of four words under a key
// of two. test/kernels/random_test.cpp holds it to the known answers of the authors' Random123.
#pragma once

#include <cstdint>

#include "kernels/ops/both.h"

namespace kfctl {

struct Philox4 {
  uint32_t word[4];
};

KFCTL_BOTH constexpr Philox4 philox(Philox4 counter, uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t{0xD2511F53u} * counter.word[0];
    const uint64_t b = uint64_t{0xCD9E8D57u} * counter.word[2];
    counter = {{static_cast<uint32_t>(b >> 32) ^ counter.word[1] ^ key0, static_cast<uint32_t>(b),
                static_cast<uint32_t>(a >> 32) ^ counter.word[3] ^ key1, static_cast<uint32_t>(a)}};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

/// The four numbers of elements 4 * `block` to 4 * `block` + 3. `stream` tells apart the uses
/// within one step: a layer's number.
KFCTL_BOTH constexpr Philox4 random_block(uint64_t seed, int64_t step, uint32_t stream,
                                          uint64_t block) {
  const uint64_t s = static_cast<uint64_t>(step);
  // Bits 32 to 47 of both share a word: neither a tensor nor a run is that long.
  const uint32_t high = (static_cast<uint32_t>(block >> 32) << 16) ^ static_cast<uint32_t>(s >> 32);
  return philox({{static_cast<uint32_t>(block), high, static_cast<uint32_t>(s), stream}},
                static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32));
}

/// In [0, 1), a multiple of 2^-24, which a float holds exactly.
KFCTL_BOTH constexpr float uniform(uint32_t word) {
  return static_cast<float>(word >> 8) * 0x1p-24f;
}

}  // namespace kfctl
