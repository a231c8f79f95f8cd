// A shuffle without a list: where the i-th row of an epoch lies is a function of (seed, epoch, i).
// Where a run stands in an epoch is therefore one integer, and a device shuffles without a sort.
//
// A Feistel network permutes [0, 4^h), the smallest such domain that holds [0, n) (Luby and
// Rackoff, "How to construct pseudorandom permutations", SIAM J. Comput. 1988); what falls outside
// of [0, n) is permuted again until it falls inside, which keeps it a permutation of [0, n) (cycle
// walking: Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002). Less than four
// walks are expected. The use for shuffling on devices: Mitchell, Stokes, Frank and Holmes,
// "Bandwidth-optimal random shuffling for GPUs", ACM Trans. Parallel Comput. 2022.
#pragma once

#include <cstdint>

#include "kernels/random.h"

namespace kfctl {

class Permutation {
 public:
  /// Of [0, `size`). REQUIRES: 1 <= size <= 2^62.
  KFCTL_BOTH constexpr Permutation(uint64_t size, uint64_t seed, int64_t epoch) : size_(size) {
    while (size > (uint64_t{1} << (2 * half_bits_))) ++half_bits_;
    for (uint64_t block = 0; block < kRounds / 4; ++block) {
      const Philox4 four = random_block(seed, epoch, kStream, block);
      for (int i = 0; i < 4; ++i) keys_[4 * block + static_cast<uint64_t>(i)] = four.word[i];
    }
  }

  /// Where `index` goes. REQUIRES: index < size.
  KFCTL_BOTH constexpr uint64_t operator()(uint64_t index) const {
    do {
      index = permute(index);
    } while (index >= size_);
    return index;
  }

 private:
  static constexpr uint64_t kRounds = 8;
  static constexpr uint32_t kStream = 0x53485546;  // "SHUF": no layer has this number

  KFCTL_BOTH static constexpr uint64_t mix(uint64_t x) {  // the finaliser of MurmurHash3
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdu;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53u;
    return x ^ (x >> 33);
  }

  KFCTL_BOTH constexpr uint64_t permute(uint64_t index) const {
    const uint64_t mask = (uint64_t{1} << half_bits_) - 1;
    uint64_t left = index >> half_bits_;
    uint64_t right = index & mask;
    for (uint64_t round = 0; round < kRounds; ++round) {
      const uint64_t next = left ^ (mix(right ^ (uint64_t{keys_[round]} << 32)) & mask);
      left = right;
      right = next;
    }
    return left << half_bits_ | right;
  }

  uint64_t size_;
  int half_bits_ = 0;
  uint32_t keys_[kRounds] = {};
};

}  // namespace kfctl
