// Predictions of many files in a directory, one for each file of data. What is finished is kept, so
// that a command that was killed and is given again goes on where it was and ends with the same
// files.
//
// predict.json in the directory says what they are predictions of. A shard appears whole, under its
// name (ByteSink), and is done again if its data are newer.
#pragma once

#include <string>
#include <vector>

#include "learn/evaluate/prediction.h"

namespace kfctl {

struct Shard {
  std::string input;
  std::string output;
  bool is_finished = false;
};

/// The shards of `options.files` in their order. Makes `directory` and its predict.json.
/// Errors: kUsage if the directory holds something else, or predictions of another model or by
/// other options, or if two files of data would have one name; those of expand_globs; kDisk.
Result<std::vector<Shard>> open_shards(Files& files, const std::string& directory,
                                       const Model& model, const PredictOptions& options);

}  // namespace kfctl
