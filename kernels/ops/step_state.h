// What changes from one training step to the next, in device memory.
//
// A step is recorded once and replayed (Device::record), so its ops may hold no number of the step:
// they hold the address of a StepState, which the host uploads before each replay. Everything
// random or shuffled is a function of it, so a run that is resumed needs nothing else.
#pragma once

#include <cstdint>

namespace kfctl {

struct StepState {
  uint64_t seed = 0;     // of the run
  int64_t epoch = 0;     // chooses the order of the rows
  int64_t position = 0;  // rows of this epoch that earlier batches took
  int64_t step = 0;      // optimiser steps taken before this one
  float learning_rate = 0.0f;
  float loss_scale = 1.0f;  // losses multiply their gradient by it, OptimiserStep divides
};

}  // namespace kfctl
