#include <cmath>
#include <vector>

#include "kernels/ops.h"
#include "kernels/reference/functions.h"

namespace kfctl::reference {
namespace {

/// Calls visit(image place, filter place) for each place of the image under the window of output
/// (row, column) of `image`; a place is counted in pixels.
template <typename Visit>
void for_window(const ImageShape& shape, const Window& window, int64_t image, int64_t row,
                int64_t column, Visit visit) {
  for (int64_t i = 0; i < window.height; ++i) {
    for (int64_t j = 0; j < window.width; ++j) {
      const int64_t y = row * window.stride - window.padding + i;
      const int64_t x = column * window.stride - window.padding + j;
      if (y < 0 || y >= shape.height || x < 0 || x >= shape.width) continue;
      visit((image * shape.height + y) * shape.width + x, i * window.width + j);
    }
  }
}

/// Calls visit(image, row, column, output place) for each window.
template <typename Visit>
void for_windows(const ImageShape& shape, const Window& window, Visit visit) {
  int64_t place = 0;
  for (int64_t image = 0; image < shape.images; ++image) {
    for (int64_t row = 0; row < window.down(shape.height); ++row) {
      for (int64_t column = 0; column < window.across(shape.width); ++column) {
        visit(image, row, column, place++);
      }
    }
  }
}

void put(float& target, double value, bool accumulate) {
  target = static_cast<float>(accumulate ? double{target} + value : value);
}

/// dx from sums in double, with the derivative of the activation below.
void write_dx(float* dx, const std::vector<double>& sums, Activation below, const float* pre,
              const float* x) {
  for (size_t i = 0; i < sums.size(); ++i) {
    const double before = pre == nullptr ? 0.0 : double{pre[i]};
    const double after = x == nullptr ? 0.0 : double{x[i]};
    dx[i] = static_cast<float>(sums[i] * slope(below, before, after));
  }
}

size_t elements(const ImageShape& shape) {
  return static_cast<size_t>(shape.images * shape.height * shape.width * shape.channels);
}

}  // namespace

Status run(const ConvForward& op) {
  KF_DO(check(op));
  const int64_t channels = op.shape.channels;
  for_windows(op.shape, op.window, [&](int64_t image, int64_t row, int64_t column, int64_t place) {
    for (int64_t out = 0; out < op.out; ++out) {
      double sum = op.bias == nullptr ? 0.0 : double{op.bias[out]};
      for_window(op.shape, op.window, image, row, column, [&](int64_t pixel, int64_t filter) {
        for (int64_t c = 0; c < channels; ++c) {
          sum += double{op.x[pixel * channels + c]} *
                 double{op.filters[(filter * channels + c) * op.out + out]};
        }
      });
      if (op.pre != nullptr) op.pre[place * op.out + out] = static_cast<float>(sum);
      op.y[place * op.out + out] = static_cast<float>(activate(op.activation, sum));
    }
  });
  return Ok{};
}

Status run(const ConvBackward& op) {
  KF_DO(check(op));
  const int64_t channels = op.shape.channels;
  const int64_t taps = op.window.height * op.window.width * channels;
  std::vector<double> dfilters(static_cast<size_t>(taps * op.out), 0.0);
  std::vector<double> dbias(static_cast<size_t>(op.out), 0.0);
  std::vector<double> dx(op.dx == nullptr ? 0 : elements(op.shape), 0.0);

  for_windows(op.shape, op.window, [&](int64_t image, int64_t row, int64_t column, int64_t place) {
    for (int64_t out = 0; out < op.out; ++out) {
      const double dz = double{op.dz[place * op.out + out]};
      dbias[static_cast<size_t>(out)] += dz;
      for_window(op.shape, op.window, image, row, column, [&](int64_t pixel, int64_t filter) {
        for (int64_t c = 0; c < channels; ++c) {
          const size_t tap = static_cast<size_t>((filter * channels + c) * op.out + out);
          const size_t from = static_cast<size_t>(pixel * channels + c);
          dfilters[tap] += dz * double{op.x[from]};
          if (op.dx != nullptr) dx[from] += dz * double{op.filters[tap]};
        }
      });
    }
  });
  for (size_t i = 0; op.dfilters != nullptr && i < dfilters.size(); ++i) {
    put(op.dfilters[i], dfilters[i], op.accumulate);
  }
  for (size_t i = 0; op.dbias != nullptr && i < dbias.size(); ++i) {
    put(op.dbias[i], dbias[i], op.accumulate);
  }
  if (op.dx != nullptr) write_dx(op.dx, dx, op.below, op.pre, op.x);
  return Ok{};
}

Status run(const PoolForward& op) {
  KF_DO(check(op));
  const int64_t channels = op.shape.channels;
  const int64_t pixels = op.shape.height * op.shape.width;
  for_windows(op.shape, op.window, [&](int64_t image, int64_t row, int64_t column, int64_t place) {
    for (int64_t c = 0; c < channels; ++c) {
      int64_t best = -1;
      double sum = 0.0;
      int64_t count = 0;
      for_window(op.shape, op.window, image, row, column, [&](int64_t pixel, int64_t) {
        const float value = op.x[pixel * channels + c];
        const bool greater = best < 0 || value > op.x[best * channels + c] ||
                             (std::isnan(value) && !std::isnan(op.x[best * channels + c]));
        if (greater) best = pixel;
        sum += double{value};
        ++count;
      });
      const int64_t i = place * channels + c;
      if (op.kind == PoolKind::kAverage) {
        op.y[i] = static_cast<float>(sum / static_cast<double>(count));
        continue;
      }
      op.y[i] = op.x[best * channels + c];
      if (op.chosen != nullptr) op.chosen[i] = static_cast<int32_t>(best - image * pixels);
    }
  });
  return Ok{};
}

Status run(const PoolBackward& op) {
  KF_DO(check(op));
  const int64_t channels = op.shape.channels;
  const int64_t pixels = op.shape.height * op.shape.width;
  std::vector<double> dx(elements(op.shape), 0.0);
  for_windows(op.shape, op.window, [&](int64_t image, int64_t row, int64_t column, int64_t place) {
    int64_t count = 0;
    for_window(op.shape, op.window, image, row, column, [&](int64_t, int64_t) { ++count; });
    for (int64_t c = 0; c < channels; ++c) {
      const double dy = double{op.dy[place * channels + c]};
      if (op.kind == PoolKind::kMax) {
        const int64_t pixel = image * pixels + op.chosen[place * channels + c];
        dx[static_cast<size_t>(pixel * channels + c)] += dy;
        continue;
      }
      for_window(op.shape, op.window, image, row, column, [&](int64_t pixel, int64_t) {
        dx[static_cast<size_t>(pixel * channels + c)] += dy / static_cast<double>(count);
      });
    }
  });
  write_dx(op.dx, dx, op.below, nullptr, op.x);
  return Ok{};
}

}  // namespace kfctl::reference
