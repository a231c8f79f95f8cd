// What scripts/bench kernels measures: a network trained step by step with the kernels alone.
#pragma once

#include <memory>
#include <vector>

#include "base/files.h"
#include "kernels/device.h"

namespace kfctl {

/// Ends the program with the error's exit code if there is one.
void must(const Status& status);
template <typename T>
T must(Result<T> result) {
  must(result.ok() ? Status(Ok{}) : Status(result.error()));
  return std::move(result).value();
}

Buffer random_floats(Device& device, int64_t count, float size);

/// Widths of dense layers with ReLU between them; before them, where there are channels,
/// convolutions of 3 x 3 with ReLU, each under a pool of 2 x 2, of square images.
struct BenchShape {
  const char* name;
  std::vector<int64_t> channels;
  std::vector<int64_t> widths;  // the first: pixels of an image
  int64_t batch;
};

/// Trained with Adam on bytes under softmax cross-entropy, resident on the device.
class BenchNetwork {
 public:
  static constexpr int64_t kRows = 60000;

  BenchNetwork(Device& device, const BenchShape& shape, Precision precision);

  /// Takes one step and waits for it.
  void step();
  int64_t batch() const { return batch_; }

 private:
  enum class Kind { kDense, kConvolution, kPool };
  struct Layer {
    Kind kind;
    int64_t in;  // floats of a row
    int64_t out;
    ImageShape image;  // of what goes in
    int64_t channels;  // that come out
    Activation activation;
    float *w = nullptr, *bias = nullptr;
    float *dw = nullptr, *dbias = nullptr;
    int32_t* chosen = nullptr;
  };

  void add_layers(const BenchShape& shape);
  void add_memory();
  Status queue_step();
  Status queue_input();
  Status forward(const Layer& layer, const float* x, float* y);
  Status backward(size_t index);

  Device& device_;
  int64_t batch_;
  Precision precision_;
  std::vector<Layer> layers_;
  std::vector<Segment> parts_;
  std::vector<Buffer> values_, slopes_, chosen_;
  Buffer pixels_, labels_, scale_, indices_, targets_, totals_, state_, segments_;
  Buffer weights_, gradients_, first_, second_;
  StepState now_ = {.seed = 1, .learning_rate = 1e-3f};
  std::unique_ptr<Recording> recording_;
};

}  // namespace kfctl
