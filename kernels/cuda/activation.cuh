// Activations and their derivatives; the formulas are those of kernels/reference/functions.cpp.
#pragma once

#include "kernels/ops/dense.h"

namespace kfctl {

constexpr float kGeluScale = 0.7978845608028654f;  // sqrt(2 / pi)
constexpr float kGeluCube = 0.044715f;

__device__ inline float sigmoidf(float x) { return 1.0f / (1.0f + expf(-x)); }

__device__ inline float activate(Activation activation, float x) {
  switch (activation) {
    case Activation::kIdentity:
      return x;
    case Activation::kRelu:
      return x < 0.0f ? 0.0f : x;  // a NaN stays one
    case Activation::kGelu:
      return 0.5f * x * (1.0f + tanhf(kGeluScale * (x + kGeluCube * x * x * x)));
    case Activation::kTanh:
      return tanhf(x);
    case Activation::kSigmoid:
      return sigmoidf(x);
  }
  return x;
}

/// From what went in and what came out; only kGelu looks at `x`.
__device__ inline float slope(Activation activation, float x, float y) {
  switch (activation) {
    case Activation::kIdentity:
      return 1.0f;
    case Activation::kRelu:
      return y > 0.0f ? 1.0f : 0.0f;
    case Activation::kGelu: {
      const float t = tanhf(kGeluScale * (x + kGeluCube * x * x * x));
      return 0.5f * (1.0f + t) +
             0.5f * x * (1.0f - t * t) * kGeluScale * (1.0f + 3.0f * kGeluCube * x * x);
    }
    case Activation::kTanh:
      return 1.0f - y * y;
    case Activation::kSigmoid:
      return y * (1.0f - y);
  }
  return 1.0f;
}

}  // namespace kfctl
