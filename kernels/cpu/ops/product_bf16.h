// The product of matrices with operands rounded to bfloat16 and sums in fp32, on the matrix tiles
// of newer Intel processors (AMX).
//
// A tile register holds 16 rows of 64 bytes. One instruction multiplies 16 x 32 by 32 x 16
// bfloat16, the second operand with two neighbours in k side by side, and adds to 16 x 16 floats.
// Both operands are rounded while they are packed into that order. (Intel, "64 and IA-32
// Architectures Optimization Reference Manual", chapter on AMX.)
#pragma once

#include "kernels/cpu/ops/product.h"

namespace kfctl::cpu::KFCTL_ISA {

/// multiply of product.h for this precision. REQUIRES: has_amx().
void multiply_bf16(Context& context, int slot, const Matrix& a, const Matrix& b, float* c,
                   int64_t rows, int64_t columns, int64_t depth, bool add,
                   void (*done)(const void* closure, int64_t begin, int64_t end),
                   const void* closure);

}  // namespace kfctl::cpu::KFCTL_ISA
