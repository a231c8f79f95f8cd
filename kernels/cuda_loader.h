// Finds and loads libkfctl_cuda.so, and shows its devices through kernels/device.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernels/device.h"

namespace kfctl {

/// The CUDA devices in the driver's order. Where there is none, one row that is not present and
/// says why: the library is not installed, no driver, a driver that is too old, no device.
std::vector<DeviceInfo> list_cuda_devices(const Files& files, const DeviceOptions& options);

/// Opens the device that `info`, a usable row of list_cuda_devices, describes.
/// Errors: kDevice if it fails.
Result<std::unique_ptr<Device>> open_cuda_device(const DeviceInfo& info, const Files& files,
                                                 const DeviceOptions& options);

}  // namespace kfctl
