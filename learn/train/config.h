// TrainConfig: everything a run is described by. One tree of named fields, read from jsonnet, YAML
// or JSON and from flags, printed with every default filled in (`kfctl train --print-config`), and
// kept in the run directory.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "learn/data/dataset.h"
#include "learn/data/split.h"
#include "learn/data/target.h"
#include "learn/data/transform.h"

namespace kfctl {

struct DataConfig {
  std::vector<std::string> files;
  std::vector<std::string> labels;  // files of labels, for IDX and NPY
  std::string label;                // the label's column; empty finds it
  std::string task = "auto";
  std::string weight;  // a column of row weights; empty for none
  std::string format = "auto";
  std::string delimiter;
  std::string header = "auto";
  std::vector<std::string> ignore;
  std::map<std::string, std::string> features;  // types of columns
  int64_t text_buckets = 1024;
  int64_t limit_rows = 0;
  SplitOptions split;
};

struct ModelConfig {
  std::string type = "auto";  // linear, logistic, mlp, cnn, or auto
  std::vector<int64_t> hidden = {256, 128};
  std::vector<int64_t> channels = {32, 64};
  std::string activation = "relu";
  double dropout = 0;
  int64_t embedding_width = 0;  // 0: by the size of the vocabulary
};

struct TrainingConfig {
  int64_t epochs = 0;               // 0: 20, more where an epoch has few steps
  int64_t steps = 0;                // stop after these; 0 for no limit
  double max_time = 0;              // seconds; 0 for no limit
  int64_t batch_size = 0;           // 0: 8 to 128, by the number of rows
  int64_t accumulate = 1;           // parts that a batch is computed in
  std::string optimiser = "adamw";  // sgd, adam, adamw, lamb
  double learning_rate = 0;         // 0: by the model and the optimiser
  std::string schedule = "cosine";  // constant, linear, cosine
  int64_t warmup_steps = 0;
  double final_rate = 0;  // share of the learning rate that the schedule ends at
  double momentum = 0.9;
  bool nesterov = false;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double l1 = 0;
  double clip_norm = 0;  // 0 for none
  double label_smoothing = 0;
  double focal_gamma = 0;
  std::string class_weights = "none";  // or balanced
  std::string loss = "auto";           // squared, huber: of a regression
  double huber_delta = 1;
  int64_t patience = 0;  // epochs without a better validation loss before stopping; 0 for never
  double min_delta = 0;  // what counts as better
  std::string keep = "best";       // which weights become the model: best or last
  std::string monitor = "loss";    // what "better" looks at: loss or accuracy
  int64_t checkpoint_steps = 0;    // a checkpoint every so many steps; 0: at the end of an epoch
  int64_t overfit_batches = 0;     // train on this many batches only, again and again
  std::string precision = "fp32";  // fp32, tf32, bf16
  int64_t seed = 42;
};

struct TrainConfig {
  DataConfig data;
  ModelConfig model;
  TrainingConfig train;
};

/// Every field, defaults filled in.
Json to_json(const TrainConfig& config);

/// What is wrong with a config, and where: keys from the top.
struct ConfigError {
  Error error;
  std::vector<std::string> path;
};

/// Missing fields keep their defaults. Errors: kProject for an unknown field (with the near word),
/// a value of another kind or out of its range; `path` says where, for messages with a place in a
/// file.
struct ConfigResult {
  TrainConfig config;
  std::vector<ConfigError> errors;  // empty: all is well
};
ConfigResult read_config(const Json& json);

/// Sets the field at `path` ("train.epochs") of a config that is not read yet. `text` is JSON, or a
/// string if it is none. A list field takes "a,b". Errors: kUsage for an unknown field.
Status set_field(Json& json, const std::string& path, const std::string& text);

/// The paths of all fields, "data.files" and so on.
std::vector<std::string> config_fields();

// The parts of the config as the rooms below take them.
DataFiles data_files(const DataConfig& config);
FeatureOptions feature_options(const TrainConfig& config, const std::string& label, bool one_hot);

}  // namespace kfctl
