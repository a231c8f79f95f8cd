// The optimisers over a flat arena, one launch; LAMB, which must know how long a segment's step is
// before it takes it, needs three. What changes from step to step is read from device memory.
#include "kernels/cuda/launch.cuh"

namespace kfctl {
namespace {

constexpr int kParts = 128;  // of the gradient norm, and of a segment's lengths in LAMB

__device__ int64_t extent_of(const Segment* segments, int64_t count) {
  return segments[count - 1].end - segments[0].begin;
}

/// The segment that holds element `i`; null in a gap. Segments are sorted.
__device__ const Segment* segment_of(const Segment* segments, int64_t count, int64_t i) {
  int64_t low = 0;
  int64_t high = count;
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    if (segments[middle].end <= i) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < count && segments[low].begin <= i ? segments + low : nullptr;
}

__global__ void norm_parts_kernel(GradientNorm op, double* parts) {
  const int64_t first = op.segments[0].begin;
  double own = 0.0;
  KFCTL_FOR_EACH(i, extent_of(op.segments, op.segment_count)) {
    if (segment_of(op.segments, op.segment_count, first + i) == nullptr) continue;
    const double g = double{op.gradients[first + i]};
    own += g * g;
  }
  const double sum = block_sum(own);
  if (threadIdx.x == 0) parts[blockIdx.x] = sum;
}

__global__ void norm_kernel(GradientNorm op, const double* parts) {
  double sum = 0.0;
  for (int part = 0; part < kParts; ++part) sum += parts[part];
  *op.norm = sqrt(sum) / (op.state == nullptr ? 1.0 : double{op.state->loss_scale});
}

/// What is the same for every element of a step.
struct Common {
  bool skip;
  float scale;   // of the gradient
  float first;   // 1 / (1 - beta1^t)
  float second;  // 1 / sqrt(1 - beta2^t)
};

__device__ Common common_of(const OptimiserStep& op) {
  Common common = {};
  double scale = 1.0 / double{op.state->loss_scale};
  if (op.norm != nullptr) {
    common.skip = !isfinite(*op.norm);
    const double most = double{op.max_norm};
    if (most > 0.0 && *op.norm > most) scale *= most / *op.norm;
  }
  const double t = static_cast<double>(op.state->step + 1);
  common.scale = static_cast<float>(scale);
  common.first = static_cast<float>(1.0 / (1.0 - pow(double{op.beta1}, t)));
  common.second = static_cast<float>(1.0 / sqrt(1.0 - pow(double{op.beta2}, t)));
  return common;
}

/// The block's, computed once by its first thread.
__device__ const Common& block_common(const OptimiserStep& op) {
  __shared__ Common common;
  if (threadIdx.x == 0) common = common_of(op);
  __syncthreads();
  return common;
}

__device__ bool decays_beside(const OptimiserStep& op) {
  return op.kind == OptimiserKind::kAdamW || op.kind == OptimiserKind::kLamb;
}

__device__ float gradient_of(const OptimiserStep& op, const Common& common, const Segment& segment,
                             int64_t i) {
  const float w = op.weights[i];
  const float sign = w > 0.0f ? 1.0f : w < 0.0f ? -1.0f : 0.0f;
  const float decay = decays_beside(op) ? 0.0f : segment.decay;
  return op.gradients[i] * common.scale + segment.l1 * sign + decay * w;
}

__device__ float adam_step(const OptimiserStep& op, const Common& common, const Segment& segment,
                           int64_t i) {
  const float apart = decays_beside(op) ? segment.decay : 0.0f;
  return op.first[i] * common.first / (sqrtf(op.second[i]) * common.second + op.epsilon) +
         apart * op.weights[i];
}

__device__ void move_moments(const OptimiserStep& op, float gradient, int64_t i) {
  op.first[i] = op.beta1 * op.first[i] + (1.0f - op.beta1) * gradient;
  op.second[i] = op.beta2 * op.second[i] + (1.0f - op.beta2) * gradient * gradient;
}

__device__ float step_of(const OptimiserStep& op, const Common& common, const Segment& segment,
                         int64_t i) {
  const float gradient = gradient_of(op, common, segment, i);
  if (op.kind != OptimiserKind::kSgd) {
    move_moments(op, gradient, i);
    return adam_step(op, common, segment, i);
  }
  if (op.first == nullptr) return gradient;
  const float moved = op.momentum * op.first[i] + gradient;
  op.first[i] = moved;
  return op.nesterov ? gradient + op.momentum * moved : moved;
}

__global__ void step_kernel(OptimiserStep op) {
  const Common& common = block_common(op);
  if (common.skip) return;
  const int64_t first = op.segments[0].begin;
  KFCTL_FOR_EACH(place, extent_of(op.segments, op.segment_count)) {
    const int64_t i = first + place;
    const Segment* const segment = segment_of(op.segments, op.segment_count, i);
    if (segment == nullptr) continue;
    const float rate = op.state->learning_rate * segment->rate;
    op.weights[i] -= rate * step_of(op, common, *segment, i);
  }
}

__global__ void count_skipped_kernel(OptimiserStep op) {
  if (!isfinite(*op.norm)) ++*op.skipped;
}

// blockIdx.y is the segment, blockIdx.x a part of it.
__global__ void lamb_measure_kernel(OptimiserStep op, double* lengths) {
  const Common& common = block_common(op);
  if (common.skip) return;
  const Segment segment = op.segments[blockIdx.y];
  double of_weights = 0.0;
  double of_steps = 0.0;
  KFCTL_FOR_EACH(place, segment.end - segment.begin) {
    const int64_t i = segment.begin + place;
    move_moments(op, gradient_of(op, common, segment, i), i);
    const double step = double{adam_step(op, common, segment, i)};
    of_weights += double{op.weights[i]} * double{op.weights[i]};
    of_steps += step * step;
  }
  of_weights = block_sum(of_weights);
  of_steps = block_sum(of_steps);
  if (threadIdx.x != 0) return;
  double* const own = lengths + 2 * (int64_t{blockIdx.y} * kParts + blockIdx.x);
  own[0] = of_weights;
  own[1] = of_steps;
}

__global__ void lamb_trust_kernel(OptimiserStep op, const double* lengths, float* trust) {
  if (common_of(op).skip) return;
  KFCTL_FOR_EACH(segment, op.segment_count) {
    double of_weights = 0.0;
    double of_steps = 0.0;
    for (int64_t part = segment * kParts; part < (segment + 1) * kParts; ++part) {
      of_weights += lengths[2 * part];
      of_steps += lengths[2 * part + 1];
    }
    const bool both = of_weights > 0.0 && of_steps > 0.0;
    trust[segment] = both ? static_cast<float>(sqrt(of_weights / of_steps)) : 1.0f;
  }
}

__global__ void lamb_apply_kernel(OptimiserStep op, const float* trust) {
  const Common& common = block_common(op);
  if (common.skip) return;
  const Segment segment = op.segments[blockIdx.y];
  const float rate = op.state->learning_rate * segment.rate * trust[blockIdx.y];
  KFCTL_FOR_EACH(place, segment.end - segment.begin) {
    const int64_t i = segment.begin + place;
    op.weights[i] -= rate * adam_step(op, common, segment, i);
  }
}

bool lamb(CudaContext& context, const OptimiserStep& op, CudaReason& why) {
  const size_t segments = static_cast<size_t>(op.segment_count);
  const Scratch lengths(context, segments * kParts * 2 * sizeof(double), why);
  const Scratch trust(context, segments * sizeof(float), why);
  if (!lengths.ok() || !trust.ok()) return false;
  const dim3 grid(kParts, static_cast<unsigned>(op.segment_count));
  lamb_measure_kernel<<<grid, kThreads, 0, context.stream>>>(op, lengths.as<double>());
  lamb_trust_kernel<<<1, kThreads, 0, context.stream>>>(op, lengths.as<double>(),
                                                        trust.as<float>());
  lamb_apply_kernel<<<grid, kThreads, 0, context.stream>>>(op, trust.as<float>());
  return launched("launch LAMB", why);
}

}  // namespace

bool run(CudaContext& context, const GradientNorm& op, CudaReason& why) {
  const Scratch parts(context, kParts * sizeof(double), why);
  if (!parts.ok()) return false;
  norm_parts_kernel<<<kParts, kThreads, 0, context.stream>>>(op, parts.as<double>());
  norm_kernel<<<1, 1, 0, context.stream>>>(op, parts.as<double>());
  return launched("launch GradientNorm", why);
}

bool run(CudaContext& context, const OptimiserStep& op, CudaReason& why) {
  if (op.norm != nullptr && op.skipped != nullptr) {
    count_skipped_kernel<<<1, 1, 0, context.stream>>>(op);
  }
  if (op.kind == OptimiserKind::kLamb) return lamb(context, op, why);
  constexpr unsigned kBlocks = 1024;  // how many elements there are, only the device knows
  step_kernel<<<kBlocks, kThreads, 0, context.stream>>>(op);
  return launched("launch OptimiserStep", why);
}

}  // namespace kfctl
