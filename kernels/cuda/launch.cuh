// What the kernels share: how they are launched, and sums whose order never changes.
//
// No kernel adds with atomics: sums are trees over a fixed number of threads, and parts of long
// sums are added by one block in order, so the same input gives the same bits.
#pragma once

#include <cstdint>

#include "kernels/cuda/context.h"

namespace kfctl {

constexpr int kThreads = 256;  // a multiple of the warp size; block_sum relies on it
constexpr int64_t kMostBlocks = 4096;

/// Blocks for one thread per element; loops stride over what is left.
inline unsigned blocks_for(int64_t count) {
  const int64_t blocks = (count + kThreads - 1) / kThreads;
  return static_cast<unsigned>(blocks < kMostBlocks ? blocks : kMostBlocks);
}

#define KFCTL_FOR_EACH(i, count)                                   \
  for (int64_t i = int64_t{blockIdx.x} * blockDim.x + threadIdx.x, \
               stride_of_##i = int64_t{gridDim.x} * blockDim.x;    \
       i < (count); i += stride_of_##i)

/// What a launch just said.
inline bool launched(const char* what, CudaReason& why) {
  return done(cudaGetLastError(), what, why);
}

template <typename T>
__device__ T warp_sum(T value) {
  for (int lane = 16; lane > 0; lane /= 2) value += __shfl_xor_sync(0xffffffffu, value, lane);
  return value;
}

__device__ inline float warp_max(float value) {
  for (int lane = 16; lane > 0; lane /= 2) {
    value = fmaxf(value, __shfl_xor_sync(0xffffffffu, value, lane));
  }
  return value;
}

/// The sum over the block, in every thread. REQUIRES: blockDim is kThreads by 1.
template <typename T>
__device__ T block_sum(T value) {
  __shared__ T of_warp[kThreads / 32];
  const T own = warp_sum(value);
  __syncthreads();  // an earlier sum has been read
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = own;
  __syncthreads();
  T sum = T(0);
  for (int warp = 0; warp < kThreads / 32; ++warp) sum += of_warp[warp];
  return sum;
}

/// Sums over rows, for each column: `Terms` gives kCount numbers for (row, column).
///
/// A block has 32 columns and 8 rows at a time; blockIdx.y are parts of the rows. The parts are in
/// `parts` (part, term, column) and are added by add_parts_kernel.
constexpr int kColumnLanes = 32;
constexpr int kRowLanes = 8;
constexpr int64_t kRowParts = 64;

template <typename Terms>
__global__ void column_parts_kernel(Terms terms, int64_t rows, int64_t columns, double* parts) {
  __shared__ double sums[kRowLanes][Terms::kCount][kColumnLanes];
  const int64_t column = int64_t{blockIdx.x} * kColumnLanes + threadIdx.x;
  double own[Terms::kCount] = {};
  if (column < columns) {
    const int64_t each = (rows + gridDim.y - 1) / gridDim.y;
    const int64_t begin = blockIdx.y * each;
    const int64_t end = begin + each < rows ? begin + each : rows;
    for (int64_t row = begin + threadIdx.y; row < end; row += kRowLanes) {
      terms(row, column, own);
    }
  }
  for (int term = 0; term < Terms::kCount; ++term) sums[threadIdx.y][term][threadIdx.x] = own[term];
  __syncthreads();
  if (threadIdx.y != 0 || column >= columns) return;
  for (int term = 0; term < Terms::kCount; ++term) {
    double sum = 0.0;
    for (int lane = 0; lane < kRowLanes; ++lane) sum += sums[lane][term][threadIdx.x];
    parts[(int64_t{blockIdx.y} * Terms::kCount + term) * columns + column] = sum;
  }
}

/// `Finish` takes the sums of a column.
template <typename Terms, typename Finish>
__global__ void add_parts_kernel(Finish finish, const double* parts, int64_t part_count,
                                 int64_t columns) {
  KFCTL_FOR_EACH(column, columns) {
    double sums[Terms::kCount] = {};
    for (int64_t part = 0; part < part_count; ++part) {
      for (int term = 0; term < Terms::kCount; ++term) {
        sums[term] += parts[(part * Terms::kCount + term) * columns + column];
      }
    }
    finish(column, sums);
  }
}

/// finish(column, sums of terms over the rows) for each column.
template <typename Terms, typename Finish>
bool reduce_columns(CudaContext& context, const Terms& terms, const Finish& finish, int64_t rows,
                    int64_t columns, CudaReason& why) {
  const int64_t whole = (rows + kRowLanes - 1) / kRowLanes;
  const int64_t part_count = whole < kRowParts ? whole : kRowParts;
  const Scratch parts(
      context, static_cast<size_t>(part_count * Terms::kCount * columns) * sizeof(double), why);
  if (!parts.ok()) return false;
  const dim3 grid(static_cast<unsigned>((columns + kColumnLanes - 1) / kColumnLanes),
                  static_cast<unsigned>(part_count));
  column_parts_kernel<<<grid, dim3(kColumnLanes, kRowLanes), 0, context.stream>>>(
      terms, rows, columns, parts.as<double>());
  add_parts_kernel<Terms><<<blocks_for(columns), kThreads, 0, context.stream>>>(
      finish, parts.as<double>(), part_count, columns);
  return launched("launch sums of columns", why);
}

}  // namespace kfctl
