#include "kernels/device.h"

#include <charconv>
#include <utility>

#include "base/text.h"
#include "kernels/cpu/cpu_device.h"
#include "kernels/cuda_loader.h"

namespace kfctl {
namespace {

Error cannot_use(const DeviceInfo& info) {
  return Error(ErrorKind::kDevice, "cannot use device '" + info.id() + "': " + info.reason,
               info.hint);
}

Error unknown_choice(std::string_view choice) {
  return usage_error("unknown device '" + std::string(choice) + "'",
                     did_you_mean(choice, {"auto", "cpu", "cuda"},
                                  "devices are named auto, cpu, cuda or cuda:N; 'kfctl devices' "
                                  "lists them"));
}

/// The row for `index`, or the first usable one if `index` is negative. Errors: kDevice.
Result<DeviceInfo> choose(const std::vector<DeviceInfo>& devices, int index) {
  for (const DeviceInfo& info : devices) {
    if (!info.present) return cannot_use(info);
    if (index < 0 ? info.usable() : info.index == index) {
      if (!info.usable()) return cannot_use(info);
      return info;
    }
  }
  if (index < 0) return cannot_use(devices.front());
  return Error(ErrorKind::kDevice,
               "there is no device 'cuda:" + std::to_string(index) + "': the last is '" +
                   devices.back().id() + "'",
               "'kfctl devices' lists them");
}

}  // namespace

std::string DeviceInfo::id() const {
  if (kind == DeviceKind::kCpu) return "cpu";
  return present ? "cuda:" + std::to_string(index) : "cuda";
}

std::vector<DeviceInfo> list_devices(const Files& files, const DeviceOptions& options) {
  std::vector<DeviceInfo> devices = {describe_cpu(files)};
  devices.front().peak_gflops = measure_cpu(devices.front());
  for (DeviceInfo& info : list_cuda_devices(files, options)) devices.push_back(std::move(info));
  return devices;
}

Result<std::unique_ptr<Device>> open_device(std::string_view choice, const Files& files,
                                            const DeviceOptions& options) {
  if (choice == "cpu") return open_cpu(describe_cpu(files), options.threads);

  int index = -1;
  if (choice.starts_with("cuda:")) {
    const char* const end = choice.data() + choice.size();
    const auto [rest, error] = std::from_chars(choice.data() + 5, end, index);
    if (error != std::errc() || rest != end || index < 0) return unknown_choice(choice);
  } else if (choice != "auto" && choice != "cuda") {
    return unknown_choice(choice);
  }

  const Result<DeviceInfo> info = choose(list_cuda_devices(files, options), index);
  if (info.ok()) return open_cuda_device(info.value(), files, options);
  if (choice == "auto") return open_cpu(describe_cpu(files), options.threads);
  return info.error();
}

}  // namespace kfctl
