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
#include "kernels/cuda/context.h"
#include "kernels/cuda/driver.h"
#include "kernels/cuda/probe.h"
#include "kernels/cuda/reason.h"

namespace kfctl {

struct CudaEvent {
  cudaEvent_t event = nullptr;
  ~CudaEvent() {
    if (event != nullptr) cudaEventDestroy(event);
  }
};

struct CudaRecording {
  cudaGraphExec_t graph = nullptr;
  ~CudaRecording() {
    if (graph != nullptr) cudaGraphExecDestroy(graph);
  }
};

CudaContext::~CudaContext() {
  cudaSetDevice(index);
  if (handle != nullptr) cublas->destroy(handle);
  if (workspace != nullptr) cudaFree(workspace);
  if (copies != nullptr) cudaStreamDestroy(copies);
  if (stream != nullptr) cudaStreamDestroy(stream);
}

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

namespace {

constexpr int kOldestMajor = 8;  // compute capability; older devices lack bf16 and our kernels

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
  void* memory = nullptr;
  if (!done(cudaMalloc(&memory, sizeof(int)), "allocate memory of the device", why)) return false;
  int* const on_device = static_cast<int*>(memory);
  int architecture = 0;
  const bool ran =
      done(static_cast<cudaError_t>(launch_probe(on_device, nullptr)), "run a kernel", why) &&
      done(cudaMemcpy(&architecture, on_device, sizeof architecture, cudaMemcpyDeviceToHost),
           "run a kernel", why);
  cudaFree(memory);
  return ran;
}

/// fp32 multiply-adds per clock and multiprocessor, outside of the tensor cores.
int fp32_lanes(int major, int minor) { return major == 8 && minor == 0 ? 64 : 128; }

/// What the device could do at its highest clocks; clocks are in kHz.
void describe_peaks(const CudaDriver& driver, CUdevice handle, int major, int minor,
                    CudaDeviceText* device) {
  int clock = 0;
  int memory_clock = 0;
  int bus_bits = 0;
  driver.attribute(&clock, CU_DEVICE_ATTRIBUTE_CLOCK_RATE, handle);
  driver.attribute(&memory_clock, CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, handle);
  driver.attribute(&bus_bits, CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, handle);
  device->peak_gflops = 2.0 * fp32_lanes(major, minor) * device->multiprocessors * clock * 1e-6;
  device->peak_bandwidth_gbs = 2.0 * memory_clock * 1e3 * bus_bits / 8.0 * 1e-9;  // both edges
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
  describe_peaks(*driver, handle, major, minor, device);
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

/// Scratch memory of ops stays with the pool between them instead of going back to the driver.
bool keep_scratch(int index, CudaReason& why) {
  cudaMemPool_t pool = nullptr;
  uint64_t all = UINT64_MAX;
  return done(cudaDeviceGetDefaultMemPool(&pool, index), "open the memory pool", why) &&
         done(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &all),
              "open the memory pool", why);
}

CudaContext* open(int index, CudaReason* why) {
  *why = {};
  const Cublas* const cublas = load_cublas(*why);
  if (cublas == nullptr) return nullptr;
  if (!done(cudaSetDevice(index), "start the device", *why)) return nullptr;

  std::unique_ptr<CudaContext> context(new (std::nothrow) CudaContext);
  if (context == nullptr) return nullptr;
  context->index = index;
  context->cublas = cublas;
  const bool opened = done(cudaStreamCreateWithFlags(&context->stream, cudaStreamNonBlocking),
                           "open a queue", *why) &&
                      done(cudaStreamCreateWithFlags(&context->copies, cudaStreamNonBlocking),
                           "open a queue", *why) &&
                      done(cudaMalloc(&context->workspace, CudaContext::kWorkspaceBytes),
                           "allocate a workspace", *why) &&
                      keep_scratch(index, *why) &&
                      done(*cublas, cublas->create(&context->handle), "start cuBLAS", *why);
  return opened ? context.release() : nullptr;
}

void close(CudaContext* context) { delete context; }

/// The calling thread works with this device from here on.
bool choose(CudaContext* context, CudaReason* why) {
  *why = {};
  return done(cudaSetDevice(context->index), "choose the device", *why);
}

void* allocate(CudaContext* context, size_t bytes, CudaReason* why) {
  if (!choose(context, why)) return nullptr;
  void* memory = nullptr;
  size_t free = 0;
  size_t total = 0;
  cudaMemGetInfo(&free, &total);
  const std::string what = "allocate " + std::to_string(bytes) + " bytes on the device, of which " +
                           std::to_string(free) + " are free";
  if (!done(cudaMalloc(&memory, bytes), what.c_str(), *why)) return nullptr;
  if (!done(cudaMemsetAsync(memory, 0, bytes, context->stream), "clear memory", *why)) {
    cudaFree(memory);
    return nullptr;
  }
  return memory;
}

void release(CudaContext* context, void* memory) {
  cudaSetDevice(context->index);
  cudaFree(memory);
}

void* allocate_host(CudaContext* context, size_t bytes, CudaReason* why) {
  if (!choose(context, why)) return nullptr;
  void* memory = nullptr;
  const std::string what = "allocate " + std::to_string(bytes) + " bytes of pinned memory";
  if (!done(cudaMallocHost(&memory, bytes), what.c_str(), *why)) return nullptr;
  return memory;
}

void release_host(CudaContext* context, void* memory) {
  cudaSetDevice(context->index);
  cudaFreeHost(memory);
}

bool upload(CudaContext* context, void* to, const void* from, size_t bytes, CudaReason* why) {
  // From pageable memory this returns once it is staged; pinned memory must not change meanwhile.
  return choose(context, why) &&
         done(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, context->stream),
              "copy to the device", *why);
}

