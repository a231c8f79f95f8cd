// The product of matrices, c = a b, as the ops use it: b packed once, rows of c computed piece by
// piece.
//
// b lies packed in panels of a few vectors' width, each column of a panel's rows one after the
// other, so that the innermost loop reads it straight through; a tile of c (14 rows by 2 vectors
// with AVX-512) stays in registers while k runs over up to kDepth. a is read where it lies:
// row-major, or transposed for the gradient of weights. (Goto and van de Geijn, "Anatomy of
// high-performance matrix multiplication", ACM TOMS 2008; Van Zee and van de Geijn, "BLIS", ACM
// TOMS 2015.)
//
// Each element of c is one chain of fused multiply-adds over k, cut at fixed places, whatever the
// tile it falls into: so the result does not depend on how rows are shared out among threads.
#pragma once

#include "kernels/cpu/ops/simd.h"
#include "kernels/ops/dense.h"

namespace kfctl::cpu::KFCTL_ISA {

/// A matrix as it lies in memory, row-major with `stride` floats between rows, or the transpose of
/// such a one.
struct Matrix {
  const float* data;
  int64_t stride;
  bool transposed = false;
};

/// Floats that pack_b needs for a (depth, columns) matrix.
int64_t packed_floats(int64_t depth, int64_t columns);

/// Packs b (depth, columns) for multiply_rows, on all threads.
void pack_b(Context& context, const Matrix& b, int64_t depth, int64_t columns, float* packed);

/// Packs rows [begin, end) of the panel of b that begins at `column` and is `width` wide: (end -
/// begin, width), with zeros for columns that b has not.
void pack_panel(const Matrix& b, int64_t column, int64_t columns, int64_t begin, int64_t end,
                int64_t width, float* to);

/// How many rows a piece of multiply_rows best has: a few tiles.
int64_t rows_of_piece(int64_t rows, int64_t columns, int64_t depth);

/// c[0..rows) = a b, or += with `add`; c has `c_stride` floats between rows. On the calling thread.
void multiply_rows(const Matrix& a, const float* packed_b, float* c, int64_t c_stride, int64_t rows,
                   int64_t columns, int64_t depth, bool add);

/// The same rows of a matrix, beginning at `row`.
KFCTL_INLINE Matrix from_row(const Matrix& a, int64_t row) {
  return {a.data + (a.transposed ? row : row * a.stride), a.stride, a.transposed};
}

/// How many columns of b are packed at once: what fits the second cache.
int64_t columns_at_once(int64_t depth, int64_t columns);

/// The columns of a matrix from `column` on.
KFCTL_INLINE Matrix from_column(const Matrix& b, int64_t column) {
  return {b.data + (b.transposed ? column * b.stride : column), b.stride, b.transposed};
}

/// c = a b on all threads; then done(begin, end) for the rows of each piece while they are in the
/// cache. `slot` is the scratch that b is packed into.
template <typename Done>
KFCTL_INLINE void multiply(Context& context, int slot, const Matrix& a, const Matrix& b, float* c,
                           int64_t rows, int64_t columns, int64_t depth, bool add,
                           const Done& done) {
  const int64_t at_once = columns_at_once(depth, columns);
  const size_t bytes = static_cast<size_t>(packed_floats(depth, at_once)) * sizeof(float);
  float* const packed = static_cast<float*>(context.scratch(slot, bytes));
  for (int64_t first = 0; first < columns; first += at_once) {
    const int64_t count = smaller(at_once, columns - first);
    pack_b(context, from_column(b, first), depth, count, packed);
    for_parts(context, rows, rows_of_piece(rows, count, depth), rows * count * depth / 16,
              [&](int64_t begin, int64_t end, int64_t) {
                multiply_rows(from_row(a, begin), packed, c + begin * columns + first, columns,
                              end - begin, count, depth, add);
                if (first + count == columns) done(begin, end);
              });
  }
}

}  // namespace kfctl::cpu::KFCTL_ISA
