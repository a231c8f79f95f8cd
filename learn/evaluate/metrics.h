// Metrics: how well predictions meet the truth.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "learn/data/target.h"
#include "learn/evaluate/ranking.h"

namespace kfctl {

struct ClassMetrics {
  std::string name;
  int64_t support = 0;                       // rows of this class
  double precision = 0, recall = 0, f1 = 0;  // 0 where they divide by nothing
  Curves curves;                             // of this class against all others
};

struct CalibrationBin {
  double confidence = 0;  // mean of the highest probability
  double accuracy = 0;
  int64_t count = 0;
};

struct Evaluation {
  Task task = Task::kClassification;
  int64_t rows = 0;     // with a label that the model knows
  int64_t unknown = 0;  // with a class that the model never saw: counted as wrong in nothing

  // Classification.
  double accuracy = 0, log_loss = 0, brier = 0, calibration_error = 0;
  double macro_precision = 0, macro_recall = 0, macro_f1 = 0, micro_f1 = 0;
  double macro_roc_auc = 0, macro_pr_auc = 0;  // of two classes: those of the second
  std::vector<ClassMetrics> classes;
  std::vector<std::vector<int64_t>> confusion;  // [truth][said]
  std::vector<CalibrationBin> calibration;      // ten, by confidence

  // Regression.
  double mae = 0, rmse = 0, r2 = 0;
  std::vector<std::pair<double, double>> residuals;  // (said, said - truth), at most 2000 of them

  /// The numbers under the names of the documentation, curves left out.
  Json to_json() const;
};

/// `probabilities` (rows, classes), `labels` -1 for unknown.
Evaluation evaluate_classes(const Target& target, std::span<const float> probabilities,
                            const std::vector<int32_t>& labels);

/// In the unit of the label.
Evaluation evaluate_values(std::span<const float> said, std::span<const double> truth);

}  // namespace kfctl
