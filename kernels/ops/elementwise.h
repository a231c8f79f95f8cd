// Ops on arrays of `count` floats, element by element. Order and errors as in dense.h. In all of
// them an output may be the same array as an input, but not overlap it otherwise.
#pragma once

#include <cstdint>

#include "kernels/ops/dense.h"
#include "kernels/ops/step_state.h"

namespace kfctl {

/// y[i] = value
struct Fill {
  float* y = nullptr;
  int64_t count = 0;
  float value = 0.0f;
};

/// y[i] = scale * x[i] + keep * y[i]; with keep = 0, y is not read.
struct AddScaled {
  const float* x = nullptr;
  float* y = nullptr;
  int64_t count = 0;
  float scale = 1.0f;
  float keep = 1.0f;
};

/// y[i] = activation(x[i])
struct ActivationForward {
  const float* x = nullptr;
  float* y = nullptr;
  int64_t count = 0;
  Activation activation = Activation::kIdentity;
};

/// dx[i] = dy[i] * the derivative of the activation at x[i]. kRelu, kTanh and kSigmoid take it from
/// y = activation(x) and may leave x null; kGelu takes it from x and may leave y null.
struct ActivationBackward {
  const float* x = nullptr;
  const float* y = nullptr;
  const float* dy = nullptr;
  float* dx = nullptr;
  int64_t count = 0;
  Activation activation = Activation::kIdentity;
};

/// y[i] = x[i] / (1 - rate) with probability 1 - rate, else 0. Which elements are kept is a
/// function of (state->seed, state->step, stream, i) alone: the same op on the gradient, with the
/// same `stream`, is the backward pass. 0 <= rate < 1.
struct Dropout {
  const float* x = nullptr;
  float* y = nullptr;
  int64_t count = 0;
  float rate = 0.0f;
  uint32_t stream = 0;  // tells apart the dropout layers of one model
  const StepState* state = nullptr;
};

/// Probabilities from logits, row by row: y[r,c] = exp(x[r,c]) / sum over c of exp(x[r,c]).
struct Softmax {
  const float* x = nullptr;  // (rows, classes)
  float* y = nullptr;        // (rows, classes); may be x
  int64_t rows = 0;
  int64_t classes = 0;
};

}  // namespace kfctl
