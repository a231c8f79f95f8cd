// Matrix product, bias and activation in one op, and its gradients: a fully connected layer.
//
// Weights are (in, out), so forward is y = act(x w + b). Backward starts from dz, the gradient with
// respect to what went into this layer's activation (losses give exactly that for the last layer),
// and ends with the same for the layer below: the derivative of the activation that made x is
// applied to dx on the way out.
//
// Shapes: row-major fp32 without gaps. Memory: device memory owned by the caller; outputs overlap
// nothing. Order: queued on the device, in order; see Device. Errors: kInternal if a size is below
// 1 or a pointer that must be given is null; kDevice.
#pragma once

#include <cstdint>

namespace kfctl {

enum class Activation : int32_t {
  kIdentity,
  kRelu,
  kGelu,  // the tanh form of Hendrycks and Gimpel: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
  kTanh,
  kSigmoid,
};

// What products are computed in; sums and everything stored are fp32. A device says which it has:
// Device::precision_reason.
enum class Precision : int32_t {
  kFp32,
  kTf32,  // operands rounded to 10 bits
  kBf16,  // operands rounded to bfloat16
  kFp16,  // operands rounded to half; gradients need a loss scale
};

struct DenseForward {
  const float* x = nullptr;     // (rows, in)
  const float* w = nullptr;     // (in, out)
  const float* bias = nullptr;  // (out); null for none
  float* y = nullptr;           // (rows, out)
  float* pre = nullptr;         // (rows, out): what went into the activation. DenseBackward of the
                                // layer above needs it if the activation is kGelu; else null
  int64_t rows = 0;
  int64_t in = 0;
  int64_t out = 0;
  Activation activation = Activation::kIdentity;
  Precision precision = Precision::kFp32;
};

struct DenseBackward {
  const float* dz = nullptr;   // (rows, out)
  const float* x = nullptr;    // (rows, in)
  const float* w = nullptr;    // (in, out); may be null if dx is
  float* dw = nullptr;         // (in, out); null if not wanted (frozen weights)
  float* dbias = nullptr;      // (out); null if not wanted
  float* dx = nullptr;         // (rows, in); null if not wanted (first layer)
  const float* pre = nullptr;  // (rows, in): what went into `below`; only for kGelu
  int64_t rows = 0;
  int64_t in = 0;
  int64_t out = 0;
  Activation below = Activation::kIdentity;  // the activation that made x
  bool accumulate = false;                   // add to dw and dbias instead of overwriting them
  Precision precision = Precision::kFp32;
};

}  // namespace kfctl
