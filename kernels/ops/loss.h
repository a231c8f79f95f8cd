// Losses, each in one pass with its gradient.
//
// A loss is the weighted mean over the rows of the batch: sum of weight * loss / sum of weight.
// What is added to `totals` are the two sums, so that means over many batches are exact. The
// gradient is that of the mean, times `scale`, times state->loss_scale if there is a state. If
// every weight is zero, so is the gradient.
//
// Shapes: row-major fp32. Memory, order and errors as in dense.h; the gradient may be written over
// the predictions (dlogits == logits).
#pragma once

#include <cstdint>

#include "kernels/ops/both.h"
#include "kernels/ops/step_state.h"

namespace kfctl {

/// In device memory; ops add to it in a fixed order. The host zeroes it and reads it.
struct LossTotals {
  double loss = 0.0;    // sum of weight * loss; not finite if any loss is not
  double weight = 0.0;  // sum of weight
  int64_t correct = 0;  // rows (SoftmaxLoss) or values (SigmoidLoss) predicted right
  int64_t count = 0;    // of how many
};

/// Adds `sums` to *totals, unless that is null.
KFCTL_BOTH inline void add_to(LossTotals* totals, const LossTotals& sums) {
  if (totals == nullptr) return;
  totals->loss += sums.loss;
  totals->weight += sums.weight;
  totals->correct += sums.correct;
  totals->count += sums.count;
}

/// loss = sum over c of t[c] * (1 - p[c])^gamma * -log p[c], where p = softmax(logits) and t is 1 -
/// smoothing at the label plus smoothing / classes everywhere. gamma > 0 is the focal loss of Lin
/// et al. (ICCV 2017). A row's weight is weights[r] * class_weights[label]. A label outside of [0,
/// classes) gives its row the weight 0, and it is not counted.
struct SoftmaxLoss {
  const float* logits = nullptr;         // (rows, classes)
  const int32_t* labels = nullptr;       // (rows)
  const float* weights = nullptr;        // (rows), or null
  const float* class_weights = nullptr;  // (classes), or null
  float* dlogits = nullptr;              // (rows, classes); null to evaluate only
  LossTotals* totals = nullptr;          // one; may be null
  const StepState* state = nullptr;      // may be null
  int64_t rows = 0;
  int64_t classes = 0;
  float smoothing = 0.0f;  // [0, 1)
  float gamma = 0.0f;      // >= 0
  float scale = 1.0f;
};

/// For each output on its own, with p = sigmoid(logit) and t = target * (1 - smoothing) + smoothing
/// / 2: loss = -(positive_weight * t * (1 - p)^gamma * log p + (1 - t) * p^gamma * log(1 - p)); a
/// row's loss is the sum over its outputs. A target is in [0, 1]; a NaN has no loss and no
/// gradient. Counted as correct: logit > 0 where target > 0.5.
struct SigmoidLoss {
  const float* logits = nullptr;            // (rows, outputs)
  const float* targets = nullptr;           // (rows, outputs)
  const float* weights = nullptr;           // (rows), or null
  const float* positive_weights = nullptr;  // (outputs), or null for 1
  float* dlogits = nullptr;                 // (rows, outputs); null to evaluate only
  LossTotals* totals = nullptr;             // may be null
  const StepState* state = nullptr;         // may be null
  int64_t rows = 0;
  int64_t outputs = 0;
  float smoothing = 0.0f;
  float gamma = 0.0f;
  float scale = 1.0f;
};

enum class RegressionKind : int32_t {
  kSquared,  // d^2, where d = prediction - target: the mean squared error
  kHuber,    // d^2 / 2 where |d| <= delta, else delta * (|d| - delta / 2)
};

/// A row's loss is the mean over its outputs.
struct RegressionLoss {
  const float* predictions = nullptr;  // (rows, outputs)
  const float* targets = nullptr;      // (rows, outputs)
  const float* weights = nullptr;      // (rows), or null
  float* dpredictions = nullptr;       // (rows, outputs); null to evaluate only
  LossTotals* totals = nullptr;        // may be null; nothing is correct or wrong: count stays
  const StepState* state = nullptr;    // may be null
  int64_t rows = 0;
  int64_t outputs = 0;
  RegressionKind kind = RegressionKind::kSquared;
  float delta = 1.0f;  // > 0
  float scale = 1.0f;
};

}  // namespace kfctl
