// Network: a model on a device: its layers with their activations and gradients, for batches of one
// fixed number of rows.
//
// forward() and backward() only queue ops, so both may be called inside Device::record. Weights and
// gradients lie in arenas of the caller with the layout of parameters_of. A layer's gradient is
// that of what goes into its activation (kernels/ops/dense.h says why).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernels/device.h"
#include "learn/model/architecture.h"

namespace kfctl {

/// What one layer hands to the next, (rows, width).
struct Value {
  float* y = nullptr;
  float* pre = nullptr;  // what went into the activation; kGelu only
  float* dz = nullptr;   // gradient of what went into the activation; null: nobody wants it
  int64_t width = 0;
  Activation activation = Activation::kIdentity;
};

struct Pass {
  Device& device;
  int64_t rows = 0;
  const StepState* state = nullptr;  // dropout draws by it
  bool training = false;
  bool accumulate = false;  // backward adds to the gradients
  Precision precision = Precision::kFp32;
};

class Layer {
 public:
  virtual ~Layer() = default;
  virtual Status forward(const Pass& pass, const Value& in, const Value& out) = 0;
  virtual Status backward(const Pass& pass, const Value& in, const Value& out) = 0;
};

class Network {
 public:
  /// `weights` and `gradients` are arenas in memory of the device that outlive the network;
  /// `gradients` is null for a network that is never trained.
  /// Errors: kDevice if the device has not enough memory.
  static Result<Network> make(Device& device, const Architecture& architecture, int64_t rows,
                              float* weights, float* gradients);

  /// Where a batch goes before forward(): (rows, input_width) with the dense values first, and the
  /// codes (rows, embeddings).
  float* input() { return values_.front().y; }
  int64_t input_width() const { return values_.front().width; }
  int32_t* codes() { return codes_; }
  /// (rows, outputs): logits or values after forward(); backward() starts from the gradient here.
  float* output() { return values_.back().y; }
  float* output_gradient() { return values_.back().dz; }

  Status forward(const Pass& pass);
  Status backward(const Pass& pass);

  /// The name of each layer and what it put out last, for the search of what is not finite.
  struct Output {
    std::string layer;
    const float* y;
    int64_t width;
  };
  std::vector<Output> outputs() const;

 private:
  friend class NetworkBuilder;
  Architecture architecture_;
  std::vector<Buffer> buffers_;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<std::string> names_;  // of the layers
  std::vector<Value> values_;       // one more than layers
  int32_t* codes_ = nullptr;
  float* weights_ = nullptr;
  float* gradients_ = nullptr;
};

}  // namespace kfctl
