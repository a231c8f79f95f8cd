// The CPU as a device.
#pragma once

#include <memory>
#include <string_view>

#include "base/files.h"
#include "kernels/cpu/isa.h"
#include "kernels/device.h"

namespace kfctl {

/// The processor's name, how many of its threads this process may use, and its memory: that of the
/// machine, or of the control group if that is less. `root` is "/" but in tests.
DeviceInfo describe_cpu(const Files& files, std::string_view root = "/");

/// Billions of floating point operations per second in a product that fits the cache, on as many
/// threads as `info` has units: the fastest of some, which take some milliseconds.
double measure_cpu(const DeviceInfo& info);

/// Computes with `threads` threads, or with info.units if that is 0.
std::unique_ptr<Device> open_cpu(const DeviceInfo& info, int threads);

/// With the ops of `table`, one of cpu::op_tables(), instead of the best of them: for tests.
std::unique_ptr<Device> open_cpu(const DeviceInfo& info, int threads, const cpu::OpTable& table);

}  // namespace kfctl
