// Convolution with operands rounded to bfloat16 and sums in fp32, on matrix tiles (amx.h).
//
// As in conv.cpp nothing is laid out: a tile is loaded from the image with its border, here in
// bfloat16. Its rows are neighbouring windows, one step apart, and 64 bytes of each are 32 taps of
// one row of the filter; what they have beyond the filter's width meets zeros in the packed
// filters.
//
// For the gradient of the filters k runs over windows, which must lie side by side: the image is
// turned into a plane for each channel. Windows are counted over the width of the plane with its
// border, so that k goes through all rows of an image without a break; for windows that do not
// exist the other operand, dz, has zeros. The rows of a tile are channels at one place of the
// filter, or, where there are fewer channels than columns of the filter, those columns.
//
// A number that is not finite in an image makes NaN of its neighbours too.
#pragma once

#include "kernels/cpu/ops/conv.h"

namespace kfctl::cpu::KFCTL_ISA {

// REQUIRES: has_amx(), window.stride == 1.
void forward_bf16(const ConvForward& op, Context& context);
void filter_gradient_bf16(const ConvBackward& op, Context& context);
void image_gradient_bf16(const ConvBackward& op, Context& context);

}  // namespace kfctl::cpu::KFCTL_ISA
