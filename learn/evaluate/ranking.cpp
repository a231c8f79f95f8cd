#include "learn/evaluate/ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kfctl {
namespace {

constexpr size_t kMostPoints = 400;

void thin(std::vector<std::pair<double, double>>& points) {
  if (points.size() <= kMostPoints) return;
  std::vector<std::pair<double, double>> fewer;
  for (size_t i = 0; i < kMostPoints; ++i) {
    fewer.push_back(points[i * (points.size() - 1) / (kMostPoints - 1)]);
  }
  points = std::move(fewer);
}

}  // namespace

Curves rank(std::span<const float> scores, const std::vector<bool>& positive) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  const auto positives = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  const double negatives = static_cast<double>(scores.size()) - positives;

  Curves curves;
  curves.roc.emplace_back(0.0, 0.0);
  double hits = 0, false_alarms = 0, area = 0, precision_sum = 0;
  for (size_t i = 0; i < order.size();) {
    const float threshold = scores[order[i]];
    double new_hits = 0, new_alarms = 0;
    for (; i < order.size() && scores[order[i]] == threshold; ++i) {
      (positive[order[i]] ? new_hits : new_alarms) += 1;
    }
    area += new_alarms * (hits + new_hits / 2);
    hits += new_hits;
    false_alarms += new_alarms;
    const double precision = hits / (hits + false_alarms);
    precision_sum += new_hits * precision;
    curves.roc.emplace_back(false_alarms / std::max(negatives, 1.0),
                            hits / std::max(positives, 1.0));
    curves.pr.emplace_back(hits / std::max(positives, 1.0), precision);
  }
  curves.roc_auc = positives > 0 && negatives > 0 ? area / (positives * negatives) : NAN;
  curves.pr_auc = positives > 0 ? precision_sum / positives : NAN;
  thin(curves.roc);
  thin(curves.pr);
  return curves;
}

}  // namespace kfctl
