// Cases for every op, to be run on a device and by the reference, and compared.
//
// A case builds its op from arrays that a Side gives it. The same calls in the same order give the
// same contents on either side, so that afterwards all arrays can be compared: outputs within
// `tolerance`, inputs unchanged.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernels/device.h"
#include "test/kernels/side.h"

namespace kfctl {

struct OpCase {
  std::string name;
  double tolerance;  // of normalised_error, per array
  std::function<Status(Side& side)> reference;
  std::function<Status(Side& side, Device& device)> on_device;
};

/// At least one per op, with odd sizes.
std::vector<OpCase> op_cases();

/// Those of dense layers and convolutions, computed in `precision` by the device.
std::vector<OpCase> product_cases(Precision precision);

/// The greatest normalised error of an array; infinite if one of `want` is all zeros and `got` is
/// not, or if only one has a NaN in a place.
double greatest_error(const std::vector<std::vector<double>>& got,
                      const std::vector<std::vector<double>>& want);

}  // namespace kfctl
