// The optimisers over a flat arena. Segments are cut into parts of kPart elements, and each part is
// read and written once; only LAMB, which must know how long a segment's step is before it takes
// it, goes over the moments twice.
#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/simd.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

constexpr int64_t kPart = 8192;

struct Part {
  const Segment* segment;
  int64_t number;  // of the segment
  int64_t begin;
  int64_t end;
};

int64_t parts_of(const Segment* segments, int64_t count) {
  int64_t parts = 0;
  for (int64_t s = 0; s < count; ++s) parts += pieces(segments[s].end - segments[s].begin, kPart);
  return parts;
}

Part find_part(const Segment* segments, int64_t piece) {
  int64_t s = 0;
  for (;; ++s) {
    const int64_t parts = pieces(segments[s].end - segments[s].begin, kPart);
    if (piece < parts) break;
    piece -= parts;
  }
  const int64_t begin = segments[s].begin + piece * kPart;
  return {segments + s, s, begin, smaller(begin + kPart, segments[s].end)};
}

int64_t elements_of(const Segment* segments, int64_t count) {
  return segments[count - 1].end - segments[0].begin;
}

/// What is the same for every element of a step.
struct Rates {
  float scale;   // of the gradient
  float rate;    // the segment's learning rate
  float first;   // 1 / (1 - beta1^t)
  float second;  // 1 / sqrt(1 - beta2^t)
  float decay;   // added to the gradient
  float apart;   // decay beside the step (AdamW, LAMB)
  float l1;
};

KFCTL_INLINE float gradient_of(const Rates& r, float gradient, float w) {
  const float sign = w > 0.0f ? 1.0f : w < 0.0f ? -1.0f : 0.0f;
  return gradient * r.scale + r.l1 * sign + r.decay * w;
}

KFCTL_INLINE float adam_step(const Rates& r, float epsilon, float m, float v, float w) {
  return m * r.first / (__builtin_sqrtf(v) * r.second + epsilon) + r.apart * w;
}

void sgd_part(const OptimiserStep& op, const Rates& r, const Part& part) {
  float* const w = op.weights;
  const float* const g = op.gradients;
  float* const m = op.first;
  if (m == nullptr) {
    for (int64_t i = part.begin; i < part.end; ++i) w[i] -= r.rate * gradient_of(r, g[i], w[i]);
    return;
  }
  const float momentum = op.momentum;
  const bool nesterov = op.nesterov;
#pragma omp simd
  for (int64_t i = part.begin; i < part.end; ++i) {
    const float gradient = gradient_of(r, g[i], w[i]);
    const float moved = momentum * m[i] + gradient;
    m[i] = moved;
    w[i] -= r.rate * (nesterov ? gradient + momentum * moved : moved);
  }
}

void adam_part(const OptimiserStep& op, const Rates& r, const Part& part) {
  float* const w = op.weights;
  const float* const g = op.gradients;
  float* const m = op.first;
  float* const v = op.second;
  const float beta1 = op.beta1;
  const float beta2 = op.beta2;
  const float epsilon = op.epsilon;
#pragma omp simd
  for (int64_t i = part.begin; i < part.end; ++i) {
    const float gradient = gradient_of(r, g[i], w[i]);
    const float first = beta1 * m[i] + (1.0f - beta1) * gradient;
    const float second = beta2 * v[i] + (1.0f - beta2) * gradient * gradient;
    m[i] = first;
    v[i] = second;
    w[i] -= r.rate * adam_step(r, epsilon, first, second, w[i]);
  }
}

struct Lengths {
  double weights = 0.0;  // sums of squares
  double steps = 0.0;
};

/// Moves the moments and measures weights and step; the weights stay.
Lengths lamb_measure(const OptimiserStep& op, const Rates& r, const Part& part) {
  const float* const w = op.weights;
  const float* const g = op.gradients;
  float* const m = op.first;
  float* const v = op.second;
  float of_weights = 0.0f;
  float of_steps = 0.0f;
#pragma omp simd reduction(+ : of_weights, of_steps)
  for (int64_t i = part.begin; i < part.end; ++i) {
    const float gradient = gradient_of(r, g[i], w[i]);
    m[i] = op.beta1 * m[i] + (1.0f - op.beta1) * gradient;
    v[i] = op.beta2 * v[i] + (1.0f - op.beta2) * gradient * gradient;
    const float step = adam_step(r, op.epsilon, m[i], v[i], w[i]);
    of_weights += w[i] * w[i];
    of_steps += step * step;
  }
  return {static_cast<double>(of_weights), static_cast<double>(of_steps)};
}

