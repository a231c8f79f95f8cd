#include "cli/train_progress.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace kfctl {
namespace {

constexpr size_t kMostLosses = 256;
constexpr double kRedraw = 0.1;        // seconds
constexpr double kBetweenLines = 0.5;  // short epochs would flood a log; the run's log.txt has all

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string rate_text(double rate) {
  return rate >= 1e5 ? format("%.0fk rows/s", rate / 1e3) : format("%.0f rows/s", rate);
}

std::string rfc3339(double seconds) {
  const auto whole = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

std::string sparkline(const std::vector<double>& values, size_t width) {
  static constexpr const char* kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const size_t count = std::min(values.size(), width);
  if (count == 0) return "";
  // Means of neighbours where there are more values than columns.
  std::vector<double> columns;
  for (size_t i = 0; i < count; ++i) {
    const size_t begin = i * values.size() / count, end = (i + 1) * values.size() / count;
    double sum = 0;
    for (size_t k = begin; k < end; ++k) sum += values[k];
    columns.push_back(sum / static_cast<double>(end - begin));
  }
  const auto [low, high] = std::minmax_element(columns.begin(), columns.end());
  std::string line;
  for (const double value : columns) {
    const double share = *high > *low ? (value - *low) / (*high - *low) : 0;
    line += kBars[static_cast<size_t>(std::lround(share * 7))];
  }
  return line;
}

std::string time_text(double seconds) {
  if (!(seconds < 1e7)) return "?";
  const auto whole = static_cast<long>(std::llround(seconds));
  if (whole < 60) return format("%lds", whole);
  if (whole < 3600) return format("%ldm%02lds", whole / 60, whole % 60);
  return format("%ldh%02ldm", whole / 3600, whole / 60 % 60);
}

void TrainProgress::on_progress(const RunProgress& progress) {
  losses_.push_back(progress.loss);
  if (losses_.size() >= kMostLosses) {
    for (size_t i = 0; i < kMostLosses / 2; ++i) losses_[i] = losses_[2 * i + 1];
    losses_.resize(kMostLosses / 2);
  }
  if (now() - shown_at_ < kRedraw) return;
  shown_at_ = now();
  console_.progress(format("epoch %ld/%ld  loss %.4g %s  ", static_cast<long>(progress.epoch),
                           static_cast<long>(progress.epochs), progress.loss,
                           sparkline(losses_, 20).c_str()) +
                    rate_text(progress.rows_per_second) + "  " +
                    format("step %ld/%ld  ", static_cast<long>(progress.step),
                           static_cast<long>(progress.steps)) +
                    time_text(progress.seconds_left) + " left");
}

void TrainProgress::on_epoch(const MetricsRow& row) {
  std::string line = format("epoch %ld", static_cast<long>(row.epoch));
  std::string katib;
  for (const auto& [name, value] : row.values) {
    if (name == "train.learningRate") continue;
    if (name == "train.rowsPerSecond") {
      line += "  " + rate_text(value);
      continue;
    }
    const size_t dot = name.find('.');
    line +=
        format("  %s %s %.4g", name.substr(0, dot).c_str(), name.substr(dot + 1).c_str(), value);
    katib +=
        format(" %s-%s=%.10g", name.substr(0, dot).c_str(), name.substr(dot + 1).c_str(), value);
  }
  if (now() - noted_at_ >= kBetweenLines) {
    noted_at_ = now();
    console_.note(line);
  }
  if (katib_) console_.live_line(rfc3339(row.time) + katib);
}

void TrainProgress::on_note(const std::string& text) { console_.note(text); }

}  // namespace kfctl
