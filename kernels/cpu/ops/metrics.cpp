#include "kernels/cpu/ops/functions.h"
#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/simd.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

/// Comes `a` before `b` among the greatest? Equals keep their order; NaN is less than everything.
KFCTL_INLINE bool beats(float a, float b) {
  if (__builtin_isnan(b)) return !__builtin_isnan(a);
  return a > b;
}

/// Keeps indices[0..k) sorted while it looks at one column after the other.
void top_row(const float* scores, int64_t columns, int64_t k, int32_t* indices) {
  int64_t held = 0;
  for (int64_t c = 0; c < columns; ++c) {
    int64_t place = held;
    while (place > 0 && beats(scores[c], scores[indices[place - 1]])) --place;
    if (place == k) continue;
    held = smaller(held + 1, k);
    for (int64_t i = held - 1; i > place; --i) indices[i] = indices[i - 1];
    indices[place] = static_cast<int32_t>(c);
  }
}

struct Item {
  uint32_t key;  // ascending keys are descending scores
  uint32_t row;
};

/// Floats in the order of unsigned integers, the greatest first; 0 and -0 are equal.
KFCTL_INLINE uint32_t key_of(float score) {
  const uint32_t bits = static_cast<uint32_t>(float_to_bits(score + 0.0f));
  const uint32_t ascending = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
  return ~ascending;
}

/// Least significant digit first, in four passes of 8 bits: stable, so that equal scores keep the
/// order of their rows and sums over them their bits.
Item* radix_sort(Item* items, Item* other, int64_t count) {
  for (int shift = 0; shift < 32; shift += 8) {
    int64_t start[256] = {};
    for (int64_t i = 0; i < count; ++i) ++start[items[i].key >> shift & 255];
    int64_t sum = 0;
    for (int64_t& place : start) {
      const int64_t own = place;
      place = sum;
      sum += own;
    }
    for (int64_t i = 0; i < count; ++i) other[start[items[i].key >> shift & 255]++] = items[i];
    Item* const swapped = items;
    items = other;
    other = swapped;
  }
  return items;
}

Ranking rank(const RankScores& op, const Item* items, int64_t count) {
  Ranking ranking;
  double area = 0.0;       // pairs ranked right, ties half
  double precision = 0.0;  // sum of precision * gain of positives
  for (int64_t begin = 0; begin < count;) {
    double positive = 0.0;
    double negative = 0.0;
    int64_t end = begin;
    for (; end < count && items[end].key == items[begin].key; ++end) {
      const uint32_t row = items[end].row;
      const double weight = op.weights == nullptr ? 1.0 : static_cast<double>(op.weights[row]);
      (op.labels[row] == op.positive ? positive : negative) += weight;
    }
    area += negative * (ranking.positives + positive / 2.0);
    ranking.positives += positive;
    ranking.negatives += negative;
    if (positive > 0.0) {
      precision += positive * ranking.positives / (ranking.positives + ranking.negatives);
    }
    begin = end;
  }
  const double pairs = ranking.positives * ranking.negatives;
  ranking.roc_auc = pairs > 0.0 ? area / pairs : __builtin_nan("");
  ranking.average_precision =
      ranking.positives > 0.0 ? precision / ranking.positives : __builtin_nan("");
  return ranking;
}

}  // namespace

void run(const TopK& op, Context& context) {
  constexpr int64_t kRows = 256;
  for_parts(context, op.rows, kRows, op.rows * op.columns,
            [&op](int64_t first, int64_t last, int64_t) {
              for (int64_t row = first; row < last; ++row) {
                const float* const scores = op.scores + row * op.columns;
                int32_t* const indices = op.indices + row * op.k;
                top_row(scores, op.columns, op.k, indices);
                for (int64_t i = 0; op.values != nullptr && i < op.k; ++i) {
                  op.values[row * op.k + i] = scores[indices[i]];
                }
              }
            });
}

void run(const RankScores& op, Context& context) {
  const size_t bytes = static_cast<size_t>(op.count) * sizeof(Item);
  Item* const items = static_cast<Item*>(context.scratch(0, bytes));
  Item* const other = static_cast<Item*>(context.scratch(1, bytes));
  int64_t count = 0;
  for (int64_t i = 0; i < op.count; ++i) {
    const float score = op.scores[i * op.stride];
    if (op.labels[i] < 0 || __builtin_isnan(score)) continue;
    items[count++] = {key_of(score), static_cast<uint32_t>(i)};
  }
  *op.result = rank(op, radix_sort(items, other, count), count);
}

void run(const ColumnSums& op, Context& context) {
  constexpr int64_t kColumns = 64;
  for_parts(context, op.columns, kColumns, op.rows * op.columns / 4,
            [&op](int64_t begin, int64_t end, int64_t) {
              double sums[kColumns] = {};
              for (int64_t row = 0; row < op.rows; ++row) {
                const float* const x = op.x + row * op.columns + begin;
                for (int64_t c = 0; c < end - begin; ++c) sums[c] += static_cast<double>(x[c]);
              }
              for (int64_t c = 0; c < end - begin; ++c) op.sums[begin + c] = sums[c];
            });
}

}  // namespace kfctl::cpu::KFCTL_ISA
