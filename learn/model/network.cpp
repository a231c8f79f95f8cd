#include "learn/model/network.h"

#include <map>

namespace kfctl {
namespace {

class Dense : public Layer {
 public:
  Dense(const float* w, const float* bias, float* dw, float* dbias)
      : w_(w), bias_(bias), dw_(dw), dbias_(dbias) {}

  Status forward(const Pass& pass, const Value& in, const Value& out) override {
    DenseForward op;
    op.x = in.y, op.w = w_, op.bias = bias_, op.y = out.y, op.pre = out.pre;
    op.rows = pass.rows, op.in = in.width, op.out = out.width;
    op.activation = out.activation, op.precision = pass.precision;
    return pass.device.run(op);
  }

  Status backward(const Pass& pass, const Value& in, const Value& out) override {
    DenseBackward op;
    op.dz = out.dz, op.x = in.y, op.w = w_, op.dw = dw_, op.dbias = dbias_, op.dx = in.dz;
    op.pre = in.pre, op.rows = pass.rows, op.in = in.width, op.out = out.width;
    op.below = in.activation, op.accumulate = pass.accumulate, op.precision = pass.precision;
    return pass.device.run(op);
  }

 private:
  const float *w_, *bias_;
  float *dw_, *dbias_;
};

class Conv : public Layer {
 public:
  Conv(ImageShape shape, const float* filters, const float* bias, float* dfilters, float* dbias)
      : shape_(shape), filters_(filters), bias_(bias), dfilters_(dfilters), dbias_(dbias) {}

  Status forward(const Pass& pass, const Value& in, const Value& out) override {
    ConvForward op;
    op.x = in.y, op.filters = filters_, op.bias = bias_, op.y = out.y, op.pre = out.pre;
    op.shape = shape_, op.shape.images = pass.rows, op.window = kWindow;
    op.out = out.width / (shape_.height * shape_.width);
    op.activation = out.activation, op.precision = pass.precision;
    return pass.device.run(op);
  }

  Status backward(const Pass& pass, const Value& in, const Value& out) override {
    ConvBackward op;
    op.dz = out.dz, op.x = in.y, op.filters = filters_, op.dfilters = dfilters_;
    op.dbias = dbias_, op.dx = in.dz, op.pre = in.pre;
    op.shape = shape_, op.shape.images = pass.rows, op.window = kWindow;
    op.out = out.width / (shape_.height * shape_.width);
    op.below = in.activation, op.accumulate = pass.accumulate, op.precision = pass.precision;
    return pass.device.run(op);
  }

 private:
  static constexpr Window kWindow = {3, 3, 1, 1};  // keeps height and width
  ImageShape shape_;
  const float *filters_, *bias_;
  float *dfilters_, *dbias_;
};

class Pool : public Layer {
 public:
  Pool(ImageShape shape, int32_t* chosen) : shape_(shape), chosen_(chosen) {}

  Status forward(const Pass& pass, const Value& in, const Value& out) override {
    PoolForward op;
    op.x = in.y, op.y = out.y, op.chosen = chosen_, op.window = kWindow;
    op.shape = shape_, op.shape.images = pass.rows;
    return pass.device.run(op);
  }

  Status backward(const Pass& pass, const Value& in, const Value& out) override {
    const bool is_gelu =
        in.activation == Activation::kGelu;  // whose derivative a pool does not know
    PoolBackward op;
    op.dy = out.dz, op.chosen = chosen_, op.x = in.y, op.dx = in.dz, op.window = kWindow;
    op.shape = shape_, op.shape.images = pass.rows;
    op.below = is_gelu ? Activation::kIdentity : in.activation;
    KF_DO(pass.device.run(op));
    if (!is_gelu) return Ok{};
    ActivationBackward through;
    through.x = in.pre, through.dy = in.dz, through.dx = in.dz;
    through.count = pass.rows * in.width, through.activation = in.activation;
    return pass.device.run(through);
  }

