// The product of matrices on the tensor cores, with what follows it fused where cuBLASLt can.
#pragma once

#include "kernels/cuda/context.h"

namespace kfctl {

/// c (rows, columns) = a b, or += with `add`; row-major. `a` is (rows, depth), or (depth, rows) if
/// a_transposed; `b` is (depth, columns), or (columns, depth) if b_transposed.
struct Product {
  const float* a = nullptr;
  const float* b = nullptr;
  float* c = nullptr;
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t depth = 0;
  bool a_transposed = false;
  bool b_transposed = false;
  bool add = false;
  Precision precision = Precision::kFp32;
  const float* bias = nullptr;  // (columns), added to each row, fused
  bool relu = false;            // fused, after the bias
  float* b_sums = nullptr;  // (columns): sums of b over depth, fused; only if b is not transposed
};

/// Queues it. `fused` tells whether bias, relu and b_sums were done as well: cuBLASLt may have no
/// kernel that does for these sizes, and then the caller does it. Sums are in fp32 and never split
/// over blocks, so the same sizes give the same bits.
bool multiply(CudaContext& context, const Product& product, bool& fused, CudaReason& why);

/// What a layer does to a product (rows, columns) where that was not fused: + bias, a copy to `pre`
/// before the activation if that is not null, the activation.
bool finish_rows(CudaContext& context, float* y, const float* bias, float* pre, int64_t rows,
                 int64_t columns, Activation activation, CudaReason& why);

/// dx[i] *= slope of `below`, from what went into it (`pre`) or came out of it (`x`).
bool multiply_slope(CudaContext& context, float* dx, const float* x, const float* pre,
                    int64_t count, Activation below, CudaReason& why);

/// to[i] = from[i] rounded to bfloat16 or half.
bool round_to_half(CudaContext& context, const float* from, void* to, int64_t count,
                   Precision precision, CudaReason& why);

}  // namespace kfctl
