#include "kernels/cpu/ops/functions.h"
#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/product.h"
#if defined(__AVX512F__)
#include "kernels/cpu/ops/product_bf16.h"
#endif

namespace kfctl::cpu::KFCTL_ISA {
namespace {

/// multiply in the precision asked for; the device has refused what this processor lacks.
template <typename Done>
void product(Context& context, Precision precision, const Matrix& a, const Matrix& b, float* c,
             int64_t rows, int64_t columns, int64_t depth, bool add, const Done& done) {
#if defined(__AVX512F__)
  if (precision == Precision::kBf16) {
    multiply_bf16(
        context, 0, a, b, c, rows, columns, depth, add,
        [](const void* closure, int64_t begin, int64_t end) {
          (*static_cast<const Done*>(closure))(begin, end);
        },
        &done);
    return;
  }
#endif
  static_cast<void>(precision);
  multiply(context, 0, a, b, c, rows, columns, depth, add, done);
}

}  // namespace

void finish_rows(const RowsEnd& end, int64_t first, int64_t last) {
  for (int64_t row = first; row < last; ++row) {
    float* const y = end.y + row * end.columns;
    if (end.bias != nullptr) {
      for (int64_t c = 0; c < end.columns; ++c) y[c] += end.bias[c];
    }
    if (end.pre != nullptr) {
      for (int64_t c = 0; c < end.columns; ++c) end.pre[row * end.columns + c] = y[c];
    }
    if (end.activation != Activation::kIdentity) activate(end.activation, y, y, end.columns);
  }
}

// Columns are shared out, and each is one sum in the order of the rows.
void sum_columns(Context& context, const float* x, int64_t rows, int64_t columns, float* sums,
                 bool accumulate) {
  constexpr int64_t kColumns = 64;
  for_parts(context, columns, kColumns, rows * columns / 8,
            [&](int64_t begin, int64_t end, int64_t) {
              float sum[kColumns] = {};
              const int64_t count = end - begin;
              for (int64_t row = 0; row < rows; ++row) {
                const float* const from = x + row * columns + begin;
                for (int64_t c = 0; c < count; ++c) sum[c] += from[c];
              }
              for (int64_t c = 0; c < count; ++c) {
                sums[begin + c] = accumulate ? sums[begin + c] + sum[c] : sum[c];
              }
            });
}

void run(const DenseForward& op, Context& context) {
  const RowsEnd end = {op.y, op.bias, op.pre, op.out, op.activation};
  product(context, op.precision, {op.x, op.in}, {op.w, op.out}, op.y, op.rows, op.out, op.in, false,
          [&](int64_t first, int64_t last) { finish_rows(end, first, last); });
}

void run(const DenseBackward& op, Context& context) {
  const auto nothing = [](int64_t, int64_t) {};
  if (op.dbias != nullptr) {
    sum_columns(context, op.dz, op.rows, op.out, op.dbias, op.accumulate);
  }
  if (op.dw != nullptr) {
    product(context, op.precision, {op.x, op.in, true}, {op.dz, op.out}, op.dw, op.in, op.out,
            op.rows, op.accumulate, nothing);
  }
  if (op.dx == nullptr) return;
  product(context, op.precision, {op.dz, op.out}, {op.w, op.out, true}, op.dx, op.rows, op.in,
          op.out, false, [&](int64_t first, int64_t last) {
            if (op.below == Activation::kIdentity) return;
            const int64_t from = first * op.in;
            multiply_slope(op.below, op.pre == nullptr ? nullptr : op.pre + from,
                           op.x == nullptr ? nullptr : op.x + from, op.dx + from, op.dx + from,
                           (last - first) * op.in);
          });
}

}  // namespace kfctl::cpu::KFCTL_ISA
