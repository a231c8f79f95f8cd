// What the products in bfloat16 share: the matrix tiles of newer Intel processors (AMX).
//
// A tile register holds 16 rows of 64 bytes. One instruction multiplies 16 x 32 by 32 x 16
// bfloat16, the second operand with two neighbours in k side by side, and adds to 16 x 16 floats.
// (Intel, "64 and IA-32 Architectures Optimization Reference Manual", chapter on AMX.)
//
// Only for files that are compiled for AMX and bfloat16; REQUIRES: has_amx().
#pragma once

#include <immintrin.h>

#include "kernels/cpu/ops/simd.h"

namespace kfctl::cpu::KFCTL_ISA {

constexpr int64_t kTile = 16;              // rows of a tile, and its columns in 4-byte words
constexpr int64_t kDepth = 2 * kTile;      // of k in one instruction
constexpr int64_t kBlock = 2 * kTile;      // rows and columns of c at a time: 2 by 2 tiles
constexpr int64_t kWords = kTile * kTile;  // of a tile

struct alignas(64) TileConfig {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t bytes_per_row[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

KFCTL_INLINE __mmask16 first_lanes(int64_t count) {
  return static_cast<__mmask16>(count >= 16 ? 0xffff : count <= 0 ? 0 : (1 << count) - 1);
}

/// 16 numbers, rounded.
KFCTL_INLINE __m256i round_row(__m512 row) {
  return reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(row));
}

/// Two rows of 16 numbers as 16 words: the first row in the lower halves.
KFCTL_INLINE __m512i pair_rows(__m512 even, __m512 odd) {
  const __m512i low = _mm512_cvtepu16_epi32(round_row(even));
  const __m512i high = _mm512_cvtepu16_epi32(round_row(odd));
  return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

/// words[r], lane j becomes words[j], lane r.
KFCTL_INLINE void transpose(__m512i (&w)[16]) {
  __m512i t[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(w[i], w[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(w[i], w[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    w[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    w[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    w[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    w[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm512_shuffle_i32x4(w[i], w[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(w[i], w[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(w[i + 8], w[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(w[i + 8], w[i + 12], 0xdd);
  }
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    w[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    w[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
  }
}

}  // namespace kfctl::cpu::KFCTL_ISA
