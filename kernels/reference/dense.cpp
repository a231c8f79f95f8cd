#include <vector>

#include "kernels/ops.h"
#include "kernels/reference/functions.h"

namespace kfctl::reference {

Status run(const DenseForward& op) {
  KF_DO(check(op));
  for (int64_t row = 0; row < op.rows; ++row) {
    for (int64_t c = 0; c < op.out; ++c) {
      double sum = op.bias == nullptr ? 0.0 : double{op.bias[c]};
      for (int64_t k = 0; k < op.in; ++k) {
        sum += double{op.x[row * op.in + k]} * double{op.w[k * op.out + c]};
      }
      if (op.pre != nullptr) op.pre[row * op.out + c] = static_cast<float>(sum);
      op.y[row * op.out + c] = static_cast<float>(activate(op.activation, sum));
    }
  }
  return Ok{};
}

Status run(const DenseBackward& op) {
  KF_DO(check(op));
  const auto put = [&op](float& target, double value) {
    target = static_cast<float>(op.accumulate ? double{target} + value : value);
  };
  for (int64_t c = 0; c < op.out; ++c) {
    for (int64_t k = 0; op.dw != nullptr && k < op.in; ++k) {
      double sum = 0.0;
      for (int64_t row = 0; row < op.rows; ++row) {
        sum += double{op.x[row * op.in + k]} * double{op.dz[row * op.out + c]};
      }
      put(op.dw[k * op.out + c], sum);
    }
    if (op.dbias == nullptr) continue;
    double sum = 0.0;
    for (int64_t row = 0; row < op.rows; ++row) sum += double{op.dz[row * op.out + c]};
    put(op.dbias[c], sum);
  }
  for (int64_t i = 0; op.dx != nullptr && i < op.rows * op.in; ++i) {
    const int64_t row = i / op.in;
    const int64_t k = i % op.in;
    double sum = 0.0;
    for (int64_t c = 0; c < op.out; ++c) {
      sum += double{op.dz[row * op.out + c]} * double{op.w[k * op.out + c]};
    }
    const double pre = op.pre == nullptr ? 0.0 : double{op.pre[i]};
    op.dx[i] = static_cast<float>(sum * slope(op.below, pre, double{op.x[i]}));
  }
  return Ok{};
}

}  // namespace kfctl::reference
