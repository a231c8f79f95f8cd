// What an op must fulfil before a device sees it. A violation is a bug of the caller.
#include <cstdint>
#include <initializer_list>
#include <string>

#include "kernels/ops.h"

namespace kfctl {
namespace {

Error wrong(const char* op, const char* what) {
  return internal_error(std::string(op) + ": " + what);
}

Status require(const char* op, std::initializer_list<int64_t> sizes,
               std::initializer_list<const void*> pointers) {
  for (const int64_t size : sizes) {
    if (size < 1) return wrong(op, "a size is below 1");
  }
  for (const void* const pointer : pointers) {
    if (pointer == nullptr) return wrong(op, "an array that it needs is missing");
  }
  return Ok{};
}

Status require_shape(const char* op, const ImageShape& shape, const Window& window) {
  KF_DO(
      require(op,
              {shape.images, shape.height, shape.width, shape.channels, window.height, window.width,
               window.stride, window.down(shape.height), window.across(shape.width)},
              {}));
  if (window.padding < 0 || window.padding >= window.height || window.padding >= window.width) {
    return wrong(op, "the padding is negative or as wide as the window");
  }
  return Ok{};
}

/// The derivative of the activation below needs what went into it, or what came out of it.
Status require_below(const char* op, Activation below, const void* pre, const void* x) {
  if (below == Activation::kIdentity) return Ok{};
  return require(op, {}, {below == Activation::kGelu ? pre : x});
}

Status require_fraction(const char* op, float value) {
  if (!(value >= 0.0f && value < 1.0f)) return wrong(op, "a fraction is not in [0, 1)");
  return Ok{};
}

}  // namespace

Status check(const DenseForward& op) {
  return require("DenseForward", {op.rows, op.in, op.out}, {op.x, op.w, op.y});
}

Status check(const DenseBackward& op) {
  KF_DO(require("DenseBackward", {op.rows, op.in, op.out}, {op.dz}));
  if (op.dw != nullptr) KF_DO(require("DenseBackward", {}, {op.x}));
  if (op.dx == nullptr) return Ok{};
  KF_DO(require("DenseBackward", {}, {op.w}));
  return require_below("DenseBackward", op.below, op.pre, op.x);
}

Status check(const ConvForward& op) {
  KF_DO(require_shape("ConvForward", op.shape, op.window));
  return require("ConvForward", {op.out}, {op.x, op.filters, op.y});
}

Status check(const ConvBackward& op) {
  KF_DO(require_shape("ConvBackward", op.shape, op.window));
  KF_DO(require("ConvBackward", {op.out}, {op.dz}));
  if (op.dfilters != nullptr) KF_DO(require("ConvBackward", {}, {op.x}));
  if (op.dx == nullptr) return Ok{};
  KF_DO(require("ConvBackward", {}, {op.filters}));
  return require_below("ConvBackward", op.below, op.pre, op.x);
}

Status check(const PoolForward& op) {
  KF_DO(require_shape("PoolForward", op.shape, op.window));
  return require("PoolForward", {}, {op.x, op.y});
}

Status check(const PoolBackward& op) {
  KF_DO(require_shape("PoolBackward", op.shape, op.window));
  KF_DO(require("PoolBackward", {}, {op.dy, op.dx}));
  if (op.kind == PoolKind::kMax) KF_DO(require("PoolBackward", {}, {op.chosen}));
  return require_below("PoolBackward", op.below, nullptr, op.x);
}

Status check(const EmbeddingForward& op) {
  if (op.y_stride < op.width) return wrong("EmbeddingForward", "rows overlap");
  return require("EmbeddingForward", {op.rows, op.vocabulary, op.width, op.ids_stride},
                 {op.table, op.ids, op.y});
}

Status check(const EmbeddingBackward& op) {
  if (op.dy_stride < op.width) return wrong("EmbeddingBackward", "rows overlap");
  return require("EmbeddingBackward", {op.rows, op.vocabulary, op.width, op.ids_stride},
                 {op.ids, op.dy, op.dtable});
}

Status check(const LayerNormForward& op) {
  return require("LayerNormForward", {op.rows, op.channels},
                 {op.x, op.gain, op.shift, op.y, op.mean, op.inverse});
}

Status check(const LayerNormBackward& op) {
  return require("LayerNormBackward", {op.rows, op.channels},
                 {op.x, op.gain, op.mean, op.inverse, op.dy, op.dx, op.dgain, op.dshift});
}

Status check(const BatchNormForward& op) {
  KF_DO(require("BatchNormForward", {op.rows, op.channels},
                {op.x, op.gain, op.shift, op.running_mean, op.running_variance, op.y}));
  if (!op.training) return Ok{};
  if (op.rows < 2) return wrong("BatchNormForward", "a batch of one row has no variance");
  return require("BatchNormForward", {}, {op.mean, op.inverse});
}

Status check(const BatchNormBackward& op) {
  return require("BatchNormBackward", {op.rows, op.channels},
                 {op.x, op.gain, op.mean, op.inverse, op.dy, op.dgain, op.dshift});
}

Status check(const Fill& op) { return require("Fill", {op.count}, {op.y}); }

Status check(const AddScaled& op) { return require("AddScaled", {op.count}, {op.x, op.y}); }

Status check(const ActivationForward& op) {
  return require("ActivationForward", {op.count}, {op.x, op.y});
}

Status check(const ActivationBackward& op) {
  KF_DO(require("ActivationBackward", {op.count}, {op.dy, op.dx}));
  return require_below("ActivationBackward", op.activation, op.x, op.y);
}

Status check(const Dropout& op) {
  KF_DO(require("Dropout", {op.count}, {op.x, op.y, op.state}));
  return require_fraction("Dropout", op.rate);
}

Status check(const Softmax& op) { return require("Softmax", {op.rows, op.classes}, {op.x, op.y}); }

Status check(const SoftmaxLoss& op) {
  KF_DO(require("SoftmaxLoss", {op.rows, op.classes}, {op.logits, op.labels}));
  if (!(op.gamma >= 0.0f)) return wrong("SoftmaxLoss", "gamma is negative");
  return require_fraction("SoftmaxLoss", op.smoothing);
}

Status check(const SigmoidLoss& op) {
  KF_DO(require("SigmoidLoss", {op.rows, op.outputs}, {op.logits, op.targets}));
  if (!(op.gamma >= 0.0f)) return wrong("SigmoidLoss", "gamma is negative");
  return require_fraction("SigmoidLoss", op.smoothing);
}

Status check(const RegressionLoss& op) {
  if (!(op.delta > 0.0f)) return wrong("RegressionLoss", "delta is not above 0");
  return require("RegressionLoss", {op.rows, op.outputs}, {op.predictions, op.targets});
}

Status check(const GradientNorm& op) {
  return require("GradientNorm", {op.segment_count}, {op.gradients, op.segments, op.norm});
}

Status check(const OptimiserStep& op) {
  KF_DO(require("OptimiserStep", {op.segment_count},
                {op.weights, op.gradients, op.segments, op.state}));
  if (op.kind != OptimiserKind::kSgd) KF_DO(require("OptimiserStep", {}, {op.first, op.second}));
  if (op.max_norm > 0.0f) KF_DO(require("OptimiserStep", {}, {op.norm}));
  return Ok{};
}

Status check(const BatchIndices& op) {
  KF_DO(require("BatchIndices", {op.rows, op.population}, {op.indices, op.state}));
  if (op.population > INT32_MAX) return wrong("BatchIndices", "more rows than an int32 can number");
  if (op.offset < 0) return wrong("BatchIndices", "a negative offset");
  return Ok{};
}

Status check(const GatherRows& op) {
  if (op.y_stride < op.width) return wrong("GatherRows", "rows overlap");
  if (op.type == ElementType::kInt32) return wrong("GatherRows", "int32 is for GatherInts");
  return require("GatherRows", {op.rows, op.width}, {op.source, op.y});
}

Status check(const GatherInts& op) {
  return require("GatherInts", {op.rows, op.width}, {op.source, op.y});
}

Status check(const ColumnMoments& op) {
  if (op.type == ElementType::kInt32) return wrong("ColumnMoments", "int32 has no moments here");
  return require("ColumnMoments", {op.rows, op.width}, {op.source, op.mean, op.variance, op.count});
}

Status check(const ColumnSums& op) {
  return require("ColumnSums", {op.rows, op.columns}, {op.x, op.sums});
}

Status check(const TopK& op) {
  if (op.k > op.columns) return wrong("TopK", "k is above the number of columns");
  return require("TopK", {op.rows, op.columns, op.k}, {op.scores, op.indices});
}

Status check(const RankScores& op) {
  return require("RankScores", {op.count, op.stride}, {op.scores, op.labels, op.result});
}

}  // namespace kfctl
