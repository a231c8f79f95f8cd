// An opened device: its queue, its copy queue, cuBLASLt, and what every op needs to check and
// launch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include <cuda_runtime_api.h>

#include "kernels/cuda/abi.h"
#include "kernels/cuda/cublas.h"

namespace kfctl {

/// What a product's algorithm depends on: sizes, transpositions, types, epilogue, accumulation.
using ProductKey = std::tuple<int64_t, int64_t, int64_t, int, int, int, int, int>;

struct CudaContext {
  int index = 0;
  const Cublas* cublas = nullptr;
  cublasLtHandle_t handle = nullptr;
  cudaStream_t stream = nullptr;
  cudaStream_t copies = nullptr;
  void* workspace = nullptr;  // of cuBLASLt
  // Chosen once per shape, so that every product of that shape has the same bits.
  std::map<ProductKey, cublasLtMatmulAlgo_t> algorithms;

  static constexpr size_t kWorkspaceBytes = size_t{32} << 20;

  CudaContext() = default;
  CudaContext(const CudaContext&) = delete;
  CudaContext& operator=(const CudaContext&) = delete;
  ~CudaContext();
};

/// True if `code` is success; else the reason is in `why`.
bool done(cudaError_t code, const char* what, CudaReason& why);
bool done(const Cublas& cublas, cublasStatus_t code, const char* what, CudaReason& why);

/// Device memory for the length of an op, taken from and given back to the queue: what is queued
/// meanwhile may use it, and a recording keeps it as part of the graph.
class Scratch {
 public:
  Scratch(CudaContext& context, size_t bytes, CudaReason& why) : stream_(context.stream) {
    if (!done(cudaMallocAsync(&memory_, bytes, stream_), "allocate scratch memory", why)) {
      memory_ = nullptr;
    }
  }
  ~Scratch() {
    if (memory_ != nullptr) cudaFreeAsync(memory_, stream_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  bool ok() const { return memory_ != nullptr; }
  template <typename T>
  T* as() const {
    return static_cast<T*>(memory_);
  }

 private:
  void* memory_ = nullptr;
  cudaStream_t stream_;
};

#define KFCTL_DECLARE_RUN(Op) bool run(CudaContext& context, const Op& op, CudaReason& why);
KFCTL_OPS(KFCTL_DECLARE_RUN)
#undef KFCTL_DECLARE_RUN

/// sums[c] = or += sum over the rows of x (rows, columns).
bool sum_columns(CudaContext& context, const float* x, int64_t rows, int64_t columns, float* sums,
                 bool accumulate, CudaReason& why);

}  // namespace kfctl