 private:
  static constexpr Window kWindow = {2, 2, 2, 0};
  ImageShape shape_;
  int32_t* chosen_;
};

// Outside of training its output is its input.
class DropoutLayer : public Layer {
 public:
  DropoutLayer(float rate, uint32_t stream) : rate_(rate), stream_(stream) {}

  Status forward(const Pass& pass, const Value& in, const Value& out) override {
    if (!pass.training) {
      return pass.device.copy(out.y, in.y,
                              static_cast<size_t>(pass.rows * in.width) * sizeof(float));
    }
    return drop(pass, in.y, out.y, in.width);
  }

  Status backward(const Pass& pass, const Value& in, const Value& out) override {
    KF_DO(drop(pass, out.dz, in.dz, in.width));
    ActivationBackward op;
    op.x = in.pre, op.y = in.y, op.dy = in.dz, op.dx = in.dz;
    op.count = pass.rows * in.width, op.activation = in.activation;
    return pass.device.run(op);
  }

 private:
  Status drop(const Pass& pass, const float* x, float* y, int64_t width) const {
    Dropout op;
    op.x = x, op.y = y, op.count = pass.rows * width;
    op.rate = rate_, op.stream = stream_, op.state = pass.state;
    return pass.device.run(op);
  }
  float rate_;
  uint32_t stream_;
};

}  // namespace

// Goes through the layers in their order and gives each its memory.
class NetworkBuilder {
 public:
  NetworkBuilder(Device& device, const Architecture& architecture, int64_t rows, float* weights,
                 float* gradients)
      : device_(device), rows_(rows) {
    network_.architecture_ = architecture;
    network_.weights_ = weights;
    network_.gradients_ = gradients;
    for (const Parameter& parameter : parameters_of(architecture)) {
      offsets_[parameter.name] = parameter.offset;
    }
  }

  Result<Network> build() {
    const Architecture& a = network_.architecture_;
    const bool has_embeddings = !a.embeddings.empty();
    KF_DO(add_value(a.input_width(), Activation::kIdentity, has_embeddings));
    if (has_embeddings) {
      KF_TRY(network_.codes_, memory<int32_t>(a.embeddings.size()));
    }
    if (a.kind == "cnn") KF_DO(add_convolutions());
    for (size_t i = 0; i < a.hidden.size(); ++i) {
      const std::string name = "dense" + std::to_string(i + 1);
      KF_DO(add_dense(name, a.hidden[i], a.activation));
      if (a.dropout <= 0) continue;
      KF_DO(add_value(a.hidden[i], Activation::kIdentity, true));
      add("dropout" + std::to_string(i + 1),
          std::make_unique<DropoutLayer>(static_cast<float>(a.dropout),
                                         static_cast<uint32_t>(i + 1)));
    }
    KF_DO(add_dense("output", a.outputs, Activation::kIdentity));
    return std::move(network_);
  }

 private:
  template <typename T>
  Result<T*> memory(size_t per_row) {
    KF_TRY(Buffer buffer, device_.allocate(per_row * static_cast<size_t>(rows_) * sizeof(T)));
    network_.buffers_.push_back(std::move(buffer));
    return network_.buffers_.back().as<T>();
  }

  Status add_value(int64_t width, Activation activation, bool has_gradient) {
    Value value;
    value.width = width;
    value.activation = activation;
    const auto count = static_cast<size_t>(width);
    KF_TRY(value.y, memory<float>(count));
    if (activation == Activation::kGelu) {
      KF_TRY(value.pre, memory<float>(count));
    }
    if (has_gradient && network_.gradients_ != nullptr) {
      KF_TRY(value.dz, memory<float>(count));
    }
    network_.values_.push_back(value);
    return Ok{};
  }

  void add(std::string name, std::unique_ptr<Layer> layer) {
    network_.names_.push_back(std::move(name));
    network_.layers_.push_back(std::move(layer));
  }

  float* weight(const std::string& name) { return network_.weights_ + offsets_.at(name); }
  float* gradient(const std::string& name) {
    return network_.gradients_ == nullptr ? nullptr : network_.gradients_ + offsets_.at(name);
  }

