// Sums over the rows of a batch whose order does not depend on the number of threads: rows are cut
// into parts of a fixed size, each part is summed, and the parts' sums are added in order.
#pragma once

#include "kernels/cpu/ops/simd.h"

namespace kfctl::cpu::KFCTL_ISA {

/// Which rows a part has: at most 32 parts, so that adding them is cheap, of at least 32 rows.
KFCTL_INLINE int64_t rows_of_part(int64_t rows) { return greater(32, pieces(rows, 32)); }

/// body(first, last, sums) adds rows [first, last) to sums, `count` zeros of T; the result is in
/// `totals` (count), T or double sums rounded to it. Uses scratch slot 3.
template <typename T, typename Body>
KFCTL_INLINE void sum_rows(Context& context, int64_t rows, int64_t count, T* totals,
                           const Body& body) {
  const int64_t each = rows_of_part(rows);
  const int64_t parts = pieces(rows, each);
  T* const sums =
      static_cast<T*>(context.scratch(3, static_cast<size_t>(parts * count) * sizeof(T)));
  for_parts(context, rows, each, rows * count / 4, [&](int64_t first, int64_t last, int64_t part) {
    T* const own = sums + part * count;
    for (int64_t i = 0; i < count; ++i) own[i] = T();
    body(first, last, own);
  });
  for (int64_t i = 0; i < count; ++i) {
    double sum = 0.0;
    for (int64_t part = 0; part < parts; ++part) {
      sum += static_cast<double>(sums[part * count + i]);
    }
    totals[i] = static_cast<T>(sum);
  }
}

}  // namespace kfctl::cpu::KFCTL_ISA
