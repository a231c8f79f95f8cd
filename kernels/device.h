// The device seam: what kfctl computes on. Everything above kernels/ sees devices only as this.
//
// Two kinds: the CPU, always there, and CUDA, whose code lies in libkfctl_cuda.so and is loaded
// when a device is asked for (kernels/cuda_loader.h). kfctl itself never links CUDA or cuBLAS.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "kernels/buffer.h"
#include "kernels/ops.h"

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
  // What it could do at best, in fp32 products and in reading its memory; 0 if unknown. For CUDA by
  // its clocks; for the CPU the products as list_devices measured them, for some milliseconds.
  double peak_gflops = 0.0;
  double peak_bandwidth_gbs = 0.0;
  std::string reason;  // why it cannot be used; empty if it can
  std::string hint;    // what to do about `reason`

  bool usable() const { return reason.empty(); }

  /// How --device names it: "cpu", "cuda:0", or "cuda" where there is none.
  std::string id() const;
};

/// A point in the work of a device that others can wait for. Belongs to the Device that made it.
class Event {
 public:
  virtual ~Event() = default;
};

/// Work that was recorded once and can be run again and again.
class Recording {
 public:
  virtual ~Recording() = default;
};

/// One device, opened. Belongs to one thread at a time.
///
/// Work is queued: run, replay and copy may return before the device is done, and what is queued is
/// done in the order of the calls. download and synchronise wait. An error of the device may
/// therefore come from a later call than the one that caused it; after one, the device is of no
/// further use. The CPU does each thing at once.
///
/// Addresses are those of the device's Buffers (or parts of them). The same calls give the same
/// bits on the same kind of device with the same build of kfctl, on the CPU for any number of
/// threads.
class Device {
 public:
  virtual ~Device() = default;

  virtual const DeviceInfo& info() const = 0;

  /// Why products cannot be computed in `precision`; empty if they can.
  virtual std::string precision_reason(Precision precision) const = 0;

  /// Zeroed. Errors: kDevice if there is not so much memory, with how much was asked for and how
  /// much is free.
  virtual Result<Buffer> allocate(size_t bytes) = 0;

  /// Memory of the host that upload_later can copy from. Errors: kDevice.
  virtual Result<Buffer> allocate_host(size_t bytes) = 0;

  /// From the host's memory; `from` may be changed as soon as this returns.
  virtual Status upload(void* to, const void* from, size_t bytes) = 0;
  /// Into the host's memory; waits until all is done.
  virtual Status download(void* to, const void* from, size_t bytes) = 0;
  /// Within the device; the two do not overlap.
  virtual Status copy(void* to, const void* from, size_t bytes) = 0;

  /// Waits until all that was queued is done. Errors: kDevice if any of it failed.
  virtual Status synchronise() = 0;

  virtual Result<std::unique_ptr<Event>> make_event() = 0;
  /// `event` comes to pass when all that was queued so far is done.
  virtual Status mark(Event& event) = 0;
  /// Copies beside the queued work, once `after` has come to pass; `done` comes to pass when it is
  /// copied. `from` is memory of allocate_host and stays as it is until then.
  virtual Status upload_later(void* to, const void* from, size_t bytes, const Event& after,
                              Event& done) = 0;
  /// What is queued from now on waits for `event`.
  virtual Status wait(const Event& event) = 0;
  /// The calling thread waits for `event`.
  virtual Status synchronise(const Event& event) = 0;

  /// Calls `work`, whose calls of run and copy are recorded instead of done. The addresses and
  /// sizes are those of the recording; what changes from one replay to the next lies in device
  /// memory (StepState). Errors: those of `work`, and of the checks of its ops; kDevice.
  virtual Result<std::unique_ptr<Recording>> record(const std::function<Status()>& work) = 0;
  virtual Status replay(const Recording& recording) = 0;

  /// Queues an op. Errors: those of check(op); kDevice.
#define KFCTL_RUN(Op)        \
  Status run(const Op& op) { \
    KF_DO(check(op));        \
    return submit(op);       \
  }
  KFCTL_OPS(KFCTL_RUN)
#undef KFCTL_RUN

 protected:
#define KFCTL_SUBMIT(Op) virtual Status submit(const Op& op) = 0;
  KFCTL_OPS(KFCTL_SUBMIT)
#undef KFCTL_SUBMIT
};

struct DeviceOptions {
  /// Where libkfctl_cuda.so lies, as an absolute path; empty means the installed lib/kfctl.
  std::string backend_directory = "";  // so that it may be left out
  /// How many threads the CPU computes with; 0 for as many as this process may use.
  int threads = 0;
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
