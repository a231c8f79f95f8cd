// Curves and areas of a score that is to rank positives before negatives. Exact: every different
// score is a threshold, ties are one.
#pragma once

#include <span>
#include <utility>
#include <vector>

namespace kfctl {

struct Curves {
  std::vector<std::pair<double, double>> roc;  // (false positive rate, true positive rate)
  std::vector<std::pair<double, double>> pr;   // (recall, precision)
  double roc_auc = 0;                          // NaN if there are no positives or no negatives
  double pr_auc = 0;                           // average precision; NaN if there are no positives
};

/// `positive` as long as `scores`. The curves hold at most some hundred points of all; the areas
/// are those of all.
Curves rank(std::span<const float> scores, const std::vector<bool>& positive);

}  // namespace kfctl
