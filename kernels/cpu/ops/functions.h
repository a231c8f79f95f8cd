// Scalar functions without branches, so that the loops they stand in become vectors.
//
// exp: x = n ln 2 + r, |r| <= ln 2 / 2, with ln 2 in two parts (Cody and Waite, "Software Manual
// for the Elementary Functions", 1980), a polynomial for exp(r), n into the exponent: within 2
// units of the last place. tanh: an odd polynomial near 0, where 1 - 2 / (exp(2 x) + 1) would
// cancel. The coefficients of both are those of Moshier's Cephes library. A NaN stays a NaN
// everywhere.
#pragma once

#include "kernels/cpu/ops/simd.h"
#include "kernels/ops/dense.h"

namespace kfctl::cpu::KFCTL_ISA {

KFCTL_INLINE float bits_to_float(int32_t bits) { return __builtin_bit_cast(float, bits); }
KFCTL_INLINE int32_t float_to_bits(float value) { return __builtin_bit_cast(int32_t, value); }

KFCTL_INLINE float fast_exp(float x) {
  constexpr float kMagic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
  const float low = x < -87.0f ? -87.0f : x;
  const float clamped = low > 88.0f ? 88.0f : low;
  const float shifted = clamped * 1.44269504088896341f + kMagic;
  const float n = shifted - kMagic;
  const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  // The low bits of `shifted` are n.
  const uint32_t exponent = static_cast<uint32_t>(float_to_bits(shifted)) - 0x4b400000u + 127u;
  const float scaled = p * bits_to_float(static_cast<int32_t>(exponent << 23));
  return x < -87.0f ? 0.0f : scaled;
}

KFCTL_INLINE float fast_sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

KFCTL_INLINE float fast_tanh(float x) {
  const float square = x * x;
  float p = -5.70498872745e-3f;
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const float near = p * square * x + x;
  const float far = 1.0f - 2.0f / (fast_exp(2.0f * x) + 1.0f);
  return square < 0.390625f ? near : far;  // |x| < 0.625
}

constexpr float kGeluScale = 0.7978845608028654f;  // sqrt(2 / pi)
constexpr float kGeluCube = 0.044715f;

KFCTL_INLINE float gelu(float x) {
  return 0.5f * x * (1.0f + fast_tanh(kGeluScale * (x + kGeluCube * x * x * x)));
}

KFCTL_INLINE float gelu_slope(float x) {
  const float t = fast_tanh(kGeluScale * (x + kGeluCube * x * x * x));
  return 0.5f * (1.0f + t) +
         0.5f * x * (1.0f - t * t) * kGeluScale * (1.0f + 3.0f * kGeluCube * x * x);
}

/// y = activation(x); y may be x.
static inline void activate(Activation activation, const float* x, float* y, int64_t count) {
  switch (activation) {
    case Activation::kIdentity:
      for (int64_t i = 0; i < count; ++i) y[i] = x[i];
      break;
    case Activation::kRelu:
      for (int64_t i = 0; i < count; ++i) y[i] = x[i] < 0.0f ? 0.0f : x[i];
      break;
    case Activation::kGelu:
      for (int64_t i = 0; i < count; ++i) y[i] = gelu(x[i]);
      break;
    case Activation::kTanh:
      for (int64_t i = 0; i < count; ++i) y[i] = fast_tanh(x[i]);
      break;
    case Activation::kSigmoid:
      for (int64_t i = 0; i < count; ++i) y[i] = fast_sigmoid(x[i]);
      break;
  }
}

/// dx = dy * slope of the activation, from its input x (kGelu) or its output y; dx may be dy.
static inline void multiply_slope(Activation activation, const float* x, const float* y,
                                  const float* dy, float* dx, int64_t count) {
  switch (activation) {
    case Activation::kIdentity:
      for (int64_t i = 0; i < count; ++i) dx[i] = dy[i];
      break;
    case Activation::kRelu:
      for (int64_t i = 0; i < count; ++i) dx[i] = y[i] > 0.0f ? dy[i] : 0.0f;
      break;
    case Activation::kGelu:
      for (int64_t i = 0; i < count; ++i) dx[i] = dy[i] * gelu_slope(x[i]);
      break;
    case Activation::kTanh:
      for (int64_t i = 0; i < count; ++i) dx[i] = dy[i] * (1.0f - y[i] * y[i]);
      break;
    case Activation::kSigmoid:
      for (int64_t i = 0; i < count; ++i) dx[i] = dy[i] * y[i] * (1.0f - y[i]);
      break;
  }
}

}  // namespace kfctl::cpu::KFCTL_ISA
