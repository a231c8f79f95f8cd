// libkfctl_cuda.so: the table of abi.h.
//
// The CUDA runtime is linked statically and loads the driver by itself; the driver and cuBLAS are
// looked for here first, so that what is missing is told exactly (driver.h, cublas.h). Every call
// that can fail is checked; device memory and handles are owned by objects, so that an error on the
// way leaves nothing behind.
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include <cuda_runtime_api.h>

#include "base/module.h"
#include "kernels/cuda/abi.h"
#include "kernels/cuda/cublas.h"
#include "kernels/cuda/driver.h"
#include "kernels/cuda/probe.h"
#include "kernels/cuda/reason.h"

namespace kfctl {

struct CudaContext {
  int index = 0;
  const Cublas* cublas = nullptr;
  cublasHandle_t handle = nullptr;

  ~CudaContext() {
    if (handle != nullptr) cublas->destroy(handle);
  }
};

namespace {

constexpr int kOldestMajor = 8;  // compute capability; older devices lack bf16 and our kernels

struct DeviceFree {
  void operator()(void* memory) const { cudaFree(memory); }
};
using DeviceMemory = std::unique_ptr<void, DeviceFree>;

bool done(cudaError_t code, const char* what, CudaReason& why) {
  if (code == cudaSuccess) return true;
  set_reason(
      why,
      std::string(what) + ": " + cudaGetErrorString(code) + " (" + cudaGetErrorName(code) + ")",
      code == cudaErrorMemoryAllocation
          ? "other programs may hold the device's memory: 'nvidia-smi' shows them"
          : "'nvidia-smi' and the kernel's log (dmesg, 'NVRM') may say more");
  return false;
}

bool done(const Cublas& cublas, cublasStatus_t code, const char* what, CudaReason& why) {
  if (code == CUBLAS_STATUS_SUCCESS) return true;
  set_reason(why, std::string(what) + ": " + cublas.status_text(code),
             "the device may be out of memory: 'nvidia-smi' shows who uses it");
  return false;
}

DeviceMemory allocate(size_t bytes, CudaReason& why) {
  void* memory = nullptr;
  const std::string what = "allocate " + std::to_string(bytes) + " bytes on the device";
  if (!done(cudaMalloc(&memory, bytes), what.c_str(), why)) return nullptr;
  return DeviceMemory(memory);
}

DeviceMemory copy_to_device(const float* data, size_t count, CudaReason& why) {
  DeviceMemory memory = allocate(count * sizeof(float), why);
  if (memory == nullptr) return nullptr;
  if (!done(cudaMemcpy(memory.get(), data, count * sizeof(float), cudaMemcpyHostToDevice),
            "copy to the device", why)) {
    return nullptr;
  }
  return memory;
}

/// "13.0" for 13000.
std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string cublas_version(const Cublas& cublas) {
  int part[3] = {};
  cublas.get_property(MAJOR_VERSION, &part[0]);
  cublas.get_property(MINOR_VERSION, &part[1]);
  cublas.get_property(PATCH_LEVEL, &part[2]);
  return std::to_string(part[0]) + "." + std::to_string(part[1]) + "." + std::to_string(part[2]);
}

void describe(CudaPlatform* platform) {
  *platform = {};
  set_text(platform->runtime, "CUDA " + version_text(CUDART_VERSION));
  const CudaDriver* const driver = load_driver(platform->why);
  if (driver == nullptr) return;

  int version = 0;
  driver->version(&version);
  set_text(platform->driver, version_text(version));
  driver->count(&platform->device_count);
  if (platform->device_count == 0) {
    set_reason(platform->why, "NVIDIA's driver finds no device",
               "CUDA_VISIBLE_DEVICES may hide them; 'nvidia-smi' shows what the driver sees");
    return;
  }
  if (version < CUDART_VERSION) {
    set_reason(platform->why,
               "NVIDIA's driver is too old: it offers CUDA " + version_text(version) +
                   ", and this kfctl needs " + version_text(CUDART_VERSION),
               "update NVIDIA's driver to version 580 or newer");
    return;
  }
  const Cublas* const cublas = load_cublas(platform->why);
  if (cublas == nullptr) return;
  set_text(platform->runtime,
           "CUDA " + version_text(CUDART_VERSION) + ", cuBLAS " + cublas_version(*cublas));
}

/// Runs probe.cu on the device.
bool runs_our_code(int index, CudaReason& why) {
  if (!done(cudaSetDevice(index), "start the device", why)) return false;
  const DeviceMemory memory = allocate(sizeof(int), why);
  if (memory == nullptr) return false;
  int* const on_device = static_cast<int*>(memory.get());
  int architecture = 0;
  return done(static_cast<cudaError_t>(launch_probe(on_device, nullptr)), "run a kernel", why) &&
         done(cudaMemcpy(&architecture, on_device, sizeof architecture, cudaMemcpyDeviceToHost),
              "run a kernel", why);
}

void describe_device(int index, CudaDeviceText* device) {
  *device = {};
  const CudaDriver* const driver = load_driver(device->why);
  if (driver == nullptr) return;

  CUdevice handle = 0;
  size_t memory = 0;
  int major = 0;
  int minor = 0;
  int mode = 0;
  driver->get(&handle, index);
  driver->name(device->name, sizeof device->name, handle);
  driver->total_memory(&memory, handle);
  driver->attribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, handle);
  driver->attribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, handle);
  driver->attribute(&device->multiprocessors, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, handle);
  driver->attribute(&mode, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE, handle);
  device->memory_bytes = memory;
  set_text(device->capability, std::to_string(major) + "." + std::to_string(minor));

