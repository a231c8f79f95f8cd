// NVIDIA's driver, libcuda.so.1, loaded when asked for: a machine without it can load
// libkfctl_cuda.so all the same, and is told what is missing.
#pragma once

#include <cuda.h>

#include "kernels/cuda/abi.h"

namespace kfctl {

// The functions used, by the names that the driver exports.
struct CudaDriver {
  decltype(&cuInit) init;
  decltype(&cuDriverGetVersion) version;
  decltype(&cuDeviceGetCount) count;
  decltype(&cuDeviceGet) get;
  decltype(&cuDeviceGetName) name;
  decltype(&cuDeviceTotalMem) total_memory;
  decltype(&cuDeviceGetAttribute) attribute;
  decltype(&cuGetErrorName) error_name;
  decltype(&cuGetErrorString) error_text;
};

/// The driver, initialised; null if it cannot be used, with the reason in `why`. Loaded once; may
/// be called from any thread.
const CudaDriver* load_driver(CudaReason& why);

}  // namespace kfctl
