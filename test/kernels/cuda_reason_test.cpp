// The exact reason why a device cannot be used. Each case runs in a process of its own, against the
// real libkfctl_cuda.so and fake_driver.cpp, set up by CMakeLists.txt; run alone they make no
// sense.
#include <string>

#include <doctest/doctest.h>

#include "base/files.h"
#include "kernels/device.h"

using namespace kfctl;

namespace {

DeviceInfo first_cuda_device() {
  const DiskFiles files;
  const std::vector<DeviceInfo> devices = list_devices(files, {});
  REQUIRE(devices.size() >= 2);
  CHECK_FALSE(devices[1].usable());
  CHECK_FALSE(devices[1].hint.empty());
  CHECK(devices[0].usable());  // the CPU is, whatever CUDA lacks
  return devices[1];
}

}  // namespace

TEST_SUITE_BEGIN("cuda_reason" * doctest::skip());

TEST_CASE("no_driver") {
  const DeviceInfo info = first_cuda_device();
  CHECK_FALSE(info.present);
  CHECK(info.id() == "cuda");
  // The rest is the loader's own word for an empty file; without any it is "cannot open shared
  // object file: No such file or directory".
  CHECK(info.reason.starts_with("no NVIDIA driver: "));
  CHECK(info.reason.ends_with("libcuda.so.1: file too short"));
  CHECK(info.hint ==
        "install NVIDIA's driver, version 580 or newer; kfctl computes on the CPU without it");
  CHECK(info.runtime.starts_with("CUDA "));
}

TEST_CASE("driver_refuses") {
  const DeviceInfo info = first_cuda_device();
  CHECK_FALSE(info.present);
  CHECK(info.reason == "NVIDIA's driver does not start: a fake error (CUDA_ERROR_FAKE)");
  CHECK(info.hint == "the driver was updated while it ran; restart the machine");
}

TEST_CASE("no_device") {
  const DeviceInfo info = first_cuda_device();
  CHECK_FALSE(info.present);
  CHECK(info.reason == "NVIDIA's driver finds no device");
  CHECK(info.driver == "13.0");
}

TEST_CASE("old_driver") {
  const DeviceInfo info = first_cuda_device();
  CHECK(info.present);  // the device is there, and is named
  CHECK(info.id() == "cuda:0");
  CHECK(info.name == "Fake GPU 0");
  CHECK(info.memory_bytes == uint64_t{80} << 30);
  CHECK(
      info.reason.starts_with("NVIDIA's driver is too old: it offers CUDA 12.4, and this kfctl "
                              "needs "));
}

TEST_CASE("old_device") {
  const DeviceInfo info = first_cuda_device();
  CHECK(info.capability == "7.0");
  CHECK(info.reason == "compute capability 7.0 is too old: kfctl needs 8.0");
}

TEST_CASE("prohibited") { CHECK(first_cuda_device().reason == "its compute mode is 'prohibited'"); }

// The fake driver cannot run a kernel: the probe says so instead of calling the device usable. To
// come so far, the real cuBLAS was loaded and had every function that the table names.
TEST_CASE("kernel_fails") {
  const DeviceInfo info = first_cuda_device();
  CHECK(info.reason.starts_with("start the device: "));
  CHECK(info.runtime.find(", cuBLAS 13.") != std::string::npos);
}

TEST_CASE("no_cublas") {
  const DeviceInfo info = first_cuda_device();
  CHECK(info.reason.starts_with("no cuBLAS: "));
  CHECK(info.reason.ends_with("libcublasLt.so.13: file too short"));
  CHECK(info.hint.find("install cuBLAS") != std::string::npos);
}

TEST_SUITE_END();
