// Checkpoint: all that a run needs to go on as if it had never stopped, as one safetensors file.
#pragma once

#include <string>

#include "base/result.h"
#include "learn/train/trainer.h"

namespace kfctl {

struct Checkpoint {
  TrainState train;
  uint64_t fingerprint = 0;  // of the data (Prepared)
  std::vector<float> best;   // the arena of the best weights so far; may be empty
  double best_value = 0;     // what they gave, lower is better
  int64_t best_epoch = 0;
  int64_t epochs_without_better = 0;
};

/// The same state gives the same bytes.
std::string write_checkpoint(const Checkpoint& checkpoint,
                             const std::vector<Parameter>& parameters);

/// Errors: kProject if the file is damaged, is no checkpoint, or is one of another model.
Result<Checkpoint> read_checkpoint(std::string_view bytes, const std::vector<Parameter>& parameters,
                                   const std::string& path);

}  // namespace kfctl
