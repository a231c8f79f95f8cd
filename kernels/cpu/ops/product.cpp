#include "kernels/cpu/ops/product.h"

#include "kernels/cpu/ops/tile.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

// Of k, in one go: a panel of b of this depth and a tile's part of a fit the first cache.
constexpr int64_t kDepth = 256;

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

}  // namespace

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
        const float* const panel = packed_b + begin * row + column * here;
        float* const to = c + first * c_stride + column;
        const int64_t real = smaller(width, columns - column);
        const bool adds = add || part > 0;
        if (a.transposed) {
          kTiles<ColumnMajor>[count - 1][width == kPanel](here, {from, stride}, panel, width, to,
                                                          c_stride, real, adds);
        } else {
          kTiles<RowMajor>[count - 1][width == kPanel](here, {from, stride}, panel, width, to,
                                                       c_stride, real, adds);
        }
      }
    }
  }
}

}  // namespace kfctl::cpu::KFCTL_ISA