  if (major < kOldestMajor) {
    set_reason(device->why,
               std::string("compute capability ") + device->capability +
                   " is too old: kfctl needs " + std::to_string(kOldestMajor) + ".0",
               "use a device of the Ampere generation or newer, or --device cpu");
  } else if (mode == CU_COMPUTEMODE_PROHIBITED) {
    set_reason(device->why, "its compute mode is 'prohibited'",
               "'nvidia-smi -c DEFAULT' (as root) allows computing on it");
  } else {
    runs_our_code(index, device->why);
  }
}

CudaContext* open(int index, CudaReason* why) {
  *why = {};
  const Cublas* const cublas = load_cublas(*why);
  if (cublas == nullptr) return nullptr;
  if (!done(cudaSetDevice(index), "start the device", *why)) return nullptr;

  std::unique_ptr<CudaContext> context(new (std::nothrow) CudaContext{index, cublas, nullptr});
  if (context == nullptr) return nullptr;
  if (!done(*cublas, cublas->create(&context->handle), "start cuBLAS", *why)) return nullptr;
  return context.release();
}

void close(CudaContext* context) { delete context; }

bool multiply(CudaContext* context, float* c, const float* a, const float* b, int rows, int columns,
              int inner, CudaReason* why) {
  *why = {};
  const size_t m = static_cast<size_t>(rows);
  const size_t n = static_cast<size_t>(columns);
  const size_t k = static_cast<size_t>(inner);
  if (!done(cudaSetDevice(context->index), "choose the device", *why)) return false;
  const DeviceMemory on_device_a = copy_to_device(a, m * k, *why);
  if (on_device_a == nullptr) return false;
  const DeviceMemory on_device_b = copy_to_device(b, k * n, *why);
  if (on_device_b == nullptr) return false;
  const DeviceMemory on_device_c = allocate(m * n * sizeof(float), *why);
  if (on_device_c == nullptr) return false;

  // cuBLAS is column-major, where our arrays are their own transposes: c^T = b^T * a^T.
  const float one = 1.0f;
  const float zero = 0.0f;
  return done(*context->cublas,
              context->cublas->sgemm(context->handle, CUBLAS_OP_N, CUBLAS_OP_N, columns, rows,
                                     inner, &one, static_cast<const float*>(on_device_b.get()),
                                     columns, static_cast<const float*>(on_device_a.get()), inner,
                                     &zero, static_cast<float*>(on_device_c.get()), columns),
              "multiply", *why) &&
         done(cudaMemcpy(c, on_device_c.get(), m * n * sizeof(float), cudaMemcpyDeviceToHost),
              "multiply", *why);
}

constexpr CudaTable kTable = {describe, describe_device, open, close, multiply};

}  // namespace
}  // namespace kfctl

KFCTL_EXPORT_MODULE(kfctl::kCudaAbi, &kfctl::kTable)
