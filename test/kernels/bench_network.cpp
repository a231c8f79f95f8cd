#include "test/kernels/bench_network.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace kfctl {
namespace {

constexpr Window kConvolution = {3, 3, 1, 1};
constexpr Window kPool = {2, 2, 2, 0};

template <typename T>
Buffer filled(Device& device, const std::vector<T>& values) {
  Buffer buffer = must(device.allocate(values.size() * sizeof(T)));
  must(device.upload(buffer.as<T>(), values.data(), values.size() * sizeof(T)));
  return buffer;
}

Buffer floats(Device& device, int64_t count) {
  return must(device.allocate(static_cast<size_t>(count) * sizeof(float)));
}

}  // namespace

void must(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.error().to_text().c_str());
  std::exit(exit_code(status.error().kind));
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

BenchNetwork::BenchNetwork(Device& device, const BenchShape& shape, Precision precision)
    : device_(device), batch_(shape.batch), precision_(precision) {
  const int64_t width = shape.widths.front();
  std::vector<uint8_t> pixels(static_cast<size_t>(kRows * width));
  for (size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<uint8_t>(i * 2654435761u >> 24);
  }
  std::vector<int32_t> labels(static_cast<size_t>(kRows));
  for (size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int32_t>(i % 10);
  pixels_ = filled(device, pixels);
  labels_ = filled(device, labels);
  scale_ = filled(device, std::vector<float>(static_cast<size_t>(width), 1.0f / 255));
  add_layers(shape);
  add_memory();
  recording_ = must(device.record([this] { return queue_step(); }));
}

void BenchNetwork::step() {
  must(device_.upload(state_.as<StepState>(), &now_, sizeof now_));
  must(device_.replay(*recording_));
  must(device_.synchronise());
  ++now_.step;
  now_.position += batch_;
  if (now_.position + batch_ > kRows) now_.position = 0;
}

void BenchNetwork::add_layers(const BenchShape& shape) {
  const auto side = static_cast<int64_t>(std::sqrt(static_cast<double>(shape.widths.front())));
  ImageShape image = {batch_, side, side, 1};
  int64_t width = shape.widths.front();
  const auto add = [&](Kind kind, int64_t out, int64_t channels, Activation activation) {
    layers_.push_back({.kind = kind,
                       .in = width,
                       .out = out,
                       .image = image,
                       .channels = channels,
                       .activation = activation});
    width = out;
  };
  for (const int64_t channels : shape.channels) {
    add(Kind::kConvolution, image.height * image.width * channels, channels, Activation::kRelu);
    image.channels = channels;
    add(Kind::kPool, width / 4, channels, Activation::kIdentity);
    image.height /= 2, image.width /= 2;
  }
  for (size_t i = 1; i < shape.widths.size(); ++i) {
    const bool last = i + 1 == shape.widths.size();
    add(Kind::kDense, shape.widths[i], 0, last ? Activation::kIdentity : Activation::kRelu);
  }
}

void BenchNetwork::add_memory() {
  int64_t end = 0;
  const auto part = [&](int64_t count) {
    parts_.push_back({end, end + count});
    end = (end + count + 15) / 16 * 16;
  };
  values_.push_back(floats(device_, batch_ * layers_.front().in));
  slopes_.emplace_back();
  for (Layer& layer : layers_) {
    values_.push_back(floats(device_, batch_ * layer.out));
    slopes_.push_back(floats(device_, batch_ * layer.out));
    if (layer.kind == Kind::kPool) {
      chosen_.push_back(floats(device_, batch_ * layer.out));
      layer.chosen = chosen_.back().as<int32_t>();
      continue;
    }
    const bool dense = layer.kind == Kind::kDense;
    part(dense ? layer.in * layer.out : 9 * layer.image.channels * layer.channels);
    part(dense ? layer.out : layer.channels);
  }
  weights_ = random_floats(device_, end, 0.05f);
  gradients_ = floats(device_, end);
  first_ = floats(device_, end);
  second_ = floats(device_, end);
  segments_ = filled(device_, parts_);
  size_t next = 0;
  for (Layer& layer : layers_) {
    if (layer.kind == Kind::kPool) continue;
    layer.w = weights_.as<float>() + parts_[next].begin;
    layer.dw = gradients_.as<float>() + parts_[next++].begin;
    layer.bias = weights_.as<float>() + parts_[next].begin;
    layer.dbias = gradients_.as<float>() + parts_[next++].begin;
  }
  indices_ = must(device_.allocate(static_cast<size_t>(batch_) * sizeof(int32_t)));
  targets_ = must(device_.allocate(static_cast<size_t>(batch_) * sizeof(int32_t)));
  totals_ = must(device_.allocate(sizeof(LossTotals)));
  state_ = must(device_.allocate(sizeof(StepState)));
}

Status BenchNetwork::queue_input() {
  const int64_t width = layers_.front().in;
  KF_DO(device_.run(BatchIndices{.indices = indices_.as<int32_t>(),
                                 .state = state_.as<StepState>(),
                                 .rows = batch_,
                                 .population = kRows}));
  KF_DO(device_.run(GatherRows{.source = pixels_.as<uint8_t>(),
                               .indices = indices_.as<int32_t>(),
                               .scale = scale_.as<float>(),
                               .y = values_[0].as<float>(),
                               .rows = batch_,
                               .width = width,
                               .y_stride = width,
                               .type = ElementType::kUint8}));
  return device_.run(GatherInts{.source = labels_.as<int32_t>(),
                                .indices = indices_.as<int32_t>(),
                                .y = targets_.as<int32_t>(),
                                .rows = batch_});
}

Status BenchNetwork::forward(const Layer& layer, const float* x, float* y) {
  if (layer.kind == Kind::kPool) {
    return device_.run(
        PoolForward{.x = x, .y = y, .chosen = layer.chosen, .shape = layer.image, .window = kPool});
  }
  if (layer.kind == Kind::kConvolution) {
    return device_.run(ConvForward{.x = x,
                                   .filters = layer.w,
                                   .bias = layer.bias,
                                   .y = y,
                                   .shape = layer.image,
                                   .window = kConvolution,
                                   .out = layer.channels,
                                   .activation = layer.activation,
                                   .precision = precision_});
  }
  return device_.run(DenseForward{.x = x,
                                  .w = layer.w,
                                  .bias = layer.bias,
                                  .y = y,
                                  .rows = batch_,
                                  .in = layer.in,
                                  .out = layer.out,
                                  .activation = layer.activation,
                                  .precision = precision_});
}

Status BenchNetwork::backward(size_t index) {
  const Layer& layer = layers_[index];
  const Activation below = index == 0 ? Activation::kIdentity : layers_[index - 1].activation;
  const float* const x = values_[index].as<float>();
  const float* const dz = slopes_[index + 1].as<float>();
  float* const dx = index == 0 ? nullptr : slopes_[index].as<float>();
  if (layer.kind == Kind::kPool) {
    return device_.run(PoolBackward{.dy = dz,
                                    .chosen = layer.chosen,
                                    .x = x,
                                    .dx = dx,
                                    .shape = layer.image,
                                    .window = kPool,
                                    .below = below});
  }
  if (layer.kind == Kind::kConvolution) {
    return device_.run(ConvBackward{.dz = dz,
                                    .x = x,
                                    .filters = layer.w,
                                    .dfilters = layer.dw,
                                    .dbias = layer.dbias,
                                    .dx = dx,
                                    .shape = layer.image,
                                    .window = kConvolution,
                                    .out = layer.channels,
                                    .below = below,
                                    .precision = precision_});
  }
  return device_.run(DenseBackward{.dz = dz,
                                   .x = x,
                                   .w = layer.w,
                                   .dw = layer.dw,
                                   .dbias = layer.dbias,
                                   .dx = dx,
                                   .rows = batch_,
                                   .in = layer.in,
                                   .out = layer.out,
                                   .below = below,
                                   .precision = precision_});
}

Status BenchNetwork::queue_step() {
  KF_DO(queue_input());
  for (size_t i = 0; i < layers_.size(); ++i) {
    KF_DO(forward(layers_[i], values_[i].as<float>(), values_[i + 1].as<float>()));
  }
  KF_DO(device_.run(SoftmaxLoss{.logits = values_.back().as<float>(),
                                .labels = targets_.as<int32_t>(),
                                .dlogits = slopes_.back().as<float>(),
                                .totals = totals_.as<LossTotals>(),
                                .rows = batch_,
                                .classes = layers_.back().out}));
  for (size_t i = layers_.size(); i-- > 0;) KF_DO(backward(i));
  return device_.run(OptimiserStep{.weights = weights_.as<float>(),
                                   .gradients = gradients_.as<float>(),
                                   .first = first_.as<float>(),
                                   .second = second_.as<float>(),
                                   .segments = segments_.as<Segment>(),
                                   .state = state_.as<StepState>(),
                                   .segment_count = static_cast<int64_t>(parts_.size()),
                                   .kind = OptimiserKind::kAdam});
}

}  // namespace kfctl
