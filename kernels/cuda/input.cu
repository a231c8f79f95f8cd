#include "kernels/cuda/launch.cuh"
#include "kernels/shuffle.h"

namespace kfctl {
namespace {

__global__ void batch_indices_kernel(BatchIndices op) {
  const Permutation shuffled(static_cast<uint64_t>(op.population), op.state->seed, op.state->epoch);
  KFCTL_FOR_EACH(i, op.rows) {
    const int64_t position = op.state->position + op.offset + i;
    if (position >= op.population) {
      op.indices[i] = -1;
      continue;
    }
    const uint64_t at = static_cast<uint64_t>(position);
    const uint64_t place = op.shuffle ? shuffled(at) : at;
    op.indices[i] = op.rows_of == nullptr ? static_cast<int32_t>(place) : op.rows_of[place];
  }
}

template <typename T>
__global__ void gather_rows_kernel(GatherRows op) {
  const T* const source = static_cast<const T*>(op.source);
  KFCTL_FOR_EACH(i, op.rows * op.width) {
    const int64_t row = i / op.width;
    const int64_t c = i % op.width;
    const int64_t from = op.indices == nullptr ? row : op.indices[row];
    float value = 0.0f;
    if (from >= 0) {
      value = static_cast<float>(source[from * op.width + c]);
      if (op.missing != nullptr && isnan(value)) value = op.missing[c];
      if (op.mean != nullptr) value -= op.mean[c];
      if (op.scale != nullptr) value *= op.scale[c];
    }
    op.y[row * op.y_stride + c] = value;
  }
}

__global__ void gather_ints_kernel(GatherInts op) {
  KFCTL_FOR_EACH(i, op.rows * op.width) {
    const int64_t row = i / op.width;
    const int64_t from = op.indices == nullptr ? row : op.indices[row];
    op.y[i] = from < 0 ? op.otherwise : op.source[from * op.width + i % op.width];
  }
}

/// Sum and count of the numbers of a column; with kSquares of the squares of what is left of the
/// mean.
template <typename T, bool kSquares>
struct MomentTerms {
  static constexpr int kCount = 2;
  ColumnMoments op;
  __device__ void operator()(int64_t row, int64_t c, double* sums) const {
    const int64_t from = op.indices == nullptr ? row : op.indices[row];
    const double value = static_cast<double>(static_cast<const T*>(op.source)[from * op.width + c]);
    if (isnan(value)) return;
    const double rest = kSquares ? value - op.mean[c] : value;
    sums[0] += kSquares ? rest * rest : rest;
    sums[1] += 1.0;
  }
};

struct PutMoment {
  double* target;
  int64_t* count;
  __device__ void operator()(int64_t c, const double* sums) const {
    target[c] = sums[1] == 0.0 ? 0.0 : sums[0] / sums[1];
    count[c] = static_cast<int64_t>(sums[1]);
  }
};

template <typename T>
bool moments(CudaContext& context, const ColumnMoments& op, CudaReason& why) {
  return reduce_columns(context, MomentTerms<T, false>{op}, PutMoment{op.mean, op.count}, op.rows,
                        op.width, why) &&
         reduce_columns(context, MomentTerms<T, true>{op}, PutMoment{op.variance, op.count},
                        op.rows, op.width, why);
}

}  // namespace

bool run(CudaContext& context, const BatchIndices& op, CudaReason& why) {
  batch_indices_kernel<<<blocks_for(op.rows), kThreads, 0, context.stream>>>(op);
  return launched("launch BatchIndices", why);
}

bool run(CudaContext& context, const GatherRows& op, CudaReason& why) {
  const unsigned blocks = blocks_for(op.rows * op.width);
  if (op.type == ElementType::kUint8) {
    gather_rows_kernel<uint8_t><<<blocks, kThreads, 0, context.stream>>>(op);
  } else {
    gather_rows_kernel<float><<<blocks, kThreads, 0, context.stream>>>(op);
  }
  return launched("launch GatherRows", why);
}

bool run(CudaContext& context, const GatherInts& op, CudaReason& why) {
  gather_ints_kernel<<<blocks_for(op.rows * op.width), kThreads, 0, context.stream>>>(op);
  return launched("launch GatherInts", why);
}

bool run(CudaContext& context, const ColumnMoments& op, CudaReason& why) {
  return op.type == ElementType::kUint8 ? moments<uint8_t>(context, op, why)
                                        : moments<float>(context, op, why);
}

}  // namespace kfctl
