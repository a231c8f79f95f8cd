#include "learn/evaluate/metrics.h"

#include <algorithm>
#include <cmath>

namespace kfctl {
namespace {

constexpr size_t kBins = 10;
constexpr size_t kMostResiduals = 2000;

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

// What is counted in one walk over the rows.
struct Counts {
  double correct = 0, log_loss = 0, brier = 0;
  std::vector<double> confidence = std::vector<double>(kBins, 0.0);
  std::vector<double> right = std::vector<double>(kBins, 0.0);
  std::vector<int64_t> in_bin = std::vector<int64_t>(kBins, 0);
};

void count_row(std::span<const float> row, size_t truth, Counts& counts, Evaluation& out) {
  const auto said = static_cast<size_t>(std::max_element(row.begin(), row.end()) - row.begin());
  const double confidence = static_cast<double>(row[said]);
  ++out.confusion[truth][said];
  counts.correct += said == truth ? 1 : 0;
  // As scikit-learn: a probability of 0 costs much, not everything.
  counts.log_loss -= std::log(std::max(static_cast<double>(row[truth]), 1e-15));
  for (size_t c = 0; c < row.size(); ++c) {
    const double miss = static_cast<double>(row[c]) - (c == truth ? 1 : 0);
    counts.brier += miss * miss;
  }
  const size_t bin = std::min(static_cast<size_t>(confidence * kBins), kBins - 1);
  counts.confidence[bin] += confidence;
  counts.right[bin] += said == truth ? 1 : 0;
  ++counts.in_bin[bin];
}

void set_calibration(const Counts& counts, Evaluation& out) {
  for (size_t bin = 0; bin < kBins; ++bin) {
    const auto count = static_cast<double>(counts.in_bin[bin]);
    CalibrationBin& to = out.calibration.emplace_back();
    to.count = counts.in_bin[bin];
    to.confidence = ratio(counts.confidence[bin], count);
    to.accuracy = ratio(counts.right[bin], count);
    out.calibration_error +=
        ratio(count, static_cast<double>(out.rows)) * std::abs(to.confidence - to.accuracy);
  }
}

void set_classes(const Target& target, std::span<const float> probabilities,
                 const std::vector<int32_t>& labels, Evaluation& out) {
  const size_t classes = target.classes.size();
  double defined = 0, roc = 0, pr = 0;
  for (size_t c = 0; c < classes; ++c) {
    ClassMetrics& metrics = out.classes.emplace_back();
    metrics.name = target.classes[c];
    double said = 0;
    for (size_t truth = 0; truth < classes; ++truth) {
      said += static_cast<double>(out.confusion[truth][c]);
      metrics.support += out.confusion[c][truth];
    }
    const auto hits = static_cast<double>(out.confusion[c][c]);
    metrics.precision = ratio(hits, said);
    metrics.recall = ratio(hits, static_cast<double>(metrics.support));
    metrics.f1 = ratio(2 * metrics.precision * metrics.recall, metrics.precision + metrics.recall);
    std::vector<float> scores;
    std::vector<bool> positive;
    for (size_t row = 0; row < labels.size(); ++row) {
      if (labels[row] < 0) continue;
      scores.push_back(probabilities[row * classes + c]);
      positive.push_back(labels[row] == static_cast<int32_t>(c));
    }
    metrics.curves = rank(scores, positive);
    const auto share = 1.0 / static_cast<double>(classes);
    out.macro_precision += share * metrics.precision;
    out.macro_recall += share * metrics.recall;
    out.macro_f1 += share * metrics.f1;
    if (std::isnan(metrics.curves.roc_auc)) continue;
    defined += 1, roc += metrics.curves.roc_auc, pr += metrics.curves.pr_auc;
  }
  out.macro_roc_auc = defined > 0 ? roc / defined : NAN;
  out.macro_pr_auc = defined > 0 ? pr / defined : NAN;
  if (classes == 2) {
    out.macro_roc_auc = out.classes[1].curves.roc_auc;
    out.macro_pr_auc = out.classes[1].curves.pr_auc;
  }
}

Json class_json(const ClassMetrics& metrics) {
  return Json::object({{"class", metrics.name},
                       {"support", metrics.support},
                       {"precision", metrics.precision},
                       {"recall", metrics.recall},
                       {"f1", metrics.f1},
                       {"rocAuc", metrics.curves.roc_auc},
                       {"prAuc", metrics.curves.pr_auc}});
}

}  // namespace

Evaluation evaluate_classes(const Target& target, std::span<const float> probabilities,
                            const std::vector<int32_t>& labels) {
  const size_t classes = target.classes.size();
  Evaluation out;
  out.confusion.assign(classes, std::vector<int64_t>(classes, 0));
  Counts counts;
  for (size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] < 0) {
      ++out.unknown;
      continue;
    }
    ++out.rows;
    count_row(probabilities.subspan(row * classes, classes), static_cast<size_t>(labels[row]),
              counts, out);
  }
  const auto rows = static_cast<double>(out.rows);
  out.accuracy = out.micro_f1 = ratio(counts.correct, rows);
  out.log_loss = ratio(counts.log_loss, rows);
  // Of two classes the score of the second alone, as it is usually defined.
  out.brier = ratio(counts.brier, rows) / (classes == 2 ? 2 : 1);
  set_calibration(counts, out);
  set_classes(target, probabilities, labels, out);
  return out;
}

Evaluation evaluate_values(std::span<const float> said, std::span<const double> truth) {
  Evaluation out;
  out.task = Task::kRegression;
  out.rows = static_cast<int64_t>(truth.size());
  const double rows = std::max(static_cast<double>(truth.size()), 1.0);
  double mean = 0, squares = 0, spread = 0;
  for (const double value : truth) mean += value / rows;
  const size_t every = truth.size() / kMostResiduals + 1;
  for (size_t row = 0; row < truth.size(); ++row) {
    const double miss = static_cast<double>(said[row]) - truth[row];
    out.mae += std::abs(miss) / rows;
    squares += miss * miss;
    spread += (truth[row] - mean) * (truth[row] - mean);
    if (row % every == 0) out.residuals.emplace_back(static_cast<double>(said[row]), miss);
  }
  out.rmse = std::sqrt(squares / rows);
  out.r2 = spread > 0 ? 1 - squares / spread : NAN;
  return out;
}

Json Evaluation::to_json() const {
  if (task == Task::kRegression) {
    return Json::object(
        {{"task", "regression"}, {"rows", rows}, {"mae", mae}, {"rmse", rmse}, {"r2", r2}});
  }
  Json json = Json::object({{"task", "classification"},
                            {"rows", rows},
                            {"unknownLabels", unknown},
                            {"accuracy", accuracy},
                            {"logLoss", log_loss},
                            {"brier", brier},
                            {"calibrationError", calibration_error},
                            {"macroPrecision", macro_precision},
                            {"macroRecall", macro_recall},
                            {"macroF1", macro_f1},
                            {"microF1", micro_f1},
                            {"rocAuc", macro_roc_auc},
                            {"prAuc", macro_pr_auc}});
  for (const ClassMetrics& metrics : classes) json["classes"].push_back(class_json(metrics));
  for (const std::vector<int64_t>& row : confusion) {
    Json counts = Json::array();
    for (const int64_t count : row) counts.push_back(count);
    json["confusion"].push_back(std::move(counts));
  }
  for (const CalibrationBin& bin : calibration) {
    json["calibration"].push_back(Json::object(
        {{"confidence", bin.confidence}, {"accuracy", bin.accuracy}, {"count", bin.count}}));
  }
  return json;
}

}  // namespace kfctl
