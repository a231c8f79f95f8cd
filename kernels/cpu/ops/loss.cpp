// Losses and their gradients; the formulas are those of kernels/reference/loss.cpp.
//
// Without the focal term a row is some vector operations in fp32; with it, it is computed in
// double, one value after the other.
#include "kernels/cpu/ops/functions.h"
#include "kernels/cpu/ops/ops.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

constexpr int64_t kRows = 64;  // of a part

KFCTL_INLINE double weight_of(const float* weights, int64_t row) {
  return weights == nullptr ? 1.0 : static_cast<double>(weights[row]);
}

double gradient_scale(float scale, const StepState* state, double total) {
  if (total == 0.0) return 0.0;
  const double loss_scale = state == nullptr ? 1.0 : static_cast<double>(state->loss_scale);
  return static_cast<double>(scale) * loss_scale / total;
}

/// (1 - p)^gamma, from 1 - p.
double focus(double rest, double gamma) { return gamma == 0.0 ? 1.0 : __builtin_pow(rest, gamma); }

/// Calls row_part(first, last, totals, worker) for parts of the rows and adds up what they found.
template <typename Body>
KFCTL_INLINE void add_parts(Context& context, int64_t rows, int64_t width, LossTotals* totals,
                            const Body& body) {
  const int64_t parts = pieces(rows, kRows);
  LossTotals* const found =
      static_cast<LossTotals*>(context.scratch(1, static_cast<size_t>(parts) * sizeof(LossTotals)));
  for_pieces(context, parts, rows * width * 4, [&](int64_t part, int worker) {
    LossTotals own;
    body(part * kRows, smaller((part + 1) * kRows, rows), own, worker);
    found[part] = own;
  });
  for (int64_t part = 0; part < parts; ++part) add_to(totals, found[part]);
}

// Softmax.

bool counts(const SoftmaxLoss& op, int64_t row) {
  return op.labels[row] >= 0 && op.labels[row] < op.classes;
}

double softmax_weight(const SoftmaxLoss& op, int64_t row) {
  if (!counts(op, row)) return 0.0;
  return weight_of(op.weights, row) * weight_of(op.class_weights, op.labels[row]);
}

/// Is the label the first of the greatest?
bool is_best(const float* logits, int32_t label, float most) {
  for (int32_t c = 0; c < label; ++c) {
    if (logits[c] >= most) return false;
  }
  return logits[label] >= most;
}

/// The loss of a row without a focal term; its gradient times `factor` goes to `dlogits`. `e` has
/// room for the classes, rounded up to whole vectors.
double plain_row(const SoftmaxLoss& op, const float* logits, int32_t label, float factor, float* e,
                 float* dlogits, bool& correct) {
  const int64_t padded = pieces(op.classes, KFCTL_LANES) * KFCTL_LANES;
  float most = logits[0];
  for (int64_t c = 0; c < op.classes; ++c) {
    most = logits[c] > most ? logits[c] : most;
    e[c] = logits[c];
  }
  for (int64_t c = op.classes; c < padded; ++c) e[c] = -1e30f;
  correct = is_best(logits, label, most);

  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t c = 0; c < padded; ++c) {
    e[c] = fast_exp(e[c] - most);
    sum += e[c];
  }
  const float share = op.smoothing / static_cast<float>(op.classes);
  if (dlogits != nullptr) {
    const float scale = factor / sum;
    const float background = factor * share;
    for (int64_t c = 0; c < op.classes; ++c) e[c] = e[c] * scale - background;
    e[label] -= factor * (1.0f - op.smoothing);
  }
  double away = static_cast<double>(most) - static_cast<double>(logits[label]);
  if (op.smoothing > 0.0f) {
    double all = 0.0;
    for (int64_t c = 0; c < op.classes; ++c) all += static_cast<double>(most - logits[c]);
    away = away * static_cast<double>(1.0f - op.smoothing) + all * static_cast<double>(share);
  }
  if (dlogits != nullptr) {
    for (int64_t c = 0; c < op.classes; ++c) dlogits[c] = factor == 0.0f ? 0.0f : e[c];
  }
  return __builtin_log(static_cast<double>(sum)) + away;
}

