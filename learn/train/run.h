// A run: a training with its directory.
//
//   config.json          everything it was described by, defaults filled in
//   metrics.jsonl        a row for each epoch
//   events.out.tfevents  the same for TensorBoard
//   log.txt              what was said
//   checkpoints/last.safetensors
//   model.safetensors    once it is finished
//
// Files are replaced whole, those of one moment together, so that a run that was killed goes on
// from its last checkpoint and ends with the same bits as one that was not.
#pragma once

#include <functional>
#include <string>

#include "base/cancel.h"
#include "base/files.h"
#include "learn/model/model.h"
#include "learn/train/checkpoint.h"
#include "learn/train/metrics_log.h"
#include "learn/train/prepare.h"

namespace kfctl {

struct RunProgress {
  int64_t epoch = 0;  // from 1
  int64_t epochs = 0;
  int64_t step = 0;
  int64_t steps = 0;
  double loss = 0;  // mean over the epoch so far
  double rows_per_second = 0;
  double seconds_left = 0;
};

/// Called by the thread that trains.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_progress(const RunProgress& progress) = 0;
  virtual void on_epoch(const MetricsRow& row) = 0;
  virtual void on_note(const std::string& text) = 0;
};

struct Clock {
  std::function<double()> steady;  // seconds since whenever
  std::function<double()> wall;    // seconds since 1970
};

struct RunResult {
  Model model;
  MetricsLog metrics;
  std::string stopped;  // why it ended before the last epoch, or empty
};

/// Trains in `directory`, which is made if it is not there, and writes all its files.
/// `resume`: go on from its checkpoint.
/// Errors: kUsage if the directory holds a run and `resume` is false, or holds none and it is true;
/// kProject if the data or the model are not those of the checkpoint; those of Trainer; kDisk;
/// kInterrupted, after a checkpoint, if `cancel` is cancelled.
Result<RunResult> run_training(Files& files, Device& device, const Prepared& prepared,
                               const std::string& directory, bool resume, const Clock& clock,
                               const CancelToken& cancel, RunObserver& observer);

/// A few steps without a directory: whether all fits together (--fast-dev-run).
/// Errors: those of Trainer.
Status try_training(Device& device, const Prepared& prepared);

/// The config of a run. Errors: kUsage if the directory holds no run; kProject if it is damaged.
Result<TrainConfig> run_config(const Files& files, const std::string& directory);

}  // namespace kfctl
