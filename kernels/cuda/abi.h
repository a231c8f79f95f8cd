// The C interface of libkfctl_cuda.so, the only thing that kfctl and the library know of each
// other.
//
// The library is a module (base/module.h) named `cuda`: its function kfctl_module gives a header
// with kCudaAbi and a CudaTable. Raise kCudaAbi with every change in this file or in the structs of
// kernels/ops/. Nothing here throws, and nothing allocated on one side is freed on the other,
// except through the table. What can fail gives false (or null), with the reason in `why`.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/ops/all.h"

namespace kfctl {

inline constexpr uint32_t kCudaAbi = 2;

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
  double peak_gflops;  // fp32 outside of the tensor cores, at the highest clock; 0 if unknown
  double peak_bandwidth_gbs;  // of its memory; 0 if unknown
  CudaReason why;
};

struct CudaContext;    // an opened device with its queue, owned by who opened it until `close`
struct CudaEvent;      // likewise until free_event
struct CudaRecording;  // likewise until free_recording

struct CudaTable {
  /// Never fails: what is wrong is told in `platform->why`.
  void (*describe)(CudaPlatform* platform);

  /// REQUIRES: 0 <= index < device_count. Runs a kernel on the device to know that it can be used.
  void (*describe_device)(int index, CudaDeviceText* device);

  CudaContext* (*open)(int index, CudaReason* why);
  void (*close)(CudaContext* context);

  // The functions of Device, by their names.
  void* (*allocate)(CudaContext* context, size_t bytes, CudaReason* why);
  void (*release)(CudaContext* context, void* memory);
  void* (*allocate_host)(CudaContext* context, size_t bytes, CudaReason* why);
  void (*release_host)(CudaContext* context, void* memory);
  bool (*upload)(CudaContext* context, void* to, const void* from, size_t bytes, CudaReason* why);
  bool (*download)(CudaContext* context, void* to, const void* from, size_t bytes, CudaReason* why);
  bool (*copy)(CudaContext* context, void* to, const void* from, size_t bytes, CudaReason* why);
  bool (*synchronise)(CudaContext* context, CudaReason* why);

  CudaEvent* (*make_event)(CudaContext* context, CudaReason* why);
  void (*free_event)(CudaEvent* event);
  bool (*mark)(CudaContext* context, CudaEvent* event, CudaReason* why);
  bool (*wait)(CudaContext* context, const CudaEvent* event, CudaReason* why);
  bool (*synchronise_event)(CudaContext* context, const CudaEvent* event, CudaReason* why);
  bool (*upload_later)(CudaContext* context, void* to, const void* from, size_t bytes,
                       const CudaEvent* after, CudaEvent* done, CudaReason* why);

  /// Between the two, ops are recorded instead of done. end_recording ends it in any case.
  bool (*begin_recording)(CudaContext* context, CudaReason* why);
  CudaRecording* (*end_recording)(CudaContext* context, CudaReason* why);
  void (*free_recording)(CudaRecording* recording);
  bool (*replay)(CudaContext* context, const CudaRecording* recording, CudaReason* why);

  // Ops that have passed check(), queued.
#define KFCTL_MEMBER(Op) bool (*run_##Op)(CudaContext * context, const Op* op, CudaReason* why);
  KFCTL_OPS(KFCTL_MEMBER)
#undef KFCTL_MEMBER
};

}  // extern "C"

}  // namespace kfctl
