// What a run trains on: the data read, split, and turned into numbers, and the shape of the model.
#pragma once

#include <string>
#include <vector>

#include "learn/data/dataset.h"
#include "learn/data/split.h"
#include "learn/data/target.h"
#include "learn/data/transform.h"
#include "learn/model/architecture.h"
#include "learn/train/config.h"

namespace kfctl {

struct Prepared {
  TrainConfig config;  // as given, with everything that was left to us decided
  Split split;
  InputTransform transform;
  Target target;
  Architecture architecture;
  EncodedRows rows;  // all rows of the data
  EncodedTarget labels;
  std::vector<float> weights;      // of the rows; empty if there are none
  std::vector<std::string> notes;  // what a person should know: columns left out
  uint64_t fingerprint = 0;        // of rows, labels and split: whether a resumed run has the same
};

/// `memory`, where the rows lie, has to outlive the result; null for ordinary memory.
/// Errors: those of read_dataset, split_rows, fit_target and fit_transform; kUsage if the model
/// does not fit the data.
Result<Prepared> prepare(const Files& disk, const TrainConfig& config, ThreadPool* pool,
                         RowMemory* memory = nullptr);

/// The config that `kfctl train init` writes for data that it has looked at.
Result<TrainConfig> first_config(const Files& disk, const TrainConfig& config, ThreadPool* pool,
                                 RowMemory* memory);

/// The weights of the rows in the column `name`. Errors: kUsage if there is none of that name;
/// kProject if a weight is missing, negative or not finite, with its place.
Result<std::vector<float>> row_weights(const Dataset& dataset, const std::string& name);

}  // namespace kfctl
