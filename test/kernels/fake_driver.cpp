// A libcuda.so.1 for tests: what NVIDIA's driver would answer on machines that we do not have.
//
// FAKE_INIT is what cuInit returns, FAKE_VERSION what the driver says it is (13000), FAKE_DEVICES
// how many devices there are, FAKE_MAJOR their compute capability, FAKE_MODE their compute mode.
#include <cstdio>
#include <cstdlib>

#include <cuda.h>

namespace {

int setting(const char* name, int otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

}  // namespace

extern "C" {

#define FAKE __attribute__((visibility("default")))

FAKE CUresult cuInit(unsigned int) { return static_cast<CUresult>(setting("FAKE_INIT", 0)); }

FAKE CUresult cuDriverGetVersion(int* version) {
  *version = setting("FAKE_VERSION", 13000);
  return CUDA_SUCCESS;
}

FAKE CUresult cuDeviceGetCount(int* count) {
  *count = setting("FAKE_DEVICES", 1);
  return CUDA_SUCCESS;
}

FAKE CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  *device = ordinal;
  return CUDA_SUCCESS;
}

FAKE CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
  std::snprintf(name, static_cast<size_t>(length), "Fake GPU %d", device);
  return CUDA_SUCCESS;
}

FAKE CUresult cuDeviceTotalMem(size_t* bytes, CUdevice) {  // cuda.h makes this ..._v2
  *bytes = size_t{80} << 30;
  return CUDA_SUCCESS;
}

FAKE CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice) {
  switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
      *value = setting("FAKE_MAJOR", 9);
      break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_MODE:
      *value = setting("FAKE_MODE", CU_COMPUTEMODE_DEFAULT);
      break;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
      *value = 132;
      break;
    default:
      *value = 0;
  }
  return CUDA_SUCCESS;
}

FAKE CUresult cuGetErrorName(CUresult, const char** name) {
  *name = "CUDA_ERROR_FAKE";
  return CUDA_SUCCESS;
}

FAKE CUresult cuGetErrorString(CUresult, const char** text) {
  *text = "a fake error";
  return CUDA_SUCCESS;
}

}  // extern "C"
