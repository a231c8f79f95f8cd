#include <cmath>

#include "kernels/ops.h"

namespace kfctl::reference {
namespace {

struct Moments {
  double mean = 0.0;
  double variance = 0.0;
};

/// Of `count` floats that lie `stride` apart.
Moments moments(const float* x, int64_t count, int64_t stride) {
  Moments result;
  const double n = static_cast<double>(count);
  for (int64_t i = 0; i < count; ++i) result.mean += double{x[i * stride]} / n;
  for (int64_t i = 0; i < count; ++i) {
    const double d = double{x[i * stride]} - result.mean;
    result.variance += d * d / n;
  }
  return result;
}

void put(float& target, double value, bool accumulate) {
  target = static_cast<float>(accumulate ? double{target} + value : value);
}

}  // namespace

Status run(const LayerNormForward& op) {
  KF_DO(check(op));
  for (int64_t row = 0; row < op.rows; ++row) {
    const float* const x = op.x + row * op.channels;
    const Moments m = moments(x, op.channels, 1);
    const double inverse = 1.0 / std::sqrt(m.variance + double{op.epsilon});
    op.mean[row] = static_cast<float>(m.mean);
    op.inverse[row] = static_cast<float>(inverse);
    for (int64_t c = 0; c < op.channels; ++c) {
      op.y[row * op.channels + c] = static_cast<float>(
          double{op.gain[c]} * (double{x[c]} - m.mean) * inverse + double{op.shift[c]});
    }
  }
  return Ok{};
}

Status run(const LayerNormBackward& op) {
  KF_DO(check(op));
  const auto normal = [&op](int64_t row, int64_t c) {
    return (double{op.x[row * op.channels + c]} - double{op.mean[row]}) * double{op.inverse[row]};
  };
  const auto dy = [&op](int64_t row, int64_t c) { return double{op.dy[row * op.channels + c]}; };

  for (int64_t c = 0; c < op.channels; ++c) {
    double gain = 0.0;
    double shift = 0.0;
    for (int64_t row = 0; row < op.rows; ++row) {
      gain += dy(row, c) * normal(row, c);
      shift += dy(row, c);
    }
    put(op.dgain[c], gain, op.accumulate);
    put(op.dshift[c], shift, op.accumulate);
  }
  const double n = static_cast<double>(op.channels);
  for (int64_t row = 0; row < op.rows; ++row) {
    double mean = 0.0;
    double slope = 0.0;
    for (int64_t c = 0; c < op.channels; ++c) {
      mean += double{op.gain[c]} * dy(row, c) / n;
      slope += double{op.gain[c]} * dy(row, c) * normal(row, c) / n;
    }
    for (int64_t c = 0; c < op.channels; ++c) {
      op.dx[row * op.channels + c] =
          static_cast<float>((double{op.gain[c]} * dy(row, c) - mean - normal(row, c) * slope) *
                             double{op.inverse[row]});
    }
  }
  return Ok{};
}

Status run(const BatchNormForward& op) {
  KF_DO(check(op));
  const double rows = static_cast<double>(op.rows);
  for (int64_t c = 0; c < op.channels; ++c) {
    Moments m;
    if (op.training) {
      m = moments(op.x + c, op.rows, op.channels);
      const double sample = m.variance * rows / (rows - 1.0);
      const double momentum = double{op.momentum};
      op.running_mean[c] =
          static_cast<float>((1.0 - momentum) * double{op.running_mean[c]} + momentum * m.mean);
      op.running_variance[c] =
          static_cast<float>((1.0 - momentum) * double{op.running_variance[c]} + momentum * sample);
    } else {
      m = {double{op.running_mean[c]}, double{op.running_variance[c]}};
    }
    const double inverse = 1.0 / std::sqrt(m.variance + double{op.epsilon});
    if (op.mean != nullptr) op.mean[c] = static_cast<float>(m.mean);
    if (op.inverse != nullptr) op.inverse[c] = static_cast<float>(inverse);
    for (int64_t row = 0; row < op.rows; ++row) {
      const int64_t i = row * op.channels + c;
      op.y[i] = static_cast<float>(double{op.gain[c]} * (double{op.x[i]} - m.mean) * inverse +
                                   double{op.shift[c]});
    }
  }
  return Ok{};
}

Status run(const BatchNormBackward& op) {
  KF_DO(check(op));
  const double rows = static_cast<double>(op.rows);
  for (int64_t c = 0; c < op.channels; ++c) {
    const auto normal = [&op, c](int64_t row) {
      return (double{op.x[row * op.channels + c]} - double{op.mean[c]}) * double{op.inverse[c]};
    };
    double gain = 0.0;
    double shift = 0.0;
    for (int64_t row = 0; row < op.rows; ++row) {
      const double dy = double{op.dy[row * op.channels + c]};
      gain += dy * normal(row);
      shift += dy;
    }
    put(op.dgain[c], gain, op.accumulate);
    put(op.dshift[c], shift, op.accumulate);
    for (int64_t row = 0; op.dx != nullptr && row < op.rows; ++row) {
      const int64_t i = row * op.channels + c;
      op.dx[i] = static_cast<float>((double{op.dy[i]} - shift / rows - normal(row) * gain / rows) *
                                    double{op.gain[c]} * double{op.inverse[c]});
    }
  }
  return Ok{};
}

}  // namespace kfctl::reference
