#include "kernels/cuda/launch.cuh"

namespace kfctl {
namespace {

__device__ void put(float* target, double value, bool accumulate) {
  *target = static_cast<float>(accumulate ? double{*target} + value : value);
}

// One block per row.
__global__ void layer_norm_forward_kernel(LayerNormForward op) {
  const int64_t row = blockIdx.x;
  const float* const x = op.x + row * op.channels;
  float sum = 0.0f;
  for (int64_t c = threadIdx.x; c < op.channels; c += kThreads) sum += x[c];
  const float mean = block_sum(sum) / static_cast<float>(op.channels);
  float squares = 0.0f;
  for (int64_t c = threadIdx.x; c < op.channels; c += kThreads) {
    squares += (x[c] - mean) * (x[c] - mean);
  }
  const float variance = block_sum(squares) / static_cast<float>(op.channels);
  const float inverse = 1.0f / sqrtf(variance + op.epsilon);
  if (threadIdx.x == 0) {
    op.mean[row] = mean;
    op.inverse[row] = inverse;
  }
  for (int64_t c = threadIdx.x; c < op.channels; c += kThreads) {
    op.y[row * op.channels + c] = op.gain[c] * ((x[c] - mean) * inverse) + op.shift[c];
  }
}

// One block per row. dx may be dy: every thread writes only what it alone has read.
__global__ void layer_norm_dx_kernel(LayerNormBackward op) {
  const int64_t row = blockIdx.x;
  const float* const x = op.x + row * op.channels;
  const float* const dy = op.dy + row * op.channels;
  const float mean = op.mean[row];
  const float inverse = op.inverse[row];
  float sum = 0.0f;
  float slope = 0.0f;
  for (int64_t c = threadIdx.x; c < op.channels; c += kThreads) {
    const float g = op.gain[c] * dy[c];
    sum += g;
    slope += g * ((x[c] - mean) * inverse);
  }
  sum = block_sum(sum) / static_cast<float>(op.channels);
  slope = block_sum(slope) / static_cast<float>(op.channels);
  for (int64_t c = threadIdx.x; c < op.channels; c += kThreads) {
    const float normal = (x[c] - mean) * inverse;
    op.dx[row * op.channels + c] = (op.gain[c] * dy[c] - sum - normal * slope) * inverse;
  }
}

/// dy * normal and dy, for gain and shift. Op is LayerNormBackward (statistics by row) or
/// BatchNormBackward (by channel).
template <typename Op, bool kByRow>
struct GradientTerms {
  static constexpr int kCount = 2;
  Op op;
  __device__ void operator()(int64_t row, int64_t c, double* sums) const {
    const int64_t i = row * op.channels + c;
    const int64_t statistic = kByRow ? row : c;
    sums[0] += double{op.dy[i] * ((op.x[i] - op.mean[statistic]) * op.inverse[statistic])};
    sums[1] += double{op.dy[i]};
  }
};

template <typename Op>
struct PutGradients {
  Op op;
  float* sums;  // (2, channels), for dx; may be null
  __device__ void operator()(int64_t c, const double* found) const {
    put(op.dgain + c, found[0], op.accumulate);
    put(op.dshift + c, found[1], op.accumulate);
    if (sums == nullptr) return;
    sums[c] = static_cast<float>(found[0]);
    sums[op.channels + c] = static_cast<float>(found[1]);
  }
};

struct MeanTerms {
  static constexpr int kCount = 1;
  BatchNormForward op;
  __device__ void operator()(int64_t row, int64_t c, double* sums) const {
    sums[0] += double{op.x[row * op.channels + c]};
  }
};

struct PutMean {
  BatchNormForward op;
  __device__ void operator()(int64_t c, const double* sums) const {
    op.mean[c] = static_cast<float>(sums[0] / static_cast<double>(op.rows));
  }
};

struct VarianceTerms {
  static constexpr int kCount = 1;
  BatchNormForward op;
  __device__ void operator()(int64_t row, int64_t c, double* sums) const {
    const double d = double{op.x[row * op.channels + c]} - double{op.mean[c]};
    sums[0] += d * d;
  }
};

struct PutVariance {
  BatchNormForward op;
  __device__ void operator()(int64_t c, const double* sums) const {
    const double rows = static_cast<double>(op.rows);
    const float sample = static_cast<float>(sums[0] / (rows - 1.0));
    op.inverse[c] = static_cast<float>(1.0 / sqrt(sums[0] / rows + double{op.epsilon}));
    op.running_mean[c] += op.momentum * (op.mean[c] - op.running_mean[c]);
    op.running_variance[c] += op.momentum * (sample - op.running_variance[c]);
  }
};

__global__ void running_statistics_kernel(BatchNormForward op) {
  KFCTL_FOR_EACH(c, op.channels) {
    if (op.mean != nullptr) op.mean[c] = op.running_mean[c];
    if (op.inverse != nullptr) {
      op.inverse[c] = 1.0f / sqrtf(op.running_variance[c] + op.epsilon);
    }
  }
}

__global__ void batch_norm_forward_kernel(BatchNormForward op) {
  KFCTL_FOR_EACH(i, op.rows * op.channels) {
    const int64_t c = i % op.channels;
    const float mean = op.training ? op.mean[c] : op.running_mean[c];
    const float inverse =
        op.training ? op.inverse[c] : 1.0f / sqrtf(op.running_variance[c] + op.epsilon);
    op.y[i] = op.gain[c] * ((op.x[i] - mean) * inverse) + op.shift[c];
  }
}

__global__ void batch_norm_dx_kernel(BatchNormBackward op, const float* sums) {
  const float share = 1.0f / static_cast<float>(op.rows);
  KFCTL_FOR_EACH(i, op.rows * op.channels) {
    const int64_t c = i % op.channels;
    const float normal = (op.x[i] - op.mean[c]) * op.inverse[c];
    op.dx[i] = (op.dy[i] - sums[op.channels + c] * share - normal * sums[c] * share) *
               (op.gain[c] * op.inverse[c]);
  }
}

struct SumTerms {
  static constexpr int kCount = 1;
  const float* x;
  int64_t columns;
  __device__ void operator()(int64_t row, int64_t c, double* sums) const {
    sums[0] += double{x[row * columns + c]};
  }
};

struct PutSum {
  float* sums;
  bool accumulate;
  __device__ void operator()(int64_t c, const double* found) const {
    put(sums + c, found[0], accumulate);
  }
};

struct PutDoubleSum {
  double* sums;
  __device__ void operator()(int64_t c, const double* found) const { sums[c] = found[0]; }
};

}  // namespace

bool run(CudaContext& context, const LayerNormForward& op, CudaReason& why) {
  layer_norm_forward_kernel<<<static_cast<unsigned>(op.rows), kThreads, 0, context.stream>>>(op);
  return launched("launch LayerNormForward", why);
}

bool run(CudaContext& context, const LayerNormBackward& op, CudaReason& why) {
  if (!reduce_columns(context, GradientTerms<LayerNormBackward, true>{op},
                      PutGradients<LayerNormBackward>{op, nullptr}, op.rows, op.channels, why)) {
    return false;
  }
  layer_norm_dx_kernel<<<static_cast<unsigned>(op.rows), kThreads, 0, context.stream>>>(op);
  return launched("launch LayerNormBackward", why);
}

bool run(CudaContext& context, const BatchNormForward& op, CudaReason& why) {
  if (op.training) {
    if (!reduce_columns(context, MeanTerms{op}, PutMean{op}, op.rows, op.channels, why) ||
        !reduce_columns(context, VarianceTerms{op}, PutVariance{op}, op.rows, op.channels, why)) {
      return false;
    }
  } else {
    running_statistics_kernel<<<blocks_for(op.channels), kThreads, 0, context.stream>>>(op);
  }
  batch_norm_forward_kernel<<<blocks_for(op.rows * op.channels), kThreads, 0, context.stream>>>(op);
  return launched("launch BatchNormForward", why);
}

bool run(CudaContext& context, const BatchNormBackward& op, CudaReason& why) {
  const Scratch sums(context, static_cast<size_t>(2 * op.channels) * sizeof(float), why);
  if (!sums.ok() || !reduce_columns(context, GradientTerms<BatchNormBackward, false>{op},
                                    PutGradients<BatchNormBackward>{op, sums.as<float>()}, op.rows,
                                    op.channels, why)) {
    return false;
  }
  if (op.dx == nullptr) return true;
  batch_norm_dx_kernel<<<blocks_for(op.rows * op.channels), kThreads, 0, context.stream>>>(
      op, sums.as<float>());
  return launched("launch BatchNormBackward", why);
}

bool sum_columns(CudaContext& context, const float* x, int64_t rows, int64_t columns, float* sums,
                 bool accumulate, CudaReason& why) {
  return reduce_columns(context, SumTerms{x, columns}, PutSum{sums, accumulate}, rows, columns,
                        why);
}

bool run(CudaContext& context, const ColumnSums& op, CudaReason& why) {
  return reduce_columns(context, SumTerms{op.x, op.columns}, PutDoubleSum{op.sums}, op.rows,
                        op.columns, why);
}

}  // namespace kfctl
