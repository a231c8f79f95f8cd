#include "kernels/cuda/cublas.h"

#include <string>

#include <dlfcn.h>

#include "kernels/cuda/reason.h"

namespace kfctl {
namespace {

#define KFCTL_TEXT_INNER(number) #number
#define KFCTL_TEXT(number) KFCTL_TEXT_INNER(number)
constexpr const char* kLibrary = "libcublasLt.so." KFCTL_TEXT(CUBLAS_VER_MAJOR);
constexpr const char* kHint =
    "install cuBLAS " KFCTL_TEXT(CUBLAS_VER_MAJOR) " (NVIDIA's package libcublas-13-0, or the wheel "
    "nvidia-cublas), and put its directory into LD_LIBRARY_PATH if it is an unusual one";

struct Loaded {
  Cublas cublas = {};
  CudaReason why = {};
};

Loaded load() {
  Loaded result;
  void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    set_reason(result.why, std::string("no cuBLAS: ") + dlerror(), kHint);
    return result;
  }
  // POSIX says that a function pointer may be had from dlsym's void* by this cast.
#define KFCTL_LOAD(member, symbol)                                                            \
  result.cublas.member = reinterpret_cast<decltype(&symbol)>(dlsym(library, #symbol));        \
  if (result.cublas.member == nullptr) {                                                      \
    set_reason(result.why, std::string("cuBLAS is of another version: ") + dlerror(), kHint); \
    return result;                                                                            \
  }
  KFCTL_CUBLAS_FUNCTIONS(KFCTL_LOAD)
#undef KFCTL_LOAD
  return result;
}

}  // namespace

const Cublas* load_cublas(CudaReason& why) {
  static const Loaded loaded = load();
  why = loaded.why;
  return why.reason[0] == '\0' ? &loaded.cublas : nullptr;
}

}  // namespace kfctl
