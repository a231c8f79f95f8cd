#include "kernels/cuda/driver.h"

#include <string>

#include <dlfcn.h>

#include "kernels/cuda/reason.h"

namespace kfctl {
namespace {

struct Loaded {
  CudaDriver driver = {};
  CudaReason why = {};
};

constexpr const char* kInstallDriver =
    "install NVIDIA's driver, version 580 or newer; kfctl computes on the CPU without it";

template <typename Function>
bool find(void* library, const char* symbol, Function& function) {
  // POSIX says that a function pointer may be had from dlsym's void* by this cast.
  function = reinterpret_cast<Function>(dlsym(library, symbol));
  return function != nullptr;
}

bool find_all(void* library, CudaDriver& driver) {
  return find(library, "cuInit", driver.init) &&
         find(library, "cuDriverGetVersion", driver.version) &&
         find(library, "cuDeviceGetCount", driver.count) &&
         find(library, "cuDeviceGet", driver.get) &&
         find(library, "cuDeviceGetName", driver.name) &&
         find(library, "cuDeviceTotalMem_v2", driver.total_memory) &&
         find(library, "cuDeviceGetAttribute", driver.attribute) &&
         find(library, "cuGetErrorName", driver.error_name) &&
         find(library, "cuGetErrorString", driver.error_text);
}

const char* hint_for(CUresult code) {
  switch (code) {
    case CUDA_ERROR_NO_DEVICE:
      return "'nvidia-smi' shows what the driver sees; a container must be started with its GPUs, "
             "and CUDA_VISIBLE_DEVICES must not hide them";
    case CUDA_ERROR_STUB_LIBRARY:
      return "the library found is for linking only; remove its directory from LD_LIBRARY_PATH";
    case CUDA_ERROR_SYSTEM_DRIVER_MISMATCH:
      return "the driver was updated while it ran; restart the machine";
    default:
      return "'nvidia-smi' may say more";
  }
}

void explain(const CudaDriver& driver, CUresult code, CudaReason& why) {
  const char* name = nullptr;
  const char* text = nullptr;
  driver.error_name(code, &name);
  driver.error_text(code, &text);
  set_reason(why,
             std::string("NVIDIA's driver does not start: ") + (text == nullptr ? "error" : text) +
                 " (" + (name == nullptr ? std::to_string(code) : name) + ")",
             hint_for(code));
}

Loaded load() {
  Loaded result;
  void* const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    set_reason(result.why, std::string("no NVIDIA driver: ") + dlerror(), kInstallDriver);
  } else if (!find_all(library, result.driver)) {
    set_reason(result.why, std::string("NVIDIA's driver is too old: ") + dlerror(), kInstallDriver);
  } else if (const CUresult code = result.driver.init(0); code != CUDA_SUCCESS) {
    explain(result.driver, code, result.why);
  }
  return result;
}

}  // namespace

const CudaDriver* load_driver(CudaReason& why) {
  static const Loaded loaded = load();
  why = loaded.why;
  return why.reason[0] == '\0' ? &loaded.driver : nullptr;
}

}  // namespace kfctl
