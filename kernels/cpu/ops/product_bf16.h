// The product of matrices with operands rounded to bfloat16 and sums in fp32, on matrix tiles
// (amx.h). Both operands are rounded while they are packed into the order of the tiles.
#pragma once

#include "kernels/cpu/ops/product.h"

namespace kfctl::cpu::KFCTL_ISA {

/// multiply of product.h for this precision. REQUIRES: has_amx().
void multiply_bf16(Context& context, int slot, const Matrix& a, const Matrix& b, float* c,
                   int64_t rows, int64_t columns, int64_t depth, bool add,
                   void (*done)(const void* closure, int64_t begin, int64_t end),
                   const void* closure);

}  // namespace kfctl::cpu::KFCTL_ISA
