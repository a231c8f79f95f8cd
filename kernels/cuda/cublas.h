// cuBLASLt, the part of cuBLAS that fuses what follows a product, loaded when asked for: it is half
// a gigabyte, and a machine without it shall be told so instead of failing to load
// libkfctl_cuda.so.
//
// It is looked for where the system's loader looks (LD_LIBRARY_PATH, ldconfig), in the directory of
// libkfctl_cuda.so, and in /usr/local/cuda/lib64.
#pragma once

#include <cublasLt.h>

#include "kernels/cuda/abi.h"

namespace kfctl {

// Every cuBLAS function used: the member of Cublas, and the name that the library exports.
#define KFCTL_CUBLAS_FUNCTIONS(X)                        \
  X(create, cublasLtCreate)                              \
  X(destroy, cublasLtDestroy)                            \
  X(get_property, cublasLtGetProperty)                   \
  X(status_text, cublasLtGetStatusString)                \
  X(matmul, cublasLtMatmul)                              \
  X(heuristic, cublasLtMatmulAlgoGetHeuristic)           \
  X(create_descriptor, cublasLtMatmulDescCreate)         \
  X(destroy_descriptor, cublasLtMatmulDescDestroy)       \
  X(set_descriptor, cublasLtMatmulDescSetAttribute)      \
  X(create_layout, cublasLtMatrixLayoutCreate)           \
  X(destroy_layout, cublasLtMatrixLayoutDestroy)         \
  X(create_preference, cublasLtMatmulPreferenceCreate)   \
  X(destroy_preference, cublasLtMatmulPreferenceDestroy) \
  X(set_preference, cublasLtMatmulPreferenceSetAttribute)

struct Cublas {
#define KFCTL_MEMBER(member, symbol) decltype(&symbol) member;
  KFCTL_CUBLAS_FUNCTIONS(KFCTL_MEMBER)
#undef KFCTL_MEMBER
};

/// Null if cuBLAS is not installed or lacks a function, with the reason in `why`. Loaded once; may
/// be called from any thread.
const Cublas* load_cublas(CudaReason& why);

}  // namespace kfctl
