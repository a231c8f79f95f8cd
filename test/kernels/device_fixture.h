// DeviceTest: the fixture of tests that need a GPU.
//
// Where there is no device the test is skipped, and says so in the words that ctest looks for; a
// device that is there and cannot be used is a failure. KFCTL_REQUIRE_GPU=1 makes both a failure.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "base/files.h"
#include "kernels/device.h"

namespace kfctl {

class DeviceTest {
 protected:
  DeviceTest() {
    const DeviceInfo first = list_devices(files_, {})[1];
    if (!first.present && std::getenv("KFCTL_REQUIRE_GPU") == nullptr) {
      MESSAGE("DeviceTest skipped: " << first.reason);
      return;
    }
    Result<std::unique_ptr<Device>> device = open_device("cuda", files_, {});
    REQUIRE_MESSAGE(device.ok(), device.error().to_text());
    device_ = std::move(device).value();
  }

  /// Null if the test is to be skipped.
  Device* device() const { return device_.get(); }

 private:
  DiskFiles files_;
  std::unique_ptr<Device> device_;
};

}  // namespace kfctl