bool synchronise(CudaContext* context, CudaReason* why) {
  return choose(context, why) &&
         done(cudaStreamSynchronize(context->stream), "wait for the device", *why);
}

bool download(CudaContext* context, void* to, const void* from, size_t bytes, CudaReason* why) {
  return choose(context, why) &&
         done(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, context->stream),
              "copy from the device", *why) &&
         synchronise(context, why);
}

bool copy(CudaContext* context, void* to, const void* from, size_t bytes, CudaReason* why) {
  return choose(context, why) &&
         done(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, context->stream),
              "copy on the device", *why);
}

CudaEvent* make_event(CudaContext* context, CudaReason* why) {
  if (!choose(context, why)) return nullptr;
  std::unique_ptr<CudaEvent> event(new (std::nothrow) CudaEvent);
  if (event == nullptr || !done(cudaEventCreateWithFlags(&event->event, cudaEventDisableTiming),
                                "make an event", *why)) {
    return nullptr;
  }
  return event.release();
}

void free_event(CudaEvent* event) { delete event; }

bool mark(CudaContext* context, CudaEvent* event, CudaReason* why) {
  return choose(context, why) &&
         done(cudaEventRecord(event->event, context->stream), "mark an event", *why);
}

bool wait(CudaContext* context, const CudaEvent* event, CudaReason* why) {
  return choose(context, why) &&
         done(cudaStreamWaitEvent(context->stream, event->event, 0), "wait for an event", *why);
}

bool synchronise_event(CudaContext* context, const CudaEvent* event, CudaReason* why) {
  return choose(context, why) &&
         done(cudaEventSynchronize(event->event), "wait for an event", *why);
}

bool upload_later(CudaContext* context, void* to, const void* from, size_t bytes,
                  const CudaEvent* after, CudaEvent* event, CudaReason* why) {
  return choose(context, why) &&
         done(cudaStreamWaitEvent(context->copies, after->event, 0), "wait for an event", *why) &&
         done(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, context->copies),
              "copy to the device", *why) &&
         done(cudaEventRecord(event->event, context->copies), "mark an event", *why);
}

bool begin_recording(CudaContext* context, CudaReason* why) {
  return choose(context, why) &&
         done(cudaStreamBeginCapture(context->stream, cudaStreamCaptureModeThreadLocal), "record",
              *why);
}

CudaRecording* end_recording(CudaContext* context, CudaReason* why) {
  if (!choose(context, why)) return nullptr;
  cudaGraph_t graph = nullptr;
  if (!done(cudaStreamEndCapture(context->stream, &graph), "record", *why)) return nullptr;
  std::unique_ptr<CudaRecording> recording(new (std::nothrow) CudaRecording);
  const bool made =
      recording != nullptr &&
      done(cudaGraphInstantiate(&recording->graph, graph, cudaGraphInstantiateFlagAutoFreeOnLaunch),
           "record", *why);
  cudaGraphDestroy(graph);
  return made ? recording.release() : nullptr;
}

void free_recording(CudaRecording* recording) { delete recording; }

bool replay(CudaContext* context, const CudaRecording* recording, CudaReason* why) {
  return choose(context, why) &&
         done(cudaGraphLaunch(recording->graph, context->stream), "replay a recording", *why);
}

template <typename Op>
bool run_op(CudaContext* context, const Op* op, CudaReason* why) {
  return choose(context, why) && run(*context, *op, *why);
}

constexpr CudaTable kTable = {describe,
                              describe_device,
                              open,
                              close,
                              allocate,
                              release,
                              allocate_host,
                              release_host,
                              upload,
                              download,
                              copy,
                              synchronise,
                              make_event,
                              free_event,
                              mark,
                              wait,
                              synchronise_event,
                              upload_later,
                              begin_recording,
                              end_recording,
                              free_recording,
                              replay,
#define KFCTL_ENTRY(Op) run_op<Op>,
                              KFCTL_OPS(KFCTL_ENTRY)
#undef KFCTL_ENTRY
};

}  // namespace
}  // namespace kfctl

KFCTL_EXPORT_MODULE(kfctl::kCudaAbi, &kfctl::kTable)
