#include "learn/export/onnx_windows.h"

#include <algorithm>
#include <limits>

namespace kfctl {
namespace {

// Where a window of `size` stands at each step along one axis.
struct Axis {
  int64_t length = 0;  // of the image
  int64_t size = 0;
  int64_t stride = 1;
  int64_t before = 0, after = 0;  // padding

  int64_t steps() const { return (length + before + after - size) / stride + 1; }
  bool fits() const {
    return size > 0 && stride > 0 && before >= 0 && after >= 0 && size <= length + before + after &&
           length < (1 << 20) && before < (1 << 20) && after < (1 << 20);
  }
};

std::vector<int64_t> numbers(const OnnxNode& node, std::string_view name,
                             std::vector<int64_t> otherwise) {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? std::move(otherwise) : found->second.ints;
}

// The axes of height and width; false if the attributes do not fit the image.
bool read_axes(const OnnxNode& node, const OnnxTensor& x, Axis (&axes)[2]) {
  const std::vector<int64_t> window = numbers(node, "kernel_shape", {});
  const std::vector<int64_t> strides = numbers(node, "strides", {1, 1});
  const std::vector<int64_t> pads = numbers(node, "pads", {0, 0, 0, 0});
  if (x.type != OnnxType::kFloat || x.shape.size() != 4 || window.size() != 2 ||
      strides.size() != 2 || pads.size() != 4) {
    return false;
  }
  for (size_t i = 0; i < 2; ++i) {
    axes[i] = {x.shape[2 + i], window[i], strides[i], pads[i], pads[2 + i]};
    if (!axes[i].fits()) return false;
  }
  return true;
}

// Calls take(element of the image, element of the window) for the part of a window that lies in the
// image; both are offsets within one channel.
template <typename Take>
void each_in_window(const Axis (&axes)[2], int64_t step_y, int64_t step_x, const Take& take) {
  for (int64_t i = 0; i < axes[0].size; ++i) {
    const int64_t y = step_y * axes[0].stride - axes[0].before + i;
    if (y < 0 || y >= axes[0].length) continue;
    for (int64_t j = 0; j < axes[1].size; ++j) {
      const int64_t x = step_x * axes[1].stride - axes[1].before + j;
      if (x < 0 || x >= axes[1].length) continue;
      take(y * axes[1].length + x, i * axes[1].size + j);
    }
  }
}

// (images, channels) of windows: value(image, channel, step_y, step_x) at each place.
template <typename Value>
std::optional<OnnxTensor> at_each_place(const OnnxTensor& x, int64_t channels,
                                        const Axis (&axes)[2], const Value& value) {
  OnnxTensor y;
  y.shape = {x.shape[0], channels, axes[0].steps(), axes[1].steps()};
  if (y.count() > (size_t{1} << 32)) return std::nullopt;
  y.floats.reserve(y.count());
  for (int64_t image = 0; image < x.shape[0]; ++image) {
    for (int64_t channel = 0; channel < channels; ++channel) {
      for (int64_t step_y = 0; step_y < axes[0].steps(); ++step_y) {
        for (int64_t step_x = 0; step_x < axes[1].steps(); ++step_x) {
          y.floats.push_back(static_cast<float>(value(image, channel, step_y, step_x)));
        }
      }
    }
  }
  return y;
}

}  // namespace

std::optional<OnnxTensor> onnx_conv(const OnnxNode& node, const OnnxTensor& x,
                                    const OnnxTensor& filters, const OnnxTensor& bias) {
  Axis axes[2];
  if (!read_axes(node, x, axes) || filters.type != OnnxType::kFloat || filters.shape.size() != 4 ||
      filters.shape[1] != x.shape[1] || filters.shape[2] != axes[0].size ||
      filters.shape[3] != axes[1].size || bias.type != OnnxType::kFloat ||
      bias.count() != static_cast<size_t>(filters.shape[0])) {
    return std::nullopt;
  }
  const int64_t channels = x.shape[1], plane = axes[0].length * axes[1].length;
  const int64_t window = axes[0].size * axes[1].size;
  return at_each_place(
      x, filters.shape[0], axes, [&](int64_t image, int64_t out, int64_t step_y, int64_t step_x) {
        auto sum = static_cast<double>(bias.floats[static_cast<size_t>(out)]);
        for (int64_t in = 0; in < channels; ++in) {
          const float* from = x.floats.data() + (image * channels + in) * plane;
          const float* filter = filters.floats.data() + (out * channels + in) * window;
          each_in_window(axes, step_y, step_x, [&](int64_t pixel, int64_t weight) {
            sum += static_cast<double>(from[pixel]) * static_cast<double>(filter[weight]);
          });
        }
        return sum;
      });
}

std::optional<OnnxTensor> onnx_max_pool(const OnnxNode& node, const OnnxTensor& x) {
  Axis axes[2];
  if (!read_axes(node, x, axes)) return std::nullopt;
  const int64_t channels = x.shape[1], plane = axes[0].length * axes[1].length;
  return at_each_place(
      x, channels, axes, [&](int64_t image, int64_t channel, int64_t step_y, int64_t step_x) {
        const float* from = x.floats.data() + (image * channels + channel) * plane;
        float largest = -std::numeric_limits<float>::infinity();
        each_in_window(axes, step_y, step_x,
                       [&](int64_t pixel, int64_t) { largest = std::max(largest, from[pixel]); });
        return static_cast<double>(largest);
      });
}

}  // namespace kfctl
