// What every device's result is compared with: plain loops, sums in double. Always built.
#pragma once

#include "base/result.h"
#include "kernels/device.h"

namespace kfctl {

/// Device::multiply, one sum in double per element, in the order of the inner dimension.
/// Errors: those of check_shapes.
Status multiply_reference(const MatrixProduct& product);

/// Sum of (got - want)^2 over sum of want^2: 0 for equal results. A NaN anywhere makes it NaN.
/// REQUIRES: got.size() == want.size().
double normalised_error(std::span<const float> got, std::span<const float> want);

}  // namespace kfctl
