// Measures the kernels on a device, for scripts/bench kernels: training steps of small
// networks as PyTorch would take them (test/kernels/bench_torch.py), and single products.
//
//   kfctl_kernels_bench steps|products DEVICE THREADS SECONDS [NAME]
//
// With NAME only the networks whose name contains it. Prints one line per measurement: name, value,
// unit, separated by tabs; the fastest of many rounds.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <time.h>

#include "test/kernels/bench_network.h"

namespace kfctl {
namespace {

clockid_t clock_used = CLOCK_MONOTONIC;

double now() {
  timespec time = {};
  clock_gettime(clock_used, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Examples per second over some twenty milliseconds of steps.
double round_of(BenchNetwork& network) {
  constexpr double kSeconds = 0.02;
  const double start = now();
  double seconds = 0.0;
  int64_t examples = 0;
  for (; seconds < kSeconds; seconds = now() - start) {
    network.step();
    examples += network.batch();
  }
  return static_cast<double>(examples) / seconds;
}

/// The fastest of rounds that take `seconds` together.
template <typename Round>
double fastest(double seconds, const Round& round) {
  const double start = now();
  double best = 0.0;
  do {
    best = std::max(best, round());
  } while (now() - start < seconds);
  return best;
}

constexpr struct {
  Precision precision;
  const char* name;
} kPrecisions[] = {{Precision::kFp32, "fp32"}, {Precision::kBf16, "bf16"}};

void measure_steps(Device& device, double seconds, const std::string& only) {
  const BenchShape networks[] = {
      {"784-128-10 batch 128", {}, {784, 128, 10}, 128},
      {"784-512-256-10 batch 256", {}, {784, 512, 256, 10}, 256},
      {"784-512-256-10 batch 1024", {}, {784, 512, 256, 10}, 1024},
      {"cnn 32-64-256-128-10 batch 128", {32, 64}, {784, 256, 128, 10}, 128}};
  for (const BenchShape& network : networks) {
    for (const auto& [precision, precision_name] : kPrecisions) {
      const std::string name = std::string(network.name) + " " + precision_name;
      if (!device.precision_reason(precision).empty() || name.find(only) == std::string::npos) {
        continue;
      }
      BenchNetwork trained(device, network, precision);
      const double rate = fastest(seconds, [&] { return round_of(trained); });
      std::printf("%s\t%.0f\texamples/s\n", name.c_str(), rate);
      std::fflush(stdout);
    }
  }
}

void measure_products(Device& device, double seconds) {
  const int64_t shapes[][3] = {{128, 784, 128},   {256, 784, 512}, {1024, 784, 512},
                               {1024, 512, 256},  {128, 128, 10},  {1024, 1024, 1024},
                               {2048, 2048, 2048}};
  for (const auto& [rows, in, out] : shapes) {
    const Buffer x = random_floats(device, rows * in, 1.0f);
    const Buffer w = random_floats(device, in * out, 1.0f);
    const Buffer y = random_floats(device, rows * out, 1.0f);
    for (const auto& [precision, precision_name] : kPrecisions) {
      if (!device.precision_reason(precision).empty()) continue;
      const DenseForward op = {.x = x.as<float>(),
                               .w = w.as<float>(),
                               .y = y.as<float>(),
                               .rows = rows,
                               .in = in,
                               .out = out,
                               .precision = precision};
      const double flops = 2.0 * static_cast<double>(rows * in * out);
      const int repeats = static_cast<int>(std::max(1.0, 1e8 / flops));
      const double rate = fastest(seconds, [&] {
        const double start = now();
        for (int i = 0; i < repeats; ++i) must(device.run(op));
        must(device.synchronise());
        return flops * repeats / (now() - start);
      });
      std::printf("%lldx%lldx%lld %s\t%.1f\tGFLOP/s\n", static_cast<long long>(rows),
                  static_cast<long long>(in), static_cast<long long>(out), precision_name,
                  rate * 1e-9);
      std::fflush(stdout);
    }
  }
}

}  // namespace
}  // namespace kfctl

int main(int argc, char** argv) {
  using namespace kfctl;
  if (argc != 5 && argc != 6) {
    std::fprintf(stderr, "kfctl_kernels_bench steps|products DEVICE THREADS SECONDS [NAME]\n");
    return 2;
  }
  const DiskFiles files;
  const std::unique_ptr<Device> device =
      must(open_device(argv[2], files, {.threads = std::atoi(argv[3])}));
  if (device->info().kind == DeviceKind::kCpu && std::atoi(argv[3]) == 1) {
    clock_used = CLOCK_PROCESS_CPUTIME_ID;
  }
  const double seconds = std::atof(argv[4]);
  if (std::string_view(argv[1]) == "steps") {
    measure_steps(*device, seconds, argc == 6 ? argv[5] : "");
  } else {
    measure_products(*device, seconds);
  }
  return 0;
}