void lamb_apply(const OptimiserStep& op, const Rates& r, const Part& part, float trust) {
#pragma omp simd
  for (int64_t i = part.begin; i < part.end; ++i) {
    op.weights[i] -=
        r.rate * trust * adam_step(r, op.epsilon, op.first[i], op.second[i], op.weights[i]);
  }
}

Rates of_segment(const OptimiserStep& op, const Rates& common, const Segment& segment) {
  Rates rates = common;
  const bool beside = op.kind == OptimiserKind::kAdamW || op.kind == OptimiserKind::kLamb;
  rates.rate = op.state->learning_rate * segment.rate;
  rates.decay = beside ? 0.0f : segment.decay;
  rates.apart = beside ? segment.decay : 0.0f;
  rates.l1 = segment.l1;
  return rates;
}

void lamb(const OptimiserStep& op, Context& context, const Rates& common, int64_t parts) {
  Lengths* const lengths =
      static_cast<Lengths*>(context.scratch(1, static_cast<size_t>(parts) * sizeof(Lengths)));
  float* const trust = static_cast<float*>(
      context.scratch(2, static_cast<size_t>(op.segment_count) * sizeof(float)));
  const int64_t work = elements_of(op.segments, op.segment_count) / 2;
  for_pieces(context, parts, work, [&](int64_t piece, int) {
    const Part part = find_part(op.segments, piece);
    lengths[piece] = lamb_measure(op, of_segment(op, common, *part.segment), part);
  });
  int64_t piece = 0;
  for (int64_t s = 0; s < op.segment_count; ++s) {
    Lengths sum;
    const int64_t own = pieces(op.segments[s].end - op.segments[s].begin, kPart);
    for (int64_t i = 0; i < own; ++i, ++piece) {
      sum.weights += lengths[piece].weights;
      sum.steps += lengths[piece].steps;
    }
    const bool both = sum.weights > 0.0 && sum.steps > 0.0;
    trust[s] = both ? static_cast<float>(__builtin_sqrt(sum.weights / sum.steps)) : 1.0f;
  }
  for_pieces(context, parts, work, [&](int64_t each, int) {
    const Part part = find_part(op.segments, each);
    lamb_apply(op, of_segment(op, common, *part.segment), part, trust[part.number]);
  });
}

}  // namespace

void run(const GradientNorm& op, Context& context) {
  const int64_t parts = parts_of(op.segments, op.segment_count);
  double* const sums =
      static_cast<double*>(context.scratch(1, static_cast<size_t>(parts) * sizeof(double)));
  for_pieces(context, parts, elements_of(op.segments, op.segment_count) / 8,
             [&](int64_t piece, int) {
               const Part part = find_part(op.segments, piece);
               double sum = 0.0;
#pragma omp simd reduction(+ : sum)
               for (int64_t i = part.begin; i < part.end; ++i) {
                 const double g = static_cast<double>(op.gradients[i]);
                 sum += g * g;
               }
               sums[piece] = sum;
             });
  double total = 0.0;
  for (int64_t piece = 0; piece < parts; ++piece) total += sums[piece];
  const double loss_scale = op.state == nullptr ? 1.0 : static_cast<double>(op.state->loss_scale);
  *op.norm = __builtin_sqrt(total) / loss_scale;
}

void run(const OptimiserStep& op, Context& context) {
  double scale = 1.0 / static_cast<double>(op.state->loss_scale);
  if (op.norm != nullptr) {
    if (!__builtin_isfinite(*op.norm)) {
      if (op.skipped != nullptr) ++*op.skipped;
      return;
    }
    const double most = static_cast<double>(op.max_norm);
    if (most > 0.0 && *op.norm > most) scale *= most / *op.norm;
  }
  const double t = static_cast<double>(op.state->step + 1);
  Rates common = {};
  common.scale = static_cast<float>(scale);
  common.first = static_cast<float>(1.0 / (1.0 - __builtin_pow(static_cast<double>(op.beta1), t)));
  common.second = static_cast<float>(
      1.0 / __builtin_sqrt(1.0 - __builtin_pow(static_cast<double>(op.beta2), t)));

  const int64_t parts = parts_of(op.segments, op.segment_count);
  if (op.kind == OptimiserKind::kLamb) {
    lamb(op, context, common, parts);
    return;
  }
  const auto run_part = op.kind == OptimiserKind::kSgd ? sgd_part : adam_part;
  for_pieces(context, parts, elements_of(op.segments, op.segment_count) / 2,
             [&](int64_t piece, int) {
               const Part part = find_part(op.segments, piece);
               run_part(op, of_segment(op, common, *part.segment), part);
             });
}

}  // namespace kfctl::cpu::KFCTL_ISA
