// The formulas of loss.h, one row after the other.
//
// For the softmax, with f(p) = -(1 - p)^gamma log p and g[c] = t[c] f'(p[c]) p[c], the gradient of
// a row's loss is g[c] - p[c] * sum of g; without gamma g is -t, and this is p - t.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/ops.h"
#include "kernels/reference/functions.h"

namespace kfctl::reference {
namespace {

double weight_of(const float* weights, int64_t row) {
  return weights == nullptr ? 1.0 : double{weights[row]};
}

/// What a row's gradient is multiplied by, but for its weight.
double gradient_scale(float scale, const StepState* state, double total) {
  if (total == 0.0) return 0.0;
  return double{scale} * (state == nullptr ? 1.0 : double{state->loss_scale}) / total;
}

/// (1 - p)^gamma, from 1 - p.
double focus(double rest, double gamma) { return gamma == 0.0 ? 1.0 : std::pow(rest, gamma); }

struct SoftmaxRow {
  double loss = 0.0;
  int64_t best = 0;
  std::vector<double> gradient;
};

SoftmaxRow softmax_row(const SoftmaxLoss& op, const float* logits, int32_t label) {
  SoftmaxRow row;
  row.best = std::max_element(logits, logits + op.classes) - logits;
  const double greatest = double{logits[row.best]};
  double sum = 0.0;
  for (int64_t c = 0; c < op.classes; ++c) sum += std::exp(double{logits[c]} - greatest);

  const double gamma = double{op.gamma};
  double total = 0.0;
  for (int64_t c = 0; c < op.classes; ++c) {
    const double target = (c == label ? 1.0 - double{op.smoothing} : 0.0) +
                          double{op.smoothing} / static_cast<double>(op.classes);
    const double log_p = double{logits[c]} - greatest - std::log(sum);
    const double p = std::exp(log_p);
    const double rest = -std::expm1(log_p);
    // A target of 0 times a log_p of minus infinity is nothing, not a NaN.
    if (target > 0.0) row.loss -= target * focus(rest, gamma) * log_p;
    const double bend =
        gamma == 0.0 || rest == 0.0 ? 0.0 : gamma * p * std::pow(rest, gamma - 1.0) * log_p;
    row.gradient.push_back(target == 0.0 ? 0.0 : target * (bend - focus(rest, gamma)));
    total += row.gradient.back();
  }
  for (int64_t c = 0; c < op.classes; ++c) {
    const double p = std::exp(double{logits[c]} - greatest) / sum;
    row.gradient[static_cast<size_t>(c)] -= p * total;
  }
  return row;
}

double softmax_weight(const SoftmaxLoss& op, int64_t row) {
  const int32_t label = op.labels[row];
  if (label < 0 || label >= op.classes) return 0.0;
  return weight_of(op.weights, row) * weight_of(op.class_weights, label);
}

void write_gradient(float* target, const std::vector<double>& gradient, double scale) {
  for (size_t c = 0; c < gradient.size(); ++c) {
    target[c] = scale == 0.0 ? 0.0f : static_cast<float>(gradient[c] * scale);
  }
}

struct SigmoidValue {
  double loss = 0.0;
  double gradient = 0.0;
};

SigmoidValue sigmoid_value(const SigmoidLoss& op, double z, double target, double positive) {
  const double t = target * (1.0 - double{op.smoothing}) + double{op.smoothing} / 2.0;
  const double gamma = double{op.gamma};
  const double p = sigmoid(z);
  const double rest = sigmoid(-z);
  const double if_true = softplus(-z);
  const double if_false = softplus(z);
  return {positive * t * focus(rest, gamma) * if_true + (1.0 - t) * focus(p, gamma) * if_false,
          -positive * t * focus(rest, gamma) * (rest + gamma * p * if_true) +
              (1.0 - t) * focus(p, gamma) * (p + gamma * rest * if_false)};
}

}  // namespace

Status run(const SoftmaxLoss& op) {
  KF_DO(check(op));
  double total = 0.0;
  for (int64_t row = 0; row < op.rows; ++row) total += softmax_weight(op, row);
  const double scale = gradient_scale(op.scale, op.state, total);

  LossTotals sums;
  for (int64_t r = 0; r < op.rows; ++r) {
    const double weight = softmax_weight(op, r);
    const int32_t label = op.labels[r];
    const bool counts = label >= 0 && label < op.classes;
    const SoftmaxRow row = softmax_row(op, op.logits + r * op.classes, counts ? label : 0);
    if (weight != 0.0) sums.loss += weight * row.loss;
    sums.weight += weight;
    sums.correct += counts && row.best == label;
    sums.count += counts;
    if (op.dlogits != nullptr) {
      write_gradient(op.dlogits + r * op.classes, row.gradient, weight * scale);
    }
  }
  add_to(op.totals, sums);
  return Ok{};
}

Status run(const SigmoidLoss& op) {
  KF_DO(check(op));
  double total = 0.0;
  for (int64_t row = 0; row < op.rows; ++row) total += weight_of(op.weights, row);
  const double scale = gradient_scale(op.scale, op.state, total);

  LossTotals sums;
  sums.weight = total;
  for (int64_t row = 0; row < op.rows; ++row) {
    const double weight = weight_of(op.weights, row);
    for (int64_t c = 0; c < op.outputs; ++c) {
      const int64_t i = row * op.outputs + c;
      const double z = double{op.logits[i]};
      const double target = double{op.targets[i]};
      const bool counts = !std::isnan(target);
      const SigmoidValue value =
          counts ? sigmoid_value(op, z, target, weight_of(op.positive_weights, c)) : SigmoidValue();
      if (weight != 0.0) sums.loss += weight * value.loss;
      sums.correct += counts && (z > 0.0) == (target > 0.5);
      sums.count += counts;
      if (op.dlogits == nullptr) continue;
      const double factor = weight * scale;
      op.dlogits[i] = factor == 0.0 ? 0.0f : static_cast<float>(value.gradient * factor);
    }
  }
  add_to(op.totals, sums);
  return Ok{};
}

Status run(const RegressionLoss& op) {
  KF_DO(check(op));
  double total = 0.0;
  for (int64_t row = 0; row < op.rows; ++row) total += weight_of(op.weights, row);
  const double outputs = static_cast<double>(op.outputs);
  const double scale = gradient_scale(op.scale, op.state, total) / outputs;
  const double delta = double{op.delta};

  LossTotals sums;
  sums.weight = total;
  for (int64_t row = 0; row < op.rows; ++row) {
    const double weight = weight_of(op.weights, row);
    for (int64_t i = row * op.outputs; i < (row + 1) * op.outputs; ++i) {
      const double d = double{op.predictions[i]} - double{op.targets[i]};
      const bool squared = op.kind == RegressionKind::kSquared;
      const bool near = std::fabs(d) <= delta;
      const double loss = squared ? d * d
                          : near  ? d * d / 2.0
                                  : delta * (std::fabs(d) - delta / 2.0);
      const double gradient = squared ? 2.0 * d : near ? d : std::copysign(delta, d);
      if (weight != 0.0) sums.loss += weight * loss / outputs;
      if (op.dpredictions == nullptr) continue;
      const double factor = weight * scale;
      op.dpredictions[i] = factor == 0.0 ? 0.0f : static_cast<float>(gradient * factor);
    }
  }
  add_to(op.totals, sums);
  return Ok{};
}

}  // namespace kfctl::reference
