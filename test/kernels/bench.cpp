// Measures the kernels on a device, for scripts/bench kernels: training steps of fully connected
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
#include <vector>

#include <time.h>

#include "base/files.h"
#include "kernels/device.h"

namespace kfctl {
namespace {

clockid_t clock_used = CLOCK_MONOTONIC;

[[noreturn]] void fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.to_text().c_str());
  std::exit(exit_code(error.kind));
}

void must(const Status& status) {
  if (!status.ok()) fail(status.error());
}

template <typename T>
T must(Result<T> result) {
  if (!result.ok()) fail(result.error());
  return std::move(result).value();
}

double now() {
  timespec time = {};
  clock_gettime(clock_used, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <typename T>
Buffer filled(Device& device, const std::vector<T>& values) {
  Buffer buffer = must(device.allocate(values.size() * sizeof(T)));
  must(device.upload(buffer.as<T>(), values.data(), values.size() * sizeof(T)));
  return buffer;
}

Buffer random_floats(Device& device, int64_t count, float size) {
  std::vector<float> values(static_cast<size_t>(count));
  uint32_t state = 1;
  for (float& value : values) {
    state = state * 1664525u + 1013904223u;
    value = size * (static_cast<float>(state >> 8) * 0x1p-23f - 1.0f);
  }
  return filled(device, values);
}

/// A network of ReLU layers under softmax cross-entropy, trained with Adam on bytes.
class Network {
 public:
  static constexpr int64_t kRows = 60000;

  Network(Device& device, std::vector<int64_t> widths, int64_t batch, Precision precision)
      : device_(device), widths_(std::move(widths)), batch_(batch), precision_(precision) {
    std::vector<uint8_t> pixels(static_cast<size_t>(kRows * widths_.front()));
    for (size_t i = 0; i < pixels.size(); ++i)
      pixels[i] = static_cast<uint8_t>(i * 2654435761u >> 24);
    std::vector<int32_t> labels(static_cast<size_t>(kRows));
    for (size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int32_t>(i % 10);
    pixels_ = filled(device, pixels);
    labels_ = filled(device, labels);
    scale_ = filled(device, std::vector<float>(static_cast<size_t>(widths_.front()), 1.0f / 255));
    lay_out_parameters();
    for (const int64_t width : widths_) {
      values_.push_back(must(device.allocate(static_cast<size_t>(batch * width) * sizeof(float))));
      slopes_.push_back(must(device.allocate(static_cast<size_t>(batch * width) * sizeof(float))));
    }
    indices_ = must(device.allocate(static_cast<size_t>(batch) * sizeof(int32_t)));
    targets_ = must(device.allocate(static_cast<size_t>(batch) * sizeof(int32_t)));
    totals_ = must(device.allocate(sizeof(LossTotals)));
    state_ = must(device.allocate(sizeof(StepState)));
    recording_ = must(device.record([this] { return step(); }));
  }

  /// Examples per second over some twenty milliseconds of steps.
  double round() {
    constexpr double kSeconds = 0.02;
    const double start = now();
    double seconds = 0.0;
    int64_t examples = 0;
    for (; seconds < kSeconds; seconds = now() - start) {
      must(device_.upload(state_.as<StepState>(), &now_, sizeof now_));
      must(device_.replay(*recording_));
      must(device_.synchronise());
      examples += batch_;
      ++now_.step;
      now_.position += batch_;
      if (now_.position + batch_ > kRows) now_.position = 0;
    }
    return static_cast<double>(examples) / seconds;
  }

 private:
  void lay_out_parameters() {
    std::vector<Segment> segments;
    int64_t end = 0;
    for (size_t layer = 1; layer < widths_.size(); ++layer) {
      for (const int64_t size : {widths_[layer - 1] * widths_[layer], widths_[layer]}) {
        begins_.push_back(end);
        segments.push_back({end, end + size});
        end = (end + size + 15) / 16 * 16;
      }
    }
    segments_ = filled(device_, segments);
    const size_t bytes = static_cast<size_t>(end) * sizeof(float);
    weights_ = random_floats(device_, end, 0.05f);
    gradients_ = must(device_.allocate(bytes));
    first_ = must(device_.allocate(bytes));
    second_ = must(device_.allocate(bytes));
  }

  float* part(const Buffer& arena, size_t layer, size_t which) const {
    return arena.as<float>() + begins_[2 * layer + which];
  }

  Status step() {
    const size_t layers = widths_.size() - 1;
    KF_DO(device_.run(BatchIndices{.indices = indices_.as<int32_t>(),
                                   .state = state_.as<StepState>(),
                                   .rows = batch_,
                                   .population = kRows}));
    KF_DO(device_.run(GatherRows{.source = pixels_.as<uint8_t>(),
                                 .indices = indices_.as<int32_t>(),
                                 .scale = scale_.as<float>(),
                                 .y = values_[0].as<float>(),
                                 .rows = batch_,
                                 .width = widths_[0],
                                 .y_stride = widths_[0],
                                 .type = ElementType::kUint8}));
    KF_DO(device_.run(GatherInts{.source = labels_.as<int32_t>(),
                                 .indices = indices_.as<int32_t>(),
                                 .y = targets_.as<int32_t>(),
                                 .rows = batch_}));
    for (size_t layer = 0; layer < layers; ++layer) {
      const bool last = layer + 1 == layers;
      KF_DO(device_.run(DenseForward{.x = values_[layer].as<float>(),
                                     .w = part(weights_, layer, 0),
                                     .bias = part(weights_, layer, 1),
                                     .y = values_[layer + 1].as<float>(),
                                     .rows = batch_,
                                     .in = widths_[layer],
                                     .out = widths_[layer + 1],
                                     .activation = last ? Activation::kIdentity : Activation::kRelu,
                                     .precision = precision_}));
    }
    KF_DO(device_.run(SoftmaxLoss{.logits = values_[layers].as<float>(),
                                  .labels = targets_.as<int32_t>(),
                                  .dlogits = slopes_[layers].as<float>(),
                                  .totals = totals_.as<LossTotals>(),
                                  .rows = batch_,
                                  .classes = widths_[layers]}));
    for (size_t layer = layers; layer-- > 0;) {
      KF_DO(
          device_.run(DenseBackward{.dz = slopes_[layer + 1].as<float>(),
                                    .x = values_[layer].as<float>(),
                                    .w = part(weights_, layer, 0),
                                    .dw = part(gradients_, layer, 0),
                                    .dbias = part(gradients_, layer, 1),
                                    .dx = layer == 0 ? nullptr : slopes_[layer].as<float>(),
                                    .rows = batch_,
                                    .in = widths_[layer],
                                    .out = widths_[layer + 1],
                                    .below = layer == 0 ? Activation::kIdentity : Activation::kRelu,
                                    .precision = precision_}));
    }
    return device_.run(OptimiserStep{.weights = weights_.as<float>(),
                                     .gradients = gradients_.as<float>(),
                                     .first = first_.as<float>(),
                                     .second = second_.as<float>(),
                                     .segments = segments_.as<Segment>(),
                                     .state = state_.as<StepState>(),
                                     .segment_count = static_cast<int64_t>(2 * layers),
                                     .kind = OptimiserKind::kAdam});
  }

  Device& device_;
  std::vector<int64_t> widths_;
  int64_t batch_;
  Precision precision_;
  std::vector<int64_t> begins_;
  std::vector<Buffer> values_, slopes_;
  Buffer pixels_, labels_, scale_, indices_, targets_, totals_, state_, segments_;
  Buffer weights_, gradients_, first_, second_;
  StepState now_ = {.seed = 1, .learning_rate = 1e-3f};
  std::unique_ptr<Recording> recording_;
};

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
  const struct {
    const char* name;
    std::vector<int64_t> widths;
    int64_t batch;
  } networks[] = {{"784-128-10 batch 128", {784, 128, 10}, 128},
                  {"784-512-256-10 batch 256", {784, 512, 256, 10}, 256},
                  {"784-512-256-10 batch 1024", {784, 512, 256, 10}, 1024}};
  for (const auto& network : networks) {
    for (const auto& [precision, precision_name] : kPrecisions) {
      const std::string name = std::string(network.name) + " " + precision_name;
      if (!device.precision_reason(precision).empty() || name.find(only) == std::string::npos) {
        continue;
      }
      Network trained(device, network.widths, network.batch, precision);
      const double rate = fastest(seconds, [&] { return trained.round(); });
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
