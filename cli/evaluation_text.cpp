#include "cli/evaluation_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace kfctl {
namespace {

std::string figure(const char* name, double value) {
  char text[96];
  std::snprintf(text, sizeof text, "%-18s %.4f\n", name, value);
  return std::isnan(value) ? "" : text;
}

std::string class_line(const ClassMetrics& metrics, int width) {
  char text[256];
  std::snprintf(text, sizeof text, "%-*s %9ld %9.4f %9.4f %9.4f %9.4f %9.4f\n", width,
                metrics.name.substr(0, 40).c_str(), static_cast<long>(metrics.support),
                metrics.precision, metrics.recall, metrics.f1, metrics.curves.roc_auc,
                metrics.curves.pr_auc);
  return text;
}

}  // namespace

std::string evaluation_summary(const Evaluation& e) {
  std::string text = "rows               " + std::to_string(e.rows) + "\n";
  if (e.unknown > 0) text += "unknown labels     " + std::to_string(e.unknown) + "\n";
  if (e.task == Task::kRegression) {
    return text + figure("MAE", e.mae) + figure("RMSE", e.rmse) + figure("R2", e.r2);
  }
  return text + figure("accuracy", e.accuracy) + figure("macro F1", e.macro_f1) +
         figure("ROC AUC", e.macro_roc_auc) + figure("PR AUC", e.macro_pr_auc) +
         figure("log loss", e.log_loss) + figure("Brier score", e.brier) +
         figure("calibration error", e.calibration_error);
}

std::string evaluation_text(const Evaluation& evaluation) {
  std::string text = evaluation_summary(evaluation);
  if (evaluation.classes.empty()) return text;
  size_t longest = 5;
  for (const ClassMetrics& metrics : evaluation.classes) {
    longest = std::max(longest, std::min<size_t>(metrics.name.size(), 40));
  }
  const int width = static_cast<int>(longest);
  char header[256];
  std::snprintf(header, sizeof header, "\n%-*s %9s %9s %9s %9s %9s %9s\n", width, "CLASS", "ROWS",
                "PRECISION", "RECALL", "F1", "ROC AUC", "PR AUC");
  text += header;
  for (const ClassMetrics& metrics : evaluation.classes) text += class_line(metrics, width);
  return text;
}

}  // namespace kfctl
