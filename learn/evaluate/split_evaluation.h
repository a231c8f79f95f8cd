// Evaluating a model: on a split of the data it was trained on, and on other data.
#pragma once

#include <string>

#include "kernels/device.h"
#include "learn/evaluate/metrics.h"
#include "learn/model/model.h"
#include "learn/train/prepare.h"

namespace kfctl {

/// "test", or the first of "validation" and "train" that has rows.
std::string best_split(const Split& split);

/// The rows of "train", "validation" or "test"; none for another name.
const std::vector<uint32_t>& rows_of(const Split& split, std::string_view name);

/// `split` is "train", "validation" or "test". Errors: kUsage if it has no rows or there is none of
/// that name; kDevice.
Result<Evaluation> evaluate_split(Device& device, const Model& model, const Prepared& prepared,
                                  const std::string& split);

/// Errors: those of read_dataset and encode_rows: the data have to have the columns of the model
/// and its label; kProject if no label is one that the model knows; kDevice.
Result<Evaluation> evaluate_data(Device& device, const Model& model, const Files& disk,
                                 DataFiles data, ThreadPool* pool);

/// How the data of `model` were read, for others that look the same: header, delimiter, and what
/// its columns hold, the label's too if `with_label`.
ReadOptions read_options(const Model& model, bool with_label);

}  // namespace kfctl
