// How a training shows: one live line on a terminal, a line for each epoch (at most two a second)
// elsewhere.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "learn/train/run.h"

namespace kfctl {

class TrainProgress : public RunObserver {
 public:
  /// `katib`: also print each epoch's metrics on standard output as Katib's text collector reads
  /// them: an RFC 3339 time, then name=value.
  TrainProgress(Console& console, bool katib) : console_(console), katib_(katib) {}

  void on_progress(const RunProgress& progress) override;
  void on_epoch(const MetricsRow& row) override;
  void on_note(const std::string& text) override;

 private:
  Console& console_;
  bool katib_;
  std::vector<double> losses_;  // of the steps so far, thinned
  double shown_at_ = 0;         // seconds of the steady clock
  double noted_at_ = 0;
};

/// The values as a row of bars, the last `width` of them at most, highest where the value is
/// greatest. "" for none.
std::string sparkline(const std::vector<double>& values, size_t width);

/// Seconds as "8s", "3m20s", "2h05m".
std::string time_text(double seconds);

}  // namespace kfctl
