#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "kernels/ops.h"

namespace kfctl::reference {
namespace {

struct Scored {
  double score;
  double positive;  // its weight, where it is positive
  double negative;
};

std::vector<Scored> sorted(const RankScores& op) {
  std::vector<Scored> rows;
  for (int64_t i = 0; i < op.count; ++i) {
    const double score = double{op.scores[i * op.stride]};
    if (op.labels[i] < 0 || std::isnan(score)) continue;
    const double weight = op.weights == nullptr ? 1.0 : double{op.weights[i]};
    const bool positive = op.labels[i] == op.positive;
    rows.push_back({score, positive ? weight : 0.0, positive ? 0.0 : weight});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Scored& a, const Scored& b) { return a.score > b.score; });
  return rows;
}

}  // namespace

Status run(const TopK& op) {
  KF_DO(check(op));
  std::vector<int32_t> order(static_cast<size_t>(op.columns));
  for (int64_t row = 0; row < op.rows; ++row) {
    const float* const scores = op.scores + row * op.columns;
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [scores](int32_t a, int32_t b) {
      if (std::isnan(scores[b])) return !std::isnan(scores[a]);
      return scores[a] > scores[b];
    });
    for (int64_t i = 0; i < op.k; ++i) {
      op.indices[row * op.k + i] = order[static_cast<size_t>(i)];
      if (op.values != nullptr) op.values[row * op.k + i] = scores[order[static_cast<size_t>(i)]];
    }
  }
  return Ok{};
}

Status run(const RankScores& op) {
  KF_DO(check(op));
  const std::vector<Scored> rows = sorted(op);
  Ranking ranking;
  double area = 0.0;       // pairs ranked right, ties half
  double precision = 0.0;  // sum of precision * gain of positives
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin;
    double positive = 0.0;
    double negative = 0.0;
    for (; end < rows.size() && rows[end].score == rows[begin].score; ++end) {
      positive += rows[end].positive;
      negative += rows[end].negative;
    }
    area += negative * (ranking.positives + positive / 2.0);
    ranking.positives += positive;
    ranking.negatives += negative;
    const double all = ranking.positives + ranking.negatives;
    if (positive > 0.0) precision += positive * ranking.positives / all;
    begin = end;
  }
  const double none = std::numeric_limits<double>::quiet_NaN();
  const double pairs = ranking.positives * ranking.negatives;
  ranking.roc_auc = pairs > 0.0 ? area / pairs : none;
  ranking.average_precision = ranking.positives > 0.0 ? precision / ranking.positives : none;
  *op.result = ranking;
  return Ok{};
}

Status run(const ColumnSums& op) {
  KF_DO(check(op));
  for (int64_t c = 0; c < op.columns; ++c) {
    double sum = 0.0;
    for (int64_t row = 0; row < op.rows; ++row) sum += double{op.x[row * op.columns + c]};
    op.sums[c] = sum;
  }
  return Ok{};
}

}  // namespace kfctl::reference
