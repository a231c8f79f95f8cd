// MetricsLog: what a run measured, a row for each epoch: metrics.jsonl and TensorBoard's events are
// two ways of writing it down.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

struct MetricsRow {
  int64_t epoch = 0;
  int64_t step = 0;
  double time = 0;                                     // seconds since 1970
  std::vector<std::pair<std::string, double>> values;  // "train.loss"; not finite: not written

  const double* find(std::string_view name) const;
};

class MetricsLog {
 public:
  void add(MetricsRow row) { rows_.push_back(std::move(row)); }
  const std::vector<MetricsRow>& rows() const { return rows_; }

  /// A JSON object a line.
  std::string to_jsonl() const;
  /// A TensorBoard event file with a scalar for each value.
  std::string to_events() const;

  /// The rows of a file as to_jsonl writes it, up to and with `last_epoch`.
  /// Errors: kProject if it is something else.
  static Result<MetricsLog> read(std::string_view jsonl, const std::string& path,
                                 int64_t last_epoch);

 private:
  std::vector<MetricsRow> rows_;
};

}  // namespace kfctl
