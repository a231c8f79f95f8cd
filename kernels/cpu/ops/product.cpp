#include "kernels/cpu/ops/product.h"

#include <string.h>

namespace kfctl::cpu::KFCTL_ISA {
namespace {

constexpr int64_t kLanes = KFCTL_LANES;
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));

// Registers: rows * 2 accumulators, 2 of b, and one of a where it cannot be read from memory.
#if defined(__AVX512F__)
constexpr int kTileRows = 14;
#elif defined(__AVX2__)
constexpr int kTileRows = 6;
#else
constexpr int kTileRows = 6;
#endif
constexpr int64_t kPanel = 2 * kLanes;

// Of k, in one go: a panel of b of this depth and a tile's part of a fit the first cache.
constexpr int64_t kDepth = 256;

KFCTL_INLINE Vector load(const float* from) {
  Vector v;
  memcpy(&v, from, sizeof v);
  return v;
}

KFCTL_INLINE void store(float* to, Vector v) { memcpy(to, &v, sizeof v); }

/// c (Rows, `width`) = or += a b over `depth`, b a panel of Vectors vectors.
template <int Rows, int Vectors, bool Transposed>
void tile(int64_t depth, const float* a, int64_t a_stride, const float* b, float* c,
          int64_t c_stride, int64_t width, bool add) {
  Vector sum[Rows][Vectors];
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
    for (int j = 0; j < Vectors; ++j) sum[i][j] = Vector{};
  }
  for (int64_t k = 0; k < depth; ++k) {
    Vector row[Vectors];
    for (int j = 0; j < Vectors; ++j) row[j] = load(b + (k * Vectors + j) * kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const float x = Transposed ? a[k * a_stride + i] : a[i * a_stride + k];
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

using Tile = void (*)(int64_t depth, const float* a, int64_t a_stride, const float* b, float* c,
                      int64_t c_stride, int64_t width, bool add);

// By [rows - 1][two vectors][transposed].
#define KFCTL_TILES(rows)                                                                      \
  {                                                                                            \
    {tile<rows, 1, false>, tile<rows, 1, true>}, { tile<rows, 2, false>, tile<rows, 2, true> } \
  }
constexpr Tile kTiles[kTileRows][2][2] = {
    KFCTL_TILES(1),  KFCTL_TILES(2),  KFCTL_TILES(3),  KFCTL_TILES(4),
    KFCTL_TILES(5),  KFCTL_TILES(6),
#if defined(__AVX512F__)
    KFCTL_TILES(7),  KFCTL_TILES(8),  KFCTL_TILES(9),  KFCTL_TILES(10),
    KFCTL_TILES(11), KFCTL_TILES(12), KFCTL_TILES(13), KFCTL_TILES(14),
#endif
};
#undef KFCTL_TILES

/// How wide the panel at `column` is: half a panel where the rest fits into that.
KFCTL_INLINE int64_t panel_width(int64_t column, int64_t columns) {
  return columns - column <= kLanes ? kLanes : kPanel;
}

/// Where part `part` of k begins, of `parts` equal ones.
KFCTL_INLINE int64_t part_begin(int64_t depth, int64_t part, int64_t parts) {
  return depth * part / parts;
}

/// `count` neighbours of each of `depth` rows, a tile's rows apart in `to`.
void copy_together(const float* from, int64_t stride, int64_t depth, int64_t count, float* to) {
  for (int64_t k = 0; k < depth; ++k, from += stride, to += kTileRows) {
    if (count == kTileRows) {
      memcpy(to, from, kTileRows * sizeof(float));  // of a size that the compiler knows
    } else {
      for (int64_t i = 0; i < count; ++i) to[i] = from[i];
    }
  }
}

void pack_panel(const Matrix& b, int64_t column, int64_t columns, int64_t begin, int64_t end,
                int64_t width, float* to) {
  const int64_t real = smaller(width, columns - column);
  if (b.transposed) {
    for (int64_t j = 0; j < real; ++j) {
      const float* const from = b.data + (column + j) * b.stride;
      for (int64_t k = begin; k < end; ++k) to[(k - begin) * width + j] = from[k];
    }
    for (int64_t k = 0; real < width && k < end - begin; ++k) {
      for (int64_t j = real; j < width; ++j) to[k * width + j] = 0.0f;
    }
    return;
  }
  for (int64_t k = begin; k < end; ++k, to += width) {
    const float* const from = b.data + k * b.stride + column;
    if (real == kPanel) {
      store(to, load(from));
      store(to + kLanes, load(from + kLanes));
      continue;
    }
    for (int64_t j = 0; j < width; ++j) to[j] = j < real ? from[j] : 0.0f;
  }
}

}  // namespace

int64_t packed_floats(int64_t depth, int64_t columns) {
  return depth * (pieces(columns, kPanel) * kPanel);
}

namespace {

/// Panel `piece` of all: the panels of the first part of k, then those of the second, and so on.
void pack_piece(const Matrix& b, int64_t depth, int64_t columns, int64_t piece, float* packed) {
  const int64_t parts = pieces(depth, kDepth);
  const int64_t panels = pieces(columns, kPanel);
  const int64_t column = piece % panels * kPanel;
  const int64_t begin = part_begin(depth, piece / panels, parts);
  const int64_t end = part_begin(depth, piece / panels + 1, parts);
  pack_panel(b, column, columns, begin, end, panel_width(column, columns),
             packed + begin * packed_floats(1, columns) + column * (end - begin));
}

}  // namespace

void pack_b(Context& context, const Matrix& b, int64_t depth, int64_t columns, float* packed) {
  for_pieces(context, pieces(depth, kDepth) * pieces(columns, kPanel), depth * columns / 4,
             [&](int64_t piece, int) { pack_piece(b, depth, columns, piece, packed); });
}

void pack_here(const Matrix& b, int64_t depth, int64_t columns, float* packed) {
  const int64_t count = pieces(depth, kDepth) * pieces(columns, kPanel);
  for (int64_t piece = 0; piece < count; ++piece) pack_piece(b, depth, columns, piece, packed);
}

int64_t columns_at_once(int64_t depth, int64_t columns) {
  constexpr int64_t kFloats = 192 * 1024;
  const int64_t fit = greater(4, kFloats / (depth * kPanel)) * kPanel;
  const int64_t chunks = pieces(columns, fit);
  return pieces(pieces(columns, chunks), kPanel) * kPanel;
}

int64_t rows_of_piece(int64_t rows, int64_t columns, int64_t depth) {
  constexpr int64_t kWork = 1 << 20;  // multiply-adds: some ten microseconds
  const int64_t tiles = greater(1, kWork / (kTileRows * columns * depth));
  return smaller(rows, tiles * kTileRows);
}

void multiply_rows(const Matrix& a, const float* packed_b, float* c, int64_t c_stride, int64_t rows,
                   int64_t columns, int64_t depth, bool add) {
  const int64_t parts = pieces(depth, kDepth);
  const int64_t row = packed_floats(1, columns);
  // Read once per panel, a transposed a is worth copying together.
  const bool copy = a.transposed && columns > 2 * kPanel;
  float copied[kTileRows * kDepth];

  for (int64_t first = 0; first < rows; first += kTileRows) {
    const int64_t count = smaller(kTileRows, rows - first);
    for (int64_t part = 0; part < parts; ++part) {
      const int64_t begin = part_begin(depth, part, parts);
      const int64_t here = part_begin(depth, part + 1, parts) - begin;
      const float* from =
          a.transposed ? a.data + begin * a.stride + first : a.data + first * a.stride + begin;
      int64_t stride = a.stride;
      if (copy) {
        copy_together(from, stride, here, count, copied);
        from = copied;
        stride = kTileRows;
      }
      for (int64_t column = 0; column < columns; column += kPanel) {
        const int64_t width = panel_width(column, columns);
        const Tile run = kTiles[count - 1][width == kPanel][a.transposed];
        run(here, from, stride, packed_b + begin * row + column * here,
            c + first * c_stride + column, c_stride, smaller(width, columns - column),
            add || part > 0);
      }
    }
  }
}

}  // namespace kfctl::cpu::KFCTL_ISA
