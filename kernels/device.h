// The device seam: what kfctl computes on. Everything above kernels/ sees devices only as this.
//
// Two kinds: the CPU, always there, and CUDA, whose code lies in libkfctl_cuda.so and is loaded
// when a device is asked for (kernels/cuda_loader.h). kfctl itself never links CUDA or cuBLAS.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace kfctl {

enum class DeviceKind { kCpu, kCuda };

struct DeviceInfo {
  DeviceKind kind = DeviceKind::kCpu;
  int index = 0;         // among the devices of its kind, as the driver counts them
  bool present = false;  // false: stands for its kind as a whole, of which there is no device
  std::string name;      // "NVIDIA H100 80GB HBM3"
  uint64_t memory_bytes = 0;
  int units = 0;           // processors this process may use, or streaming multiprocessors
  std::string capability;  // CUDA's compute capability, "9.0"
  std::string driver;      // the CUDA version that the driver offers, "13.0"
  std::string runtime;     // what kfctl computes with: "CUDA 13.0, cuBLAS 13.1.0"
  std::string reason;      // why it cannot be used; empty if it can
  std::string hint;        // what to do about `reason`

  bool usable() const { return reason.empty(); }

  /// How --device names it: "cpu", "cuda:0", or "cuda" where there is none.
  std::string id() const;
};

/// c = a * b, fp32, row-major without gaps: a is (rows, inner), b (inner, columns), c (rows,
/// columns). All in host memory, owned by the caller; c overlaps neither a nor b.
struct MatrixProduct {
  std::span<const float> a;
  std::span<const float> b;
  std::span<float> c;
  int rows = 0;
  int columns = 0;
  int inner = 0;
};

/// Errors: kInternal if a size is below 1 or a span is not as long as its shape says.
Status check_shapes(const MatrixProduct& product);

/// One device, opened. Belongs to one thread at a time.
class Device {
 public:
  virtual ~Device() = default;

  virtual const DeviceInfo& info() const = 0;

  /// Returns when `c` is filled. Errors: those of check_shapes; kDevice if the device has not
  /// enough memory or fails; what c holds then is undefined.
  virtual Status multiply(const MatrixProduct& product) = 0;
};

struct DeviceOptions {
  /// Where libkfctl_cuda.so lies, as an absolute path; empty means the installed lib/kfctl.
  std::string backend_directory;
};

/// Every device: the CPU first, then each CUDA device, or one row that says why there is none. A
/// CUDA device is listed as usable only after it ran a kernel of ours, which takes some tenths of
/// a second each. `files` reads /proc and /sys.
std::vector<DeviceInfo> list_devices(const Files& files, const DeviceOptions& options);

/// `choice` is "cpu", "cuda" (the first that can be used), "cuda:N", or "auto": CUDA if a device
/// can be used, else the CPU.
/// Errors: kUsage if `choice` is none of these; kDevice if that device is not there or cannot be
/// used, with the reason and the hint of its DeviceInfo.
Result<std::unique_ptr<Device>> open_device(std::string_view choice, const Files& files,
                                            const DeviceOptions& options);

}  // namespace kfctl
