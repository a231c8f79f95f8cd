// The C interface of libkfctl_cuda.so, the only thing that kfctl and the library know of each
// other.
//
// The library is a module (base/module.h) named `cuda`: its function kfctl_module gives a header
// with kCudaAbi and a CudaTable. Raise kCudaAbi with every change in this file. Nothing here
// throws, and nothing allocated on one side is freed on the other, except through the table.
#pragma once

#include <cstdint>

namespace kfctl {

inline constexpr uint32_t kCudaAbi = 1;

extern "C" {

/// Why something cannot be used, as text for a person; both are "" if it can.
struct CudaReason {
  char reason[384];
  char hint[384];
};

struct CudaPlatform {
  char driver[16];   // the CUDA version that the driver offers, "13.0"; "" without a driver
  char runtime[64];  // "CUDA 13.0, cuBLAS 13.1.0"
  int device_count;
  CudaReason why;  // why no device can be used
};

struct CudaDeviceText {
  char name[256];
  char capability[16];
  uint64_t memory_bytes;
  int multiprocessors;
  CudaReason why;
};

struct CudaContext;  // an opened device, owned by who opened it until `close`

struct CudaTable {
  /// Never fails: what is wrong is told in `platform->why`.
  void (*describe)(CudaPlatform* platform);

  /// REQUIRES: 0 <= index < device_count. Runs a kernel on the device to know that it can be used.
  void (*describe_device)(int index, CudaDeviceText* device);

  /// Null if it fails, with the reason in `why`.
  CudaContext* (*open)(int index, CudaReason* why);
  void (*close)(CudaContext* context);

  /// c = a * b as kernels/device.h has it, on host memory. False if it fails, with the reason in
  /// `why`. REQUIRES: the sizes are at least 1.
  bool (*multiply)(CudaContext* context, float* c, const float* a, const float* b, int rows,
                   int columns, int inner, CudaReason* why);
};

}  // extern "C"

}  // namespace kfctl