  Status add_dense(const std::string& name, int64_t out, Activation activation) {
    KF_DO(add_value(out, activation, true));
    add(name, std::make_unique<Dense>(weight(name + ".weight"), weight(name + ".bias"),
                                      gradient(name + ".weight"), gradient(name + ".bias")));
    return Ok{};
  }

  Status add_convolutions() {
    const Architecture& a = network_.architecture_;
    ImageShape shape{rows_, a.image[0], a.image[1], a.image[2]};
    for (size_t i = 0; i < a.channels.size(); ++i) {
      const std::string name = "conv" + std::to_string(i + 1);
      KF_DO(add_value(shape.height * shape.width * a.channels[i], a.activation, true));
      add(name, std::make_unique<Conv>(shape, weight(name + ".weight"), weight(name + ".bias"),
                                       gradient(name + ".weight"), gradient(name + ".bias")));
      shape.channels = a.channels[i];
      const int64_t pooled = (shape.height / 2) * (shape.width / 2) * shape.channels;
      KF_TRY(int32_t * chosen, memory<int32_t>(static_cast<size_t>(pooled)));
      KF_DO(add_value(pooled, Activation::kIdentity, true));
      add("pool" + std::to_string(i + 1), std::make_unique<Pool>(shape, chosen));
      shape.height /= 2, shape.width /= 2;
    }
    return Ok{};
  }

  Device& device_;
  int64_t rows_;
  Network network_;
  std::map<std::string, int64_t> offsets_;
};

Result<Network> Network::make(Device& device, const Architecture& architecture, int64_t rows,
                              float* weights, float* gradients) {
  return NetworkBuilder(device, architecture, rows, weights, gradients).build();
}

Status Network::forward(const Pass& pass) {
  int64_t column = architecture_.dense_width;
  const std::vector<EmbeddingShape>& tables = architecture_.embeddings;
  const float* table = weights_;  // embeddings lie first in the arena, each aligned
  for (size_t i = 0; i < tables.size(); ++i) {
    EmbeddingForward op;
    op.table = table, op.ids = codes_ + i, op.y = input() + column;
    op.rows = pass.rows, op.vocabulary = tables[i].vocabulary, op.width = tables[i].width;
    op.ids_stride = static_cast<int64_t>(tables.size());
    op.y_stride = architecture_.input_width();
    KF_DO(pass.device.run(op));
    column += tables[i].width;
    table += (tables[i].vocabulary * tables[i].width + 15) / 16 * 16;
  }
  for (size_t i = 0; i < layers_.size(); ++i) {
    KF_DO(layers_[i]->forward(pass, values_[i], values_[i + 1]));
  }
  return Ok{};
}

Status Network::backward(const Pass& pass) {
  for (size_t i = layers_.size(); i-- > 0;) {
    KF_DO(layers_[i]->backward(pass, values_[i], values_[i + 1]));
  }
  int64_t column = architecture_.dense_width;
  const std::vector<EmbeddingShape>& tables = architecture_.embeddings;
  float* table = gradients_;
  for (size_t i = 0; i < tables.size(); ++i) {
    EmbeddingBackward op;
    op.ids = codes_ + i, op.dy = values_.front().dz + column, op.dtable = table;
    op.rows = pass.rows, op.vocabulary = tables[i].vocabulary, op.width = tables[i].width;
    op.ids_stride = static_cast<int64_t>(tables.size());
    op.dy_stride = architecture_.input_width(), op.accumulate = pass.accumulate;
    KF_DO(pass.device.run(op));
    column += tables[i].width;
    table += (tables[i].vocabulary * tables[i].width + 15) / 16 * 16;
  }
  return Ok{};
}

std::vector<Network::Output> Network::outputs() const {
  std::vector<Output> outputs;
  for (size_t i = 0; i < layers_.size(); ++i) {
    outputs.push_back({names_[i], values_[i + 1].y, values_[i + 1].width});
  }
  return outputs;
}

}  // namespace kfctl