/// The same with a focal term. `g` has room for the classes.
double focal_row(const SoftmaxLoss& op, const float* logits, int32_t label, double factor, float* g,
                 float* dlogits, bool& correct) {
  float most = logits[0];
  for (int64_t c = 1; c < op.classes; ++c) most = logits[c] > most ? logits[c] : most;
  correct = is_best(logits, label, most);
  double sum = 0.0;
  for (int64_t c = 0; c < op.classes; ++c) {
    sum += __builtin_exp(static_cast<double>(logits[c] - most));
  }
  const double log_sum = __builtin_log(sum);
  const double gamma = static_cast<double>(op.gamma);
  const double share = static_cast<double>(op.smoothing) / static_cast<double>(op.classes);
  double loss = 0.0;
  double total = 0.0;
  for (int64_t c = 0; c < op.classes; ++c) {
    const double target = (c == label ? 1.0 - static_cast<double>(op.smoothing) : 0.0) + share;
    const double log_p = static_cast<double>(logits[c] - most) - log_sum;
    const double rest = -__builtin_expm1(log_p);
    if (target > 0.0) loss -= target * focus(rest, gamma) * log_p;
    const double bend =
        rest == 0.0 ? 0.0 : gamma * __builtin_exp(log_p) * __builtin_pow(rest, gamma - 1.0) * log_p;
    const double slope = target == 0.0 ? 0.0 : target * (bend - focus(rest, gamma));
    g[c] = static_cast<float>(slope);
    total += slope;
  }
  for (int64_t c = 0; dlogits != nullptr && c < op.classes; ++c) {
    const double p = __builtin_exp(static_cast<double>(logits[c] - most) - log_sum);
    const double gradient = static_cast<double>(g[c]) - p * total;
    dlogits[c] = factor == 0.0 ? 0.0f : static_cast<float>(gradient * factor);
  }
  return loss;
}

// Sigmoid.

KFCTL_INLINE float fast_log(float x) {  // of a normal number; Cephes' logf
  const int32_t bits = float_to_bits(x);
  const int32_t raised = bits - 0x3f3504f3;  // mantissas from sqrt(1/2) on
  const float exponent = static_cast<float>(raised >> 23);
  const float m = bits_to_float((raised & 0x007fffff) + 0x3f3504f3) - 1.0f;
  const float square = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  const float tail = p * m * square - 0.5f * square - exponent * 2.12194440e-4f;
  return m + tail + exponent * 0.693359375f;
}

/// log(1 + exp(-x)) for x >= 0, from e = exp(-x): what 1 + e lost of e is made up for.
KFCTL_INLINE float log_one_plus(float e) {
  const float sum = 1.0f + e;
  const float kept = sum - 1.0f;
  return kept == 0.0f ? e : fast_log(sum) * (e / kept);
}

struct SigmoidValue {
  float loss;
  float gradient;
};

KFCTL_INLINE SigmoidValue plain_value(float z, float target, float positive) {
  const float size = z < 0.0f ? -z : z;
  const float e = fast_exp(-size);
  const float small = log_one_plus(e);
  const float if_true = small + (z < 0.0f ? -z : 0.0f);  // -log p
  const float if_false = small + (z > 0.0f ? z : 0.0f);  // -log(1 - p)
  const float p_of_size = 1.0f / (1.0f + e);
  const float p = z < 0.0f ? e * p_of_size : p_of_size;
  const float rest = z < 0.0f ? p_of_size : e * p_of_size;
  return {positive * target * if_true + (1.0f - target) * if_false,
          (1.0f - target) * p - positive * target * rest};
}

SigmoidValue focal_value(double z, double t, double positive, double gamma) {
  const double size = z < 0.0 ? -z : z;
  const double e = __builtin_exp(-size);
  const double p = z < 0.0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
  const double rest = z < 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
  const double if_true = __builtin_log1p(e) + (z < 0.0 ? -z : 0.0);
  const double if_false = __builtin_log1p(e) + (z > 0.0 ? z : 0.0);
  const double loss =
      positive * t * focus(rest, gamma) * if_true + (1.0 - t) * focus(p, gamma) * if_false;
  const double gradient = -positive * t * focus(rest, gamma) * (rest + gamma * p * if_true) +
                          (1.0 - t) * focus(p, gamma) * (p + gamma * rest * if_false);
  return {static_cast<float>(loss), static_cast<float>(gradient)};
}

