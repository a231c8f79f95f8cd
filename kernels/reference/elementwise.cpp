#include <algorithm>
#include <cmath>

#include "kernels/ops.h"
#include "kernels/random.h"
#include "kernels/reference/functions.h"

namespace kfctl::reference {

Status run(const Fill& op) {
  KF_DO(check(op));
  std::fill_n(op.y, op.count, op.value);
  return Ok{};
}

Status run(const AddScaled& op) {
  KF_DO(check(op));
  for (int64_t i = 0; i < op.count; ++i) {
    const double kept = op.keep == 0.0f ? 0.0 : double{op.keep} * double{op.y[i]};
    op.y[i] = static_cast<float>(double{op.scale} * double{op.x[i]} + kept);
  }
  return Ok{};
}

Status run(const ActivationForward& op) {
  KF_DO(check(op));
  for (int64_t i = 0; i < op.count; ++i) {
    op.y[i] = static_cast<float>(activate(op.activation, double{op.x[i]}));
  }
  return Ok{};
}

Status run(const ActivationBackward& op) {
  KF_DO(check(op));
  for (int64_t i = 0; i < op.count; ++i) {
    const double x = op.x == nullptr ? 0.0 : double{op.x[i]};
    const double y = op.y == nullptr ? 0.0 : double{op.y[i]};
    op.dx[i] = static_cast<float>(double{op.dy[i]} * slope(op.activation, x, y));
  }
  return Ok{};
}

Status run(const Dropout& op) {
  KF_DO(check(op));
  const double scale = 1.0 / (1.0 - double{op.rate});
  for (int64_t i = 0; i < op.count; ++i) {
    const Philox4 four =
        random_block(op.state->seed, op.state->step, op.stream, static_cast<uint64_t>(i) / 4);
    const bool kept = uniform(four.word[i % 4]) >= op.rate;
    op.y[i] = kept ? static_cast<float>(double{op.x[i]} * scale) : 0.0f;
  }
  return Ok{};
}

Status run(const Softmax& op) {
  KF_DO(check(op));
  for (int64_t row = 0; row < op.rows; ++row) {
    const float* const x = op.x + row * op.classes;
    float* const y = op.y + row * op.classes;
    const double greatest = double{*std::max_element(x, x + op.classes)};
    double sum = 0.0;
    for (int64_t c = 0; c < op.classes; ++c) sum += std::exp(double{x[c]} - greatest);
    for (int64_t c = 0; c < op.classes; ++c) {
      y[c] = static_cast<float>(std::exp(double{x[c]} - greatest) / sum);
    }
  }
  return Ok{};
}

}  // namespace kfctl::reference
