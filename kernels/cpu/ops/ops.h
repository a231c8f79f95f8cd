// The ops of this instruction set, and what several of them need. Arguments have passed check().
#pragma once

#include "kernels/cpu/context.h"
#include "kernels/ops.h"

namespace kfctl::cpu::KFCTL_ISA {

#define KFCTL_DECLARE_RUN(Op) void run(const Op& op, Context& context);
KFCTL_OPS(KFCTL_DECLARE_RUN)
#undef KFCTL_DECLARE_RUN

/// What a layer does to the rows of a product: y (rows, columns) += bias, copied to `pre` if that
/// is wanted, then through the activation.
struct RowsEnd {
  float* y;
  const float* bias;  // may be null
  float* pre;         // may be null
  int64_t columns;
  Activation activation;
};
void finish_rows(const RowsEnd& end, int64_t first, int64_t last);

/// sums[c] = or += sum over the rows of x (rows, columns), in the order of the rows.
void sum_columns(Context& context, const float* x, int64_t rows, int64_t columns, float* sums,
                 bool accumulate);

}  // namespace kfctl::cpu::KFCTL_ISA