void sigmoid_row(const SigmoidLoss& op, int64_t row, double weight, double scale,
                 LossTotals& totals) {
  double loss = 0.0;
  const float factor = static_cast<float>(weight * scale);
  for (int64_t c = 0; c < op.outputs; ++c) {
    const int64_t i = row * op.outputs + c;
    const float z = op.logits[i];
    const float target = op.targets[i];
    const bool known = !__builtin_isnan(target);
    const float positive = op.positive_weights == nullptr ? 1.0f : op.positive_weights[c];
    const float smooth = target * (1.0f - op.smoothing) + op.smoothing * 0.5f;
    SigmoidValue value = {0.0f, 0.0f};
    if (known && op.gamma == 0.0f) {
      value = plain_value(z, smooth, positive);
    } else if (known) {
      value = focal_value(static_cast<double>(z), static_cast<double>(smooth),
                          static_cast<double>(positive), static_cast<double>(op.gamma));
    }
    loss += static_cast<double>(value.loss);
    totals.correct += known && (z > 0.0f) == (target > 0.5f);
    totals.count += known;
    if (op.dlogits != nullptr) op.dlogits[i] = factor == 0.0f ? 0.0f : value.gradient * factor;
  }
  if (weight != 0.0) totals.loss += weight * loss;
}

void regression_row(const RegressionLoss& op, int64_t row, double weight, double scale,
                    LossTotals& totals) {
  const float factor = static_cast<float>(weight * scale);
  double loss = 0.0;
  for (int64_t i = row * op.outputs; i < (row + 1) * op.outputs; ++i) {
    const float d = op.predictions[i] - op.targets[i];
    const float size = d < 0.0f ? -d : d;
    float value = d * d;
    float gradient = 2.0f * d;
    if (op.kind == RegressionKind::kHuber) {
      const bool near = size <= op.delta;
      value = near ? 0.5f * d * d : op.delta * (size - 0.5f * op.delta);
      gradient = near ? d : d < 0.0f ? -op.delta : op.delta;
    }
    loss += static_cast<double>(value);
    if (op.dpredictions != nullptr) op.dpredictions[i] = factor == 0.0f ? 0.0f : gradient * factor;
  }
  if (weight != 0.0) totals.loss += weight * loss / static_cast<double>(op.outputs);
}

double total_weight(const float* weights, int64_t rows) {
  if (weights == nullptr) return static_cast<double>(rows);
  double total = 0.0;
  for (int64_t row = 0; row < rows; ++row) total += static_cast<double>(weights[row]);
  return total;
}

}  // namespace

void run(const SoftmaxLoss& op, Context& context) {
  double total = 0.0;
  for (int64_t row = 0; row < op.rows; ++row) total += softmax_weight(op, row);
  const double scale = gradient_scale(op.scale, op.state, total);
  const size_t room =
      static_cast<size_t>(pieces(op.classes, KFCTL_LANES) * KFCTL_LANES) * sizeof(float);

  add_parts(
      context, op.rows, op.classes, op.totals,
      [&](int64_t first, int64_t last, LossTotals& totals, int worker) {
        float* const e = static_cast<float*>(context.worker_scratch(worker, room));
        for (int64_t row = first; row < last; ++row) {
          const bool known = counts(op, row);
          const double weight = softmax_weight(op, row);
          const float* const logits = op.logits + row * op.classes;
          const int32_t label = known ? op.labels[row] : 0;
          float* const dlogits = op.dlogits == nullptr ? nullptr : op.dlogits + row * op.classes;
          bool correct = false;
          const double loss =
              op.gamma == 0.0f ? plain_row(op, logits, label, static_cast<float>(weight * scale), e,
                                           dlogits, correct)
                               : focal_row(op, logits, label, weight * scale, e, dlogits, correct);
          if (weight != 0.0) totals.loss += weight * loss;
          totals.weight += weight;
          totals.correct += known && correct;
          totals.count += known;
        }
      });
}

void run(const SigmoidLoss& op, Context& context) {
  const double total = total_weight(op.weights, op.rows);
  const double scale = gradient_scale(op.scale, op.state, total);
  add_parts(context, op.rows, op.outputs, op.totals,
            [&](int64_t first, int64_t last, LossTotals& totals, int) {
              for (int64_t row = first; row < last; ++row) {
                const double weight = weight_of(op.weights, row);
                sigmoid_row(op, row, weight, scale, totals);
                totals.weight += weight;
              }
            });
}

void run(const RegressionLoss& op, Context& context) {
  const double total = total_weight(op.weights, op.rows);
  const double scale = gradient_scale(op.scale, op.state, total) / static_cast<double>(op.outputs);
  add_parts(context, op.rows, op.outputs, op.totals,
            [&](int64_t first, int64_t last, LossTotals& totals, int) {
              for (int64_t row = first; row < last; ++row) {
                const double weight = weight_of(op.weights, row);
                regression_row(op, row, weight, scale, totals);
                totals.weight += weight;
              }
            });
}

}  // namespace kfctl::cpu::KFCTL_ISA
