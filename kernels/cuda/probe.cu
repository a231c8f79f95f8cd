#include "kernels/cuda/probe.h"

namespace kfctl {
namespace {

__global__ void probe_kernel(int* architecture) {
#ifdef __CUDA_ARCH__
  *architecture = __CUDA_ARCH__;
#endif
}

}  // namespace

int launch_probe(int* architecture, CUstream_st* stream) {
  probe_kernel<<<1, 1, 0, stream>>>(architecture);
  return cudaGetLastError();
}

}  // namespace kfctl
