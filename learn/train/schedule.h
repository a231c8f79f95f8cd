// The learning rate of a step.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "learn/train/config.h"

namespace kfctl {

/// Rises in a line over the warm-up, then stays, or falls in a line or half a cosine to the final
/// share at the last step. `step` counts from 0, of `steps`.
inline double learning_rate_at(const TrainingConfig& config, int64_t step, int64_t steps) {
  const int64_t warmup = std::min(config.warmup_steps, steps);
  if (step < warmup) {
    return config.learning_rate * static_cast<double>(step + 1) / static_cast<double>(warmup);
  }
  if (config.schedule == "constant") return config.learning_rate;
  const double length = static_cast<double>(std::max<int64_t>(steps - warmup, 1));
  const double t = std::min(1.0, static_cast<double>(step - warmup) / length);
  const double left =
      config.schedule == "linear" ? 1 - t : (1 + std::cos(std::numbers::pi * t)) / 2;
  return config.learning_rate * (config.final_rate + (1 - config.final_rate) * left);
}

}  // namespace kfctl
