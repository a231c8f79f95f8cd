// The innermost loop of every product in fp32: a tile of c = a b, a few rows by one or two vectors,
// stays in registers while k runs. product.h and conv.cpp say where a and b lie.
//
// Each element of c is one chain of multiply-adds over k in order, whatever the tile it falls into.
#pragma once

#include <string.h>

#include "kernels/cpu/ops/simd.h"

namespace kfctl::cpu::KFCTL_ISA {

constexpr int64_t kLanes = KFCTL_LANES;
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));

// Registers: rows * 2 accumulators, 2 of b, and one of a where it cannot be read from memory.
#if defined(__AVX512F__)
constexpr int kTileRows = 14;
#else
constexpr int kTileRows = 6;
#endif
constexpr int64_t kPanel = 2 * kLanes;  // columns of a tile, at most

KFCTL_INLINE Vector load(const float* from) {
  Vector v;
  memcpy(&v, from, sizeof v);
  return v;
}

KFCTL_INLINE void store(float* to, Vector v) { memcpy(to, &v, sizeof v); }

/// How wide the panel at `column` is: half a panel where the rest fits into that.
KFCTL_INLINE int64_t panel_width(int64_t column, int64_t columns) {
  return columns - column <= kLanes ? kLanes : kPanel;
}

// Where row i of the tile has its element k.
struct RowMajor {
  const float* data;
  int64_t stride;
  KFCTL_INLINE_MEMBER float at(int64_t k, int64_t i) const { return data[i * stride + k]; }
};
struct ColumnMajor {
  const float* data;
  int64_t stride;
  KFCTL_INLINE_MEMBER float at(int64_t k, int64_t i) const { return data[k * stride + i]; }
};
struct Gathered {
  const float* data;
  const int64_t* offsets;  // one for each k
  int64_t step;            // from row to row
  KFCTL_INLINE_MEMBER float at(int64_t k, int64_t i) const { return data[offsets[k] + i * step]; }
};

/// c (Rows, `width`) = or += a b over `depth`; b has b_stride floats from k to k and Vectors
/// vectors at each, of which c takes `width` numbers.
template <int Rows, int Vectors, typename A>
static void tile(int64_t depth, A a, const float* b, int64_t b_stride, float* c, int64_t c_stride,
                 int64_t width, bool add) {
  Vector sum[Rows][Vectors];
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
    for (int j = 0; j < Vectors; ++j) sum[i][j] = Vector{};
  }
  for (int64_t k = 0; k < depth; ++k, b += b_stride) {
    Vector row[Vectors];
    for (int j = 0; j < Vectors; ++j) row[j] = load(b + j * kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const float x = a.at(k, i);
      for (int j = 0; j < Vectors; ++j) sum[i][j] += x * row[j];
    }
  }
  if (width == Vectors * kLanes) {
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      for (int j = 0; j < Vectors; ++j) {
        float* const to = c + i * c_stride + j * kLanes;
        store(to, add ? load(to) + sum[i][j] : sum[i][j]);
      }
    }
    return;
  }
  for (int i = 0; i < Rows; ++i) {
    float values[Vectors * kLanes];
    for (int j = 0; j < Vectors; ++j) store(values + j * kLanes, sum[i][j]);
    float* const to = c + i * c_stride;
    for (int64_t j = 0; j < width; ++j) to[j] = add ? to[j] + values[j] : values[j];
  }
}

template <typename A>
using Tile = void (*)(int64_t depth, A a, const float* b, int64_t b_stride, float* c,
                      int64_t c_stride, int64_t width, bool add);

/// By [rows - 1][two vectors].
template <typename A>
static constexpr Tile<A> kTiles[kTileRows][2] = {
    {tile<1, 1, A>, tile<1, 2, A>},   {tile<2, 1, A>, tile<2, 2, A>},
    {tile<3, 1, A>, tile<3, 2, A>},   {tile<4, 1, A>, tile<4, 2, A>},
    {tile<5, 1, A>, tile<5, 2, A>},   {tile<6, 1, A>, tile<6, 2, A>},
#if defined(__AVX512F__)
    {tile<7, 1, A>, tile<7, 2, A>},   {tile<8, 1, A>, tile<8, 2, A>},
    {tile<9, 1, A>, tile<9, 2, A>},   {tile<10, 1, A>, tile<10, 2, A>},
    {tile<11, 1, A>, tile<11, 2, A>}, {tile<12, 1, A>, tile<12, 2, A>},
    {tile<13, 1, A>, tile<13, 2, A>}, {tile<14, 1, A>, tile<14, 2, A>},
#endif
};

}  // namespace kfctl::cpu::KFCTL_ISA
