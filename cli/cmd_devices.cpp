// kfctl devices: what kfctl can compute on, and why not on the rest.
#include <cstdio>

#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/table.h"
#include "cli/world.h"
#include "kernels/device.h"

namespace kfctl {
namespace {

DeviceOptions device_options(const World& world) {
  const auto found = world.around.variables.find("KFCTL_BACKEND_PATH");
  return {.backend_directory = found == world.around.variables.end() ? "" : found->second};
}

std::string memory_text(uint64_t bytes) {
  if (bytes == 0) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / double{1 << 30});
  return text;
}

std::string peak_text(double gflops) {
  if (gflops == 0.0) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.0f GFLOP/s", gflops);
  return text;
}

/// For programs: every fact, sizes in bytes.
Table facts(const std::vector<DeviceInfo>& devices) {
  Table table("deviceList",
              {"device", "present", "usable", "name", "memoryBytes", "units", "capability",
               "driver", "runtime", "peakGflops", "peakBandwidthGBs", "reason", "hint"});
  for (const DeviceInfo& info : devices) {
    table.add({info.id(), info.present, info.usable(), info.name,
               static_cast<int64_t>(info.memory_bytes), info.units, info.capability, info.driver,
               info.runtime, info.peak_gflops, info.peak_bandwidth_gbs, info.reason, info.hint});
  }
  return table;
}

/// For people: what fits a line; reasons stand below the table.
Table overview(const std::vector<DeviceInfo>& devices) {
  Table table("deviceList", {"device", "usable", "name", "memory", "units", "capability", "driver",
                             "runtime", "fp32 peak"});
  for (const DeviceInfo& info : devices) {
    table.add({info.id(), info.usable() ? "yes" : "no", info.name, memory_text(info.memory_bytes),
               info.units == 0 ? Json("") : Json(info.units), info.capability, info.driver,
               info.runtime, peak_text(info.peak_gflops)});
  }
  return table;
}

}  // namespace

int cmd_devices(const Args& args, Console& console, World& world) {
  const std::vector<DeviceInfo> devices = list_devices(world.files, device_options(world));
  if (args.value("output", "table") != "table") {
    print_table(facts(devices), args, console);
    return kExitOk;
  }
  print_table(overview(devices), args, console);
  for (const DeviceInfo& info : devices) {
    if (info.usable()) continue;
    console.line("");
    console.line(info.id() + ": " + info.reason);
    console.line("hint: " + info.hint);
  }
  return kExitOk;
}

}  // namespace kfctl
