// Layer and batch normalisation: y = gain * (x - mean) / sqrt(variance + epsilon) + shift.
//
// Variances are those of the population (divided by the count). Shapes: row-major fp32, x and y
// (rows, channels); images are (n * height * width, channels). Memory, order and errors as in
// dense.h; y overlaps nothing, dx may be dy.
#pragma once

#include <cstdint>

namespace kfctl {

/// Over the channels of each row.
struct LayerNormForward {
  const float* x = nullptr;
  const float* gain = nullptr;   // (channels)
  const float* shift = nullptr;  // (channels)
  float* y = nullptr;
  float* mean = nullptr;     // (rows): kept for the backward pass
  float* inverse = nullptr;  // (rows): 1 / sqrt(variance + epsilon), kept for the backward pass
  int64_t rows = 0;
  int64_t channels = 0;
  float epsilon = 1e-5f;
};

struct LayerNormBackward {
  const float* x = nullptr;
  const float* gain = nullptr;
  const float* mean = nullptr;
  const float* inverse = nullptr;
  const float* dy = nullptr;
  float* dx = nullptr;
  float* dgain = nullptr;   // (channels)
  float* dshift = nullptr;  // (channels)
  int64_t rows = 0;
  int64_t channels = 0;
  bool accumulate = false;  // add to dgain and dshift
};

/// Over the rows of each channel. Training uses the batch's statistics and moves the running ones:
/// running = (1 - momentum) * running + momentum * batch, with the variance of the sample (rows -
/// 1) as PyTorch has it. Otherwise the running ones are used, and mean and inverse may be null.
struct BatchNormForward {
  const float* x = nullptr;
  const float* gain = nullptr;
  const float* shift = nullptr;
  float* running_mean = nullptr;      // (channels)
  float* running_variance = nullptr;  // (channels)
  float* y = nullptr;
  float* mean = nullptr;     // (channels): kept for the backward pass
  float* inverse = nullptr;  // (channels)
  int64_t rows = 0;          // training: at least 2
  int64_t channels = 0;
  float epsilon = 1e-5f;
  float momentum = 0.1f;
  bool training = false;
};

struct BatchNormBackward {
  const float* x = nullptr;
  const float* gain = nullptr;
  const float* mean = nullptr;
  const float* inverse = nullptr;
  const float* dy = nullptr;
  float* dx = nullptr;  // null if not wanted
  float* dgain = nullptr;
  float* dshift = nullptr;
  int64_t rows = 0;
  int64_t channels = 0;
  bool accumulate = false;
};

}  // namespace kfctl
