#include "kernels/device.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/files.h"
#include "kernels/cpu/cpu_device.h"
#include "test/base/scratch_folder.h"

using namespace kfctl;

namespace {

struct TemporaryDirectory : ScratchFolder {
  DiskFiles files;
};

Error open_error(std::string_view choice, const DeviceOptions& options = {}) {
  const DiskFiles files;
  const Result<std::unique_ptr<Device>> device = open_device(choice, files, options);
  REQUIRE_FALSE_MESSAGE(device.ok(), choice);
  return device.error();
}

}  // namespace

TEST_CASE("the CPU is always listed first and computes") {
  const DiskFiles files;
  const std::vector<DeviceInfo> devices = list_devices(files, {});
  REQUIRE(devices.size() >= 2);
  CHECK(devices[0].id() == "cpu");
  CHECK(devices[0].usable());
  CHECK(devices[0].units >= 1);
  CHECK(devices[0].memory_bytes > 0);
  CHECK(devices[1].kind == DeviceKind::kCuda);

  const Result<std::unique_ptr<Device>> cpu = open_device("cpu", files, {});
  REQUIRE(cpu.ok());
  const std::vector<float> a = {2.0f, 3.0f};
  std::vector<float> c(1);
  REQUIRE(cpu.value()
              ->run(DenseForward{
                  .x = a.data(), .w = a.data(), .y = c.data(), .rows = 1, .in = 2, .out = 1})
              .ok());
  CHECK(c[0] == 13.0f);
}

TEST_CASE("a wrong name of a device is a usage error with the near word") {
  for (const char* choice : {"gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "CUDA", ""}) {
    const Error error = open_error(choice);
    CHECK_MESSAGE(error.kind == ErrorKind::kUsage, choice);
    CHECK(error.message == "unknown device '" + std::string(choice) + "'");
  }
  CHECK(open_error("cda").hint == "did you mean 'cuda'?");
  CHECK(open_error("metal").hint ==
        "devices are named auto, cpu, cuda or cuda:N; 'kfctl devices' lists them");
}

TEST_CASE_FIXTURE(TemporaryDirectory, "the CPU's memory is what the control group allows") {
  REQUIRE(files.write(path + "/proc/cpuinfo", "processor\t: 0\nmodel name\t: Test CPU 9\n").ok());
  REQUIRE(files.write(path + "/proc/meminfo", "MemTotal:       16384 kB\n").ok());
  CHECK(describe_cpu(files, path).name == "Test CPU 9");
  CHECK(describe_cpu(files, path).memory_bytes == 16384 * 1024);
  REQUIRE(files.write(path + "/sys/fs/cgroup/memory.max", "max\n").ok());
  CHECK(describe_cpu(files, path).memory_bytes == 16384 * 1024);
  REQUIRE(files.write(path + "/sys/fs/cgroup/memory.max", "1048576\n").ok());
  CHECK(describe_cpu(files, path).memory_bytes == 1048576);
}

TEST_CASE_FIXTURE(TemporaryDirectory, "without libkfctl_cuda.so the reason names its place") {
  const Error error = open_error("cuda", {.backend_directory = path});
  CHECK(error.kind == ErrorKind::kDevice);
  CHECK(error.message == "cannot use device 'cuda': this kfctl has no CUDA library: there is no " +
                             path + "/libkfctl_cuda.so");
  CHECK(error.hint.find("KFCTL_BACKEND_PATH") != std::string::npos);

  const Result<std::unique_ptr<Device>> device =
      open_device("auto", files, {.backend_directory = path});
  REQUIRE(device.ok());
  CHECK(device.value()->info().id() == "cpu");
}

TEST_CASE("a backend is never loaded by a relative path") {
  CHECK(open_error("cuda", {.backend_directory = "lib/kfctl"}).message ==
        "cannot use device 'cuda': modules are not loaded from 'lib/kfctl': not an absolute path");
}

TEST_CASE("a recording is not done until it is replayed, and then as often as one likes") {
  const DiskFiles files;
  const Result<std::unique_ptr<Device>> opened = open_device("cpu", files, {});
  REQUIRE(opened.ok());
  Device& cpu = *opened.value();
  const Result<Buffer> x = cpu.allocate(2 * sizeof(float));
  REQUIRE(x.ok());
  float* const values = x.value().as<float>();
  const Result<std::unique_ptr<Recording>> recording = cpu.record([&]() -> Status {
    return cpu.run(AddScaled{.x = values, .y = values, .count = 2, .scale = 2.0f, .keep = 0.0f});
  });
  REQUIRE(recording.ok());
  REQUIRE(cpu.run(Fill{.y = values, .count = 2, .value = 3.0f}).ok());
  CHECK(values[1] == 3.0f);
  REQUIRE(cpu.replay(*recording.value()).ok());
  REQUIRE(cpu.replay(*recording.value()).ok());
  CHECK(values[0] == 12.0f);
  CHECK(values[1] == 12.0f);
}

TEST_CASE("an op that is wrong is refused by its name, in a recording too") {
  const DiskFiles files;
  const Result<std::unique_ptr<Device>> opened = open_device("cpu", files, {});
  REQUIRE(opened.ok());
  Device& cpu = *opened.value();
  float value = 1.0f;
  const Status empty = cpu.run(Fill{.y = &value, .count = 0});
  REQUIRE_FALSE(empty.ok());
  CHECK(empty.error().kind == ErrorKind::kInternal);
  CHECK(empty.error().message == "Fill: a size is below 1");
  const auto recording = cpu.record([&] { return cpu.run(Fill{.y = nullptr, .count = 1}); });
  REQUIRE_FALSE(recording.ok());
  CHECK(recording.error().message == "Fill: an array that it needs is missing");
  REQUIRE(cpu.run(Fill{.y = &value, .count = 1, .value = 2.0f}).ok());  // no longer recording
  CHECK(value == 2.0f);
}

TEST_CASE("numbers too small to be normal are zero on every thread of the CPU, and nowhere else") {
  const DiskFiles files;
  DeviceOptions options;
  options.threads = 3;
  const Result<std::unique_ptr<Device>> opened = open_device("cpu", files, options);
  REQUIRE(opened.ok());
  std::vector<float> values(100000, 1e-30f);
  REQUIRE(opened.value()
              ->run(AddScaled{.x = values.data(),
                              .y = values.data(),
                              .count = 100000,
                              .scale = 1e-10f,
                              .keep = 0.0f})
              .ok());
  CHECK(std::count(values.begin(), values.end(), 0.0f) == 100000);
  volatile float small = 1e-30f;
  CHECK(small * 1e-10f > 0.0f);
}
