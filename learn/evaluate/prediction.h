// Predictions as files: CSV, JSON lines or NPY, a row for each row of the input, in its order.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernels/device.h"
#include "learn/data/dataset.h"
#include "learn/model/model.h"

namespace kfctl {

struct PredictOptions {
  std::vector<std::string> files;  // paths and globs
  std::string format = "auto";     // of the data
  std::vector<std::string> keys;   // columns passed through, in front
  bool probabilities = false;      // also one column for each class
  std::string output = "csv";      // csv, jsonl, npy
  size_t limit_rows = 0;
};

/// Predicts the rows of the files a block at a time and hands the text of each block to `write`.
/// NPY holds probabilities or values, (rows, outputs), and is handed over whole at the end.
/// The number of rows is returned.
/// Errors: kUsage if a key is no column, or npy is asked to hold keys; those of the readers and of
/// encode_rows; kDevice; those of `write`.
Result<size_t> predict_files(Device& device, const Model& model, const Files& disk,
                             const PredictOptions& options, ThreadPool* pool,
                             const std::function<Status(std::string_view)>& write);

}  // namespace kfctl
