// The CPU as a device.
#pragma once

#include <memory>
#include <string_view>

#include "base/files.h"
#include "kernels/device.h"

namespace kfctl {

/// The processor's name, how many of its threads this process may use, and its memory: that of the
/// machine, or of the control group if that is less. `root` is "/" but in tests.
DeviceInfo describe_cpu(const Files& files, std::string_view root = "/");

std::unique_ptr<Device> open_cpu(const DeviceInfo& info);

}  // namespace kfctl
