#include "learn/evaluate/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "learn/evaluate/svg_chart.h"

namespace kfctl {
namespace {

constexpr size_t kMostCurves = 10;
constexpr size_t kLargestMatrix = 40;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>
body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#1e293b}
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25em .7em;text-align:right;border-bottom:1px solid #e2e8f0}
th:first-child,td:first-child{text-align:left}
.cards{display:flex;flex-wrap:wrap;gap:.8em}
.cards div{border:1px solid #e2e8f0;border-radius:8px;padding:.6em 1em;min-width:7em}
.cards b{display:block;font-size:1.4em}
.row{display:flex;flex-wrap:wrap;gap:1em}figure{margin:0}
svg text{font:11px system-ui,sans-serif;fill:#475569}svg .t{font-size:13px;font-weight:600;fill:#1e293b}
.g{stroke:#e2e8f0}.d{stroke:#94a3b8;stroke-dasharray:4 4}
.legend{font-size:12px;margin:.2em 0 0 60px;max-width:400px}.legend span{margin-right:.8em;white-space:nowrap}
.legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:4px}
.m td{text-align:center;min-width:2.2em;border:1px solid #fff}.scroll{overflow-x:auto}
.m th{border:0;font-weight:500}pre{background:#f8fafc;padding:1em;overflow:auto;font-size:12px}
</style>
)";

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return std::isnan(value) ? "-" : text;
}

std::string card(std::string_view name, const std::string& value) {
  return "<div><b>" + value + "</b>" + std::string(name) + "</div>";
}

std::string cards(const Evaluation& e) {
  std::string out = "<div class='cards'>" + card("rows", std::to_string(e.rows));
  if (e.task == Task::kRegression) {
    out += card("RMSE", number(e.rmse)) + card("MAE", number(e.mae)) + card("R²", number(e.r2));
    return out + "</div>";
  }
  out += card("accuracy", number(e.accuracy)) + card("macro F1", number(e.macro_f1)) +
         card("ROC AUC", number(e.macro_roc_auc)) + card("PR AUC", number(e.macro_pr_auc)) +
         card("log loss", number(e.log_loss)) + card("Brier score", number(e.brier)) +
         card("calibration error", number(e.calibration_error));
  if (e.unknown > 0) out += card("rows of unknown classes", std::to_string(e.unknown));
  return out + "</div>";
}

std::string learning_curves(const MetricsLog& log) {
  std::string out;
  for (const std::string measure : {"loss", "accuracy", "rmse"}) {
    Chart chart{measure, "epoch", measure, {}};
    for (const std::string split : {"train", "validation"}) {
      Series series{split, {}};
      for (const MetricsRow& row : log.rows()) {
        const double* value = row.find(split + "." + measure);
        if (value != nullptr) series.points.emplace_back(static_cast<double>(row.epoch), *value);
      }
      if (!series.points.empty()) chart.series.push_back(std::move(series));
    }
    out += chart_svg(chart);
  }
  return out.empty() ? "" : "<h2>Learning curves</h2><div class='row'>" + out + "</div>";
}

std::string class_table(const Evaluation& e) {
  std::string out =
      "<h2>Classes</h2><div class='scroll'><table><tr><th>class<th>rows<th>precision"
      "<th>recall<th>F1<th>ROC AUC<th>PR AUC</tr>";
  for (const ClassMetrics& c : e.classes) {
    out += "<tr><td>" + html_text(c.name) + "<td>" + std::to_string(c.support) + "<td>" +
           number(c.precision) + "<td>" + number(c.recall) + "<td>" + number(c.f1) + "<td>" +
           number(c.curves.roc_auc) + "<td>" + number(c.curves.pr_auc) + "</tr>";
  }
  return out + "</table></div>";
}

// Shaded by the share of the row; right answers blue, wrong ones red.
std::string confusion_matrix(const Evaluation& e) {
  if (e.classes.size() > kLargestMatrix) return "";
  std::string out =
      "<h2>Confusion matrix</h2><p>Rows are the truth, columns what the model said."
      "</p><div class='scroll'><table class='m'><tr><th>";
  for (const ClassMetrics& c : e.classes) out += "<th>" + html_text(c.name);
  out += "</tr>";
  for (size_t truth = 0; truth < e.classes.size(); ++truth) {
    out += "<tr><th>" + html_text(e.classes[truth].name);
    const auto all = static_cast<double>(std::max<int64_t>(e.classes[truth].support, 1));
    for (size_t said = 0; said < e.classes.size(); ++said) {
      const int64_t count = e.confusion[truth][said];
      const double share = static_cast<double>(count) / all;
      char style[96];
      std::snprintf(style, sizeof style, "rgba(%s,%.2f)", truth == said ? "37,99,235" : "220,38,38",
                    count == 0 ? 0.02 : 0.08 + 0.8 * share);
      out += std::string("<td style='background:") + style + (share > 0.6 ? ";color:#fff" : "") +
             "'>" + std::to_string(count);
    }
    out += "</tr>";
  }
  return out + "</table></div>";
}

std::string class_curves(const Evaluation& e) {
  Chart roc{"ROC", "false positive rate", "true positive rate", {}, true, true};
  Chart pr{"Precision and recall", "recall", "precision", {}, true};
  // Of two classes the curves of the first are those of the second, mirrored.
  const size_t first = e.classes.size() == 2 ? 1 : 0;
  for (size_t c = first; c < std::min(e.classes.size(), first + kMostCurves); ++c) {
    const ClassMetrics& metrics = e.classes[c];
    if (metrics.support == 0) continue;
    roc.series.push_back({metrics.name, metrics.curves.roc});
    pr.series.push_back({metrics.name, metrics.curves.pr});
  }
  Chart calibration{"Calibration", "probability said", "share that was right", {}, true, true};
  Series bins{"bins", {}};
  for (const CalibrationBin& bin : e.calibration) {
    if (bin.count > 0) bins.points.emplace_back(bin.confidence, bin.accuracy);
  }
  calibration.series = {bins};
  const std::string charts = chart_svg(roc) + chart_svg(pr) + chart_svg(calibration);
  return charts.empty() ? "" : "<h2>Curves</h2><div class='row'>" + charts + "</div>";
}

std::string residuals(const Evaluation& e) {
  Chart chart{"Residuals", "predicted", "predicted - true", {{"rows", e.residuals, true}}};
  chart.zero = true;
  Chart fit{"Predicted and true", "true", "predicted", {{"rows", {}, true}}};
  for (const auto& [said, miss] : e.residuals) fit.series[0].points.emplace_back(said - miss, said);
  return "<h2>Residuals</h2><div class='row'>" + chart_svg(chart) + chart_svg(fit) + "</div>";
}

std::string about(const Model& model) {
  std::string out = "<h2>Model</h2><table>";
  const auto row = [&out](const std::string& name, const std::string& value) {
    out += "<tr><td>" + name + "<td>" + html_text(value) + "</tr>";
  };
  row("kind", model.architecture.kind);
  row("parameters", std::to_string(model.parameter_count()));
  row("label", model.target.name);
  row("features", std::to_string(model.transform.features.size()));
  out += "</table>";
  if (const Json* config = model.training.find("config")) {
    out +=
        "<details><summary>Config</summary><pre>" + html_text(config->dump(2)) + "</pre></details>";
  }
  return out;
}

}  // namespace

std::string report_html(const ReportSubject& subject) {
  const Evaluation& evaluation = *subject.evaluation;
  const std::string title = html_text(subject.title);
  std::string out(kHead);
  out += "<title>" + title + "</title></head><body><h1>" + title + "</h1><p>Evaluated on " +
         html_text(subject.data) + ".</p>" + cards(evaluation);
  if (subject.metrics != nullptr) out += learning_curves(*subject.metrics);
  if (evaluation.task == Task::kRegression) {
    out += residuals(evaluation);
  } else {
    out += class_curves(evaluation) + confusion_matrix(evaluation) + class_table(evaluation);
  }
  return out + about(*subject.model) + "</body></html>\n";
}

}  // namespace kfctl
