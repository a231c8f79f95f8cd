#include "kernels/cpu/reference.h"

#include <cassert>
#include <cstddef>

namespace kfctl {

Status multiply_reference(const MatrixProduct& product) {
  KF_DO(check_shapes(product));
  const size_t rows = static_cast<size_t>(product.rows);
  const size_t columns = static_cast<size_t>(product.columns);
  const size_t inner = static_cast<size_t>(product.inner);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < columns; ++column) {
      double sum = 0.0;
      for (size_t i = 0; i < inner; ++i) {
        sum += double{product.a[row * inner + i]} * double{product.b[i * columns + column]};
      }
      product.c[row * columns + column] = static_cast<float>(sum);
    }
  }
  return Ok{};
}

double normalised_error(std::span<const float> got, std::span<const float> want) {
  assert(got.size() == want.size());
  double difference = 0.0;
  double size = 0.0;
  for (size_t i = 0; i < want.size(); ++i) {
    const double d = double{got[i]} - double{want[i]};
    difference += d * d;
    size += double{want[i]} * double{want[i]};
  }
  return difference == 0.0 ? 0.0 : difference / size;
}

}  // namespace kfctl
