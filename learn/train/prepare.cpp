#include "learn/train/prepare.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/text.h"
#include "learn/data/hash.h"
#include "learn/data/row_advice.h"

namespace kfctl {
namespace {

constexpr size_t kFewRows = 500;        // below, auto takes a linear model
constexpr int64_t kEnoughSteps = 2000;  // that a run of automatic length takes at least
constexpr int64_t kMostEpochs = 300;

bool is_image(const Column& column) {
  const std::vector<int>& shape = column.tensor.shape;
  return column.kind == ColumnKind::kTensor && (shape.size() == 2 || shape.size() == 3) &&
         shape[0] >= 8 && shape[1] >= 8 && (shape.size() == 2 || shape[2] <= 4);
}

std::string chosen_type(const TrainConfig& config, const Dataset& dataset, const Target& target) {
  if (config.model.type != "auto") return config.model.type;
  for (const Column& column : dataset.frame.columns) {
    if (is_image(column)) return "cnn";
  }
  if (dataset.frame.rows >= kFewRows) return "mlp";
  return target.is_classes() ? "logistic" : "linear";
}

// Small tables for small vocabularies, growing like the fourth root of the cube.
int64_t embedding_width(int64_t vocabulary, int64_t given) {
  if (given > 0) return given;
  const double width = 1.6 * std::pow(static_cast<double>(vocabulary), 0.56);
  return std::clamp<int64_t>(std::llround(width), 2, 64);
}

Status set_image(const InputTransform& transform, Architecture& architecture) {
  if (transform.features.size() != 1 || transform.features[0].type != FeatureType::kTensor ||
      transform.features[0].shape.size() < 2 || transform.features[0].shape.size() > 3) {
    return usage_error("a cnn takes images: one tensor of height, width and perhaps channels",
                       "model.type: mlp takes columns of any kind");
  }
  const std::vector<int>& shape = transform.features[0].shape;
  architecture.image = {shape[0], shape[1], shape.size() == 3 ? shape[2] : 1};
  const int64_t smallest = std::min(architecture.image[0], architecture.image[1]);
  if (architecture.channels.empty() || architecture.channels.size() > 20 ||
      smallest >> architecture.channels.size() < 1) {
    return usage_error("model.channels: " + std::to_string(architecture.channels.size()) +
                       " convolutions do not fit images of " +
                       std::to_string(architecture.image[0]) + " x " +
                       std::to_string(architecture.image[1]));
  }
  return Ok{};
}

Result<Architecture> architecture_of(const TrainConfig& config, const InputTransform& transform,
                                     const Target& target) {
  Architecture architecture;
  architecture.kind = config.model.type;
  architecture.dense_width = static_cast<int64_t>(transform.dense_width());
  architecture.outputs = static_cast<int64_t>(target.outputs());
  activation_from(config.model.activation, architecture.activation);
  for (const Feature& feature : transform.features) {
    if (!feature.has_code()) continue;
    const auto vocabulary = static_cast<int64_t>(feature.vocabulary.size());
    architecture.embeddings.push_back(
        {vocabulary, embedding_width(vocabulary, config.model.embedding_width)});
  }
  if (config.model.type == "logistic" && !target.is_classes()) {
    return usage_error(
        "a logistic model is for classes, and the label '" + target.name + "' is a number",
        "model.type: linear, or data.task: classification");
  }
  const bool is_deep = config.model.type == "mlp" || config.model.type == "cnn";
  if (is_deep) {
    architecture.hidden = config.model.hidden;
    architecture.dropout = config.model.dropout;
  }
  if (config.model.type == "cnn") {
    architecture.channels = config.model.channels;
    KF_DO(set_image(transform, architecture));
  }
  return architecture;
}

// Fills in what was left at 0 for us to choose.
void choose_numbers(TrainConfig& config, size_t rows) {
  TrainingConfig& train = config.train;
  if (train.batch_size == 0) {
    const size_t twentieth = std::bit_floor(std::max<size_t>(rows / 20, 1));
    train.batch_size = static_cast<int64_t>(std::clamp<size_t>(twentieth, 8, 128));
  }
  if (train.learning_rate == 0) {
    const bool is_deep = config.model.type == "mlp" || config.model.type == "cnn";
    train.learning_rate = is_deep ? 0.001 : 0.01;
    if (train.optimiser == "sgd") train.learning_rate = 0.02;
  }
  if (train.epochs == 0) {
    const auto count = static_cast<int64_t>(rows);
    const int64_t steps = (count + train.batch_size - 1) / train.batch_size;
    train.epochs = std::clamp<int64_t>(kEnoughSteps / steps, 20, kMostEpochs);
  }
}

template <typename Values>
uint64_t hash_values(const Values& values, uint64_t seed) {
  return hash_bytes(values.data(), values.size() * sizeof(*values.data()), seed);
}

uint64_t fingerprint_of(const Prepared& prepared) {
  uint64_t hash = hash_values(prepared.rows.dense, prepared.rows.rows);
  hash = hash_values(prepared.rows.bytes, hash);
  hash = hash_values(prepared.rows.codes, hash);
  hash = hash_values(prepared.labels.labels, hash);
  hash = hash_values(prepared.labels.values, hash);
  hash = hash_values(prepared.weights, hash);
  return hash_values(prepared.split.train, hash);
}

}  // namespace

Result<std::vector<float>> row_weights(const Dataset& dataset, const std::string& name) {
  const Column* column = dataset.frame.find(name);
  if (column == nullptr || column->kind != ColumnKind::kNumber) {
    return usage_error("data.weight: no column of numbers '" + name + "' in " + dataset.paths[0],
                       did_you_mean(name, dataset.frame.names()));
  }
  std::vector<float> weights;
  for (size_t row = 0; row < dataset.frame.rows; ++row) {
    const double weight = column->numbers[row];
    if (!std::isfinite(weight) || weight < 0) {
      return project_error(dataset.place(row) + ": column '" + name +
                           "': a weight is a number from 0");
    }
    weights.push_back(static_cast<float>(weight));
  }
  return weights;
}

Result<Prepared> prepare(const Files& disk, const TrainConfig& config, ThreadPool* pool,
                         RowMemory* memory) {
  Prepared prepared;
  prepared.config = config;
  DataFiles files = data_files(config.data);
  files.memory = memory;
  KF_TRY(const Dataset dataset, read_dataset(disk, files, pool));
  KF_TRY(prepared.split, split_rows(dataset, config.data.split));
  TargetOptions options;
  options.label = config.data.label;
  options.task = config.data.task;
  KF_TRY(prepared.target, fit_target(dataset, prepared.split.train, options));
  prepared.config.data.label = prepared.target.name;
  prepared.config.data.task = prepared.target.is_classes() ? "classification" : "regression";
  prepared.config.model.type = chosen_type(config, dataset, prepared.target);
  const bool one_hot = prepared.config.model.type != "mlp";
  KF_TRY(FittedTransform fitted,
         fit_transform(dataset, prepared.split.train,
                       feature_options(prepared.config, prepared.target.name, one_hot)));
  prepared.transform = std::move(fitted.transform);
  prepared.notes = std::move(fitted.notes);
  KF_TRY(prepared.architecture,
         architecture_of(prepared.config, prepared.transform, prepared.target));
  KF_TRY(prepared.rows, encode_rows(prepared.transform, dataset.frame, dataset.paths[0], pool));
  KF_TRY(prepared.labels, encode_target(prepared.target, dataset));
  if (!config.data.weight.empty()) {
    KF_TRY(prepared.weights, row_weights(dataset, config.data.weight));
  }
  choose_numbers(prepared.config, prepared.split.train.size());
  prepared.fingerprint = fingerprint_of(prepared);
  advise_random(prepared.rows.dense);
  advise_random(prepared.rows.bytes);
  advise_random(prepared.rows.codes);
  return prepared;
}

Result<TrainConfig> first_config(const Files& disk, const TrainConfig& config, ThreadPool* pool,
                                 RowMemory* memory) {
  KF_TRY(const Prepared prepared, prepare(disk, config, pool, memory));
  TrainConfig first = prepared.config;
  for (const Feature& feature : prepared.transform.features) {
    if (feature.type == FeatureType::kTensor) continue;
    first.data.features[feature.name] = feature_type_name(feature.type);
  }
  return first;
}

}  // namespace kfctl
