// One step of an optimiser over all parameters of a model at once.
//
// Parameters, gradients and moments lie in four arenas of the same layout; segments say which parts
// of it belong together and how each is treated. What no segment covers (padding) is left alone.
// Weights are fp32 masters whatever precision the products have.
//
// Memory, order and errors as in dense.h. Sums over many elements have a fixed order: the same bits
// for any number of threads.
#pragma once

#include <cstdint>

#include "kernels/ops/step_state.h"

namespace kfctl {

/// One tensor in the arenas, [begin, end), in elements.
struct Segment {
  int64_t begin = 0;
  int64_t end = 0;
  float decay = 0.0f;  // weight decay; 0 for biases and gains
  float l1 = 0.0f;     // added to the gradient: l1 * sign(w)
  float rate = 1.0f;   // times the learning rate; 0 freezes
};

/// norm = sqrt(sum of gradients^2) over the segments, of the gradients divided by the loss scale.
struct GradientNorm {
  const float* gradients = nullptr;
  const Segment* segments = nullptr;  // (segment_count), in device memory, sorted, apart
  double* norm = nullptr;             // one, in device memory
  const StepState* state = nullptr;   // may be null: loss scale 1
  int64_t segment_count = 0;
};

enum class OptimiserKind : int32_t {
  kSgd,    // m = momentum m + g; w -= rate * m, or with nesterov rate * (g + momentum m)
  kAdam,   // Kingma and Ba (ICLR 2015), bias corrected; decay is added to the gradient
  kAdamW,  // Loshchilov and Hutter (ICLR 2019): w -= rate * decay * w beside the step of Adam
  kLamb,   // You et al. (ICLR 2020): AdamW's step, scaled for each segment by |w| / |step|
};

/// g = gradient / loss scale, times max_norm / norm if norm > max_norm > 0. If `norm` is given and
/// not finite the step is left out: nothing changes but *skipped, to which 1 is added.
struct OptimiserStep {
  float* weights = nullptr;
  const float* gradients = nullptr;
  float* first = nullptr;             // the momentum or the first moment; null for SGD without
  float* second = nullptr;            // the second moment; null for SGD
  const Segment* segments = nullptr;  // (segment_count), in device memory, sorted, apart
  const double* norm = nullptr;       // from GradientNorm; needed if max_norm > 0
  int64_t* skipped = nullptr;         // may be null
  const StepState* state = nullptr;
  int64_t segment_count = 0;
  OptimiserKind kind = OptimiserKind::kAdamW;
  bool nesterov = false;
  float momentum = 0.9f;
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-8f;
  float max_norm = 0.0f;  // 0 for no clipping
};

}  // namespace kfctl
