#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/totals.h"
#include "kernels/shuffle.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

/// One row of GatherRows. Null pointers are resolved outside of the loop, which then is one vector
/// operation after the other.
template <typename T, bool kMean, bool kScale, bool kMissing>
void convert_row(const GatherRows& op, const T* from, float* y) {
  const float* const mean = op.mean;
  const float* const scale = op.scale;
  const float* const missing = op.missing;
#pragma omp simd
  for (int64_t c = 0; c < op.width; ++c) {
    float value = static_cast<float>(from[c]);
    if (kMissing) value = value != value ? missing[c] : value;
    if (kMean) value -= mean[c];
    if (kScale) value *= scale[c];
    y[c] = value;
  }
}

template <typename T>
using ConvertRow = void (*)(const GatherRows& op, const T* from, float* y);

template <typename T>
ConvertRow<T> converter(const GatherRows& op) {
  constexpr ConvertRow<T> kChoices[2][2][2] = {
      {{convert_row<T, false, false, false>, convert_row<T, false, false, true>},
       {convert_row<T, false, true, false>, convert_row<T, false, true, true>}},
      {{convert_row<T, true, false, false>, convert_row<T, true, false, true>},
       {convert_row<T, true, true, false>, convert_row<T, true, true, true>}}};
  return kChoices[op.mean != nullptr][op.scale != nullptr][op.missing != nullptr];
}

template <typename T>
void gather(const GatherRows& op, Context& context) {
  constexpr int64_t kElements = 16384;
  const ConvertRow<T> convert = converter<T>(op);
  const T* const source = static_cast<const T*>(op.source);
  for_parts(context, op.rows, greater(1, kElements / op.width), op.rows * op.width / 2,
            [&](int64_t first, int64_t last, int64_t) {
              for (int64_t row = first; row < last; ++row) {
                const int64_t from = op.indices == nullptr ? row : op.indices[row];
                float* const y = op.y + row * op.y_stride;
                if (from >= 0) {
                  convert(op, source + from * op.width, y);
                } else {
                  for (int64_t c = 0; c < op.width; ++c) y[c] = 0.0f;
                }
              }
            });
}

/// Adds to sums[c] and counts[c] what term(value, c) gives for each number of the rows.
template <typename T, typename Term>
void sum_terms(const ColumnMoments& op, int64_t first, int64_t last, double* sums, double* counts,
               const Term& term) {
  const T* const source = static_cast<const T*>(op.source);
  for (int64_t row = first; row < last; ++row) {
    const int64_t from = op.indices == nullptr ? row : op.indices[row];
    const T* const x = source + from * op.width;
#pragma omp simd
    for (int64_t c = 0; c < op.width; ++c) {
      const double value = static_cast<double>(x[c]);
      const bool known = value == value;
      sums[c] += known ? term(value, c) : 0.0;
      counts[c] += known ? 1.0 : 0.0;
    }
  }
}

template <typename T>
void moments(const ColumnMoments& op, Context& context) {
  const int64_t width = op.width;
  double* const totals =
      static_cast<double*>(context.scratch(2, static_cast<size_t>(2 * width) * sizeof(double)));
  sum_rows(context, op.rows, 2 * width, totals, [&](int64_t first, int64_t last, double* sums) {
    sum_terms<T>(op, first, last, sums, sums + width, [](double value, int64_t) { return value; });
  });
  for (int64_t c = 0; c < width; ++c) {
    op.count[c] = static_cast<int64_t>(totals[width + c]);
    op.mean[c] = op.count[c] == 0 ? 0.0 : totals[c] / totals[width + c];
  }
  sum_rows(context, op.rows, 2 * width, totals, [&](int64_t first, int64_t last, double* sums) {
    sum_terms<T>(op, first, last, sums, sums + width, [&op](double value, int64_t c) {
      return (value - op.mean[c]) * (value - op.mean[c]);
    });
  });
  for (int64_t c = 0; c < width; ++c) {
    op.variance[c] = op.count[c] == 0 ? 0.0 : totals[c] / totals[width + c];
  }
}

}  // namespace

void run(const BatchIndices& op, Context& context) {
  constexpr int64_t kRows = 256;
  const Permutation shuffled(static_cast<uint64_t>(op.population), op.state->seed, op.state->epoch);
  const int64_t start = op.state->position + op.offset;
  for_parts(context, op.rows, kRows, op.rows * 64, [&](int64_t first, int64_t last, int64_t) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t position = start + i;
      if (position >= op.population) {
        op.indices[i] = -1;
        continue;
      }
      const uint64_t at = static_cast<uint64_t>(position);
      const uint64_t place = op.shuffle ? shuffled(at) : at;
      op.indices[i] = op.rows_of == nullptr ? static_cast<int32_t>(place) : op.rows_of[place];
    }
  });
}

void run(const GatherRows& op, Context& context) {
  if (op.type == ElementType::kUint8) {
    gather<uint8_t>(op, context);
  } else {
    gather<float>(op, context);
  }
}

void run(const GatherInts& op, Context& context) {
  constexpr int64_t kRows = 4096;
  for_parts(
      context, op.rows, kRows, op.rows * op.width, [&op](int64_t first, int64_t last, int64_t) {
        for (int64_t row = first; row < last; ++row) {
          const int64_t from = op.indices == nullptr ? row : op.indices[row];
          for (int64_t c = 0; c < op.width; ++c) {
            op.y[row * op.width + c] = from < 0 ? op.otherwise : op.source[from * op.width + c];
          }
        }
      });
}

void run(const ColumnMoments& op, Context& context) {
  if (op.type == ElementType::kUint8) {
    moments<uint8_t>(op, context);
  } else {
    moments<float>(op, context);
  }
}

}  // namespace kfctl::cpu::KFCTL_ISA
