#include <cmath>
#include <vector>

#include "kernels/ops.h"

namespace kfctl::reference {
namespace {

/// What one element's gradient becomes before the rule of the optimiser sees it.
double gradient_of(const OptimiserStep& op, const Segment& segment, int64_t i, double scale) {
  const double w = double{op.weights[i]};
  const double sign = w > 0.0 ? 1.0 : w < 0.0 ? -1.0 : 0.0;
  double g = double{op.gradients[i]} * scale + double{segment.l1} * sign;
  if (op.kind == OptimiserKind::kSgd || op.kind == OptimiserKind::kAdam) {
    g += double{segment.decay} * w;
  }
  return g;
}

/// The step of element i before the learning rate, moments updated.
double step_of(const OptimiserStep& op, const Segment& segment, int64_t i, double scale) {
  const double g = gradient_of(op, segment, i, scale);
  if (op.kind == OptimiserKind::kSgd) {
    if (op.first == nullptr) return g;
    const double m = double{op.momentum} * double{op.first[i]} + g;
    op.first[i] = static_cast<float>(m);
    return op.nesterov ? g + double{op.momentum} * m : m;
  }
  const double beta1 = double{op.beta1};
  const double beta2 = double{op.beta2};
  const double t = static_cast<double>(op.state->step + 1);
  const double m = beta1 * double{op.first[i]} + (1.0 - beta1) * g;
  const double v = beta2 * double{op.second[i]} + (1.0 - beta2) * g * g;
  op.first[i] = static_cast<float>(m);
  op.second[i] = static_cast<float>(v);
  const double adam = m / (1.0 - std::pow(beta1, t)) /
                      (std::sqrt(v / (1.0 - std::pow(beta2, t))) + double{op.epsilon});
  const bool beside = op.kind == OptimiserKind::kAdamW || op.kind == OptimiserKind::kLamb;
  return adam + (beside ? double{segment.decay} * double{op.weights[i]} : 0.0);
}

/// LAMB applies the steps of a segment once it knows how long they are; they wait in `steps`.
void update(const OptimiserStep& op, const Segment& segment, double scale) {
  const double rate = double{op.state->learning_rate} * double{segment.rate};
  std::vector<double> steps;
  double of_weights = 0.0;
  double of_steps = 0.0;
  for (int64_t i = segment.begin; i < segment.end; ++i) {
    steps.push_back(step_of(op, segment, i, scale));
    of_weights += double{op.weights[i]} * double{op.weights[i]};
    of_steps += steps.back() * steps.back();
  }
  double trust = 1.0;
  if (op.kind == OptimiserKind::kLamb && of_weights > 0.0 && of_steps > 0.0) {
    trust = std::sqrt(of_weights / of_steps);
  }
  for (int64_t i = segment.begin; i < segment.end; ++i) {
    op.weights[i] = static_cast<float>(
        double{op.weights[i]} - rate * trust * steps[static_cast<size_t>(i - segment.begin)]);
  }
}

}  // namespace

Status run(const GradientNorm& op) {
  KF_DO(check(op));
  double sum = 0.0;
  for (int64_t s = 0; s < op.segment_count; ++s) {
    for (int64_t i = op.segments[s].begin; i < op.segments[s].end; ++i) {
      sum += double{op.gradients[i]} * double{op.gradients[i]};
    }
  }
  *op.norm = std::sqrt(sum) / (op.state == nullptr ? 1.0 : double{op.state->loss_scale});
  return Ok{};
}

Status run(const OptimiserStep& op) {
  KF_DO(check(op));
  double scale = 1.0 / double{op.state->loss_scale};
  if (op.norm != nullptr) {
    if (!std::isfinite(*op.norm)) {
      if (op.skipped != nullptr) ++*op.skipped;
      return Ok{};
    }
    if (op.max_norm > 0.0f && *op.norm > double{op.max_norm}) {
      scale *= double{op.max_norm} / *op.norm;
    }
  }
  for (int64_t s = 0; s < op.segment_count; ++s) update(op, op.segments[s], scale);
  return Ok{};
}

}  // namespace kfctl::reference
