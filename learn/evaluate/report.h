// report.html: one page about a model and how it did, that needs nothing but itself.
#pragma once

#include <string>
#include <string_view>

#include "learn/evaluate/metrics.h"
#include "learn/model/model.h"
#include "learn/train/metrics_log.h"

namespace kfctl {

struct ReportSubject {
  std::string_view title;
  std::string_view data;  // what was evaluated on: "test", or a file
  const Model* model = nullptr;
  const Evaluation* evaluation = nullptr;
  const MetricsLog* metrics = nullptr;  // of the training; may be null
};

/// The same subject gives the same bytes.
std::string report_html(const ReportSubject& subject);

}  // namespace kfctl
