// Trainer: the steps of a run on a device. Whole steps are recorded once and replayed.
//
// Everything that decides how a run goes on is in TrainState: a trainer that is given the state of
// another makes the same steps, bit for bit. Belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/device.h"
#include "learn/model/network.h"
#include "learn/train/device_rows.h"
#include "learn/train/prepare.h"

namespace kfctl {

struct TrainState {
  int64_t epoch = 0;                          // finished ones
  int64_t position = 0;                       // rows of the current epoch that are done
  int64_t step = 0;                           // optimiser steps done
  LossTotals totals;                          // of the current epoch
  std::vector<float> weights, first, second;  // arenas; the moments may be empty
};

class Trainer {
 public:
  /// `prepared` has to outlive the trainer.
  /// Errors: kDevice if the device has not enough memory or lacks the precision, with what would
  /// fit; kUsage if an option does not fit the model.
  static Result<std::unique_ptr<Trainer>> make(Device& device, const Prepared& prepared);

  int64_t steps_per_epoch() const { return (population_ + batch_ - 1) / batch_; }
  int64_t total_steps() const;
  int64_t rows_per_epoch() const { return population_; }

  int64_t epoch() const { return state_.epoch; }
  int64_t step() const { return state_.step; }
  int64_t position() const { return state_.position; }
  double learning_rate() const;

  /// One step. At the end of an epoch the position becomes 0 and the epoch moves on.
  /// Errors: kProject if the loss or a gradient is not finite, with the step, the layer and advice
  /// (on a device other than the CPU this is seen by totals() only); kDevice.
  Status take_step();

  /// The sums of the loss over the epoch so far. Errors: as take_step.
  Result<LossTotals> totals();
  /// Forgets them: a new epoch begins.
  Status reset_totals();

  /// The sums of the loss over other rows; nothing is trained. Errors: kDevice.
  Result<LossTotals> evaluate(const std::vector<uint32_t>& rows);

  /// What the model says of rows: (rows, outputs), logits or standardised values.
  Result<std::vector<float>> outputs(const std::vector<uint32_t>& rows);

  Result<TrainState> state();
  /// Errors: kProject if the arenas have another size; kDevice.
  Status restore(const TrainState& state);

 private:
  explicit Trainer(Device& device, const Prepared& prepared)
      : device_(device), prepared_(prepared), config_(prepared.config.train) {}
  Status allocate();
  Status make_segments();
  Status record();
  Status queue_batch(const int32_t* rows_of, int64_t population, int64_t offset, bool shuffle);
  Status queue_loss(bool training, LossTotals* totals);
  Status queue_optimiser();
  Status forward_over(const std::vector<uint32_t>& rows, LossTotals* totals,
                      std::vector<float>* outputs);
  Status check_finite();
  Error not_finite();

  Device& device_;
  const Prepared& prepared_;
  const TrainingConfig& config_;
  int64_t batch_ = 0;       // rows of a step
  int64_t part_ = 0;        // rows of one of its parts
  int64_t population_ = 0;  // rows of an epoch
  TrainState state_;        // counters; its arenas stay empty
  std::vector<Parameter> parameters_;
  int64_t arena_ = 0;
  DeviceRows rows_;
  Buffer weights_, gradients_, first_, second_, segments_;
  Buffer step_state_, norm_, skipped_, totals_, eval_totals_, class_weights_;
  Buffer train_rows_, indices_, labels_, values_, row_weights_;
  int64_t segment_count_ = 0;
  Network network_;
  std::unique_ptr<Recording> recording_;
};

}  // namespace kfctl
