// Convolution and pooling of images, channels last.
//
// Shapes: row-major fp32; images (images, height, width, channels); filters (filter_height,
// filter_width, channels, out). What lies outside of an image counts as zero in a convolution and
// as nothing in a pool (an average is over what lies inside). Memory, order and errors as in
// dense.h.
#pragma once

#include <cstdint>

#include "kernels/ops/both.h"
#include "kernels/ops/dense.h"

namespace kfctl {

struct ImageShape {
  int64_t images = 0;
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
};

struct Window {
  int64_t height = 1;
  int64_t width = 1;
  int64_t stride = 1;   // both ways
  int64_t padding = 0;  // on each side; less than height and width

  /// How many windows fit an image of this extent; below 1 if none does.
  KFCTL_BOTH int64_t down(int64_t extent) const {
    return (extent + 2 * padding - height) / stride + 1;
  }
  KFCTL_BOTH int64_t across(int64_t extent) const {
    return (extent + 2 * padding - width) / stride + 1;
  }
};

/// y = act(x * filters + bias). As a matrix product: each row of y is a place of the window.
struct ConvForward {
  const float* x = nullptr;        // shape
  const float* filters = nullptr;  // (window.height, window.width, shape.channels, out)
  const float* bias = nullptr;     // (out), or null
  float* y = nullptr;              // (images, window.down(height), window.across(width), out)
  float* pre = nullptr;            // like y; as in DenseForward
  ImageShape shape;
  Window window;
  int64_t out = 0;
  Activation activation = Activation::kIdentity;
  Precision precision = Precision::kFp32;
};

/// As DenseBackward: from dz, the gradient of what went into this layer's activation.
struct ConvBackward {
  const float* dz = nullptr;
  const float* x = nullptr;
  const float* filters = nullptr;
  float* dfilters = nullptr;   // null if not wanted
  float* dbias = nullptr;      // null if not wanted
  float* dx = nullptr;         // null if not wanted
  const float* pre = nullptr;  // like x; only for kGelu
  ImageShape shape;
  Window window;
  int64_t out = 0;
  Activation below = Activation::kIdentity;
  bool accumulate = false;
  Precision precision = Precision::kFp32;
};

enum class PoolKind : int32_t { kMax, kAverage };

/// The greatest (the first of equals; a NaN wins) or the average of each window, channel by
/// channel.
struct PoolForward {
  const float* x = nullptr;   // shape
  float* y = nullptr;         // (images, window.down(height), window.across(width), channels)
  int32_t* chosen = nullptr;  // like y: which place of the image, y * width + x, was the greatest;
                              // kMax needs it for the backward pass, else it may be null
  ImageShape shape;
  Window window;
  PoolKind kind = PoolKind::kMax;
};

/// Windows may overlap: gradients are added in the order of the windows. With `below`, dx is also
/// multiplied by the derivative of the activation that made x (not kGelu), as in DenseBackward.
struct PoolBackward {
  const float* dy = nullptr;
  const int32_t* chosen = nullptr;  // kMax only: what PoolForward wrote
  const float* x = nullptr;         // only if `below` is not kIdentity
  float* dx = nullptr;
  ImageShape shape;
  Window window;
  PoolKind kind = PoolKind::kMax;
  Activation below = Activation::kIdentity;
};

}  // namespace kfctl
