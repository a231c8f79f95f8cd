#include "cli/side_by_side.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "cli/table.h"

namespace kfctl {
namespace {

using Work = std::function<int(OpenEnvironment& one, Console& console)>;

// Lets one environment after the other print, and keeps what the others say until their turn.
class Turns {
 public:
  // `in_turn` false: everything is printed as it comes.
  Turns(Console& console, size_t count, bool in_turn)
      : console_(console), lanes_(count), in_turn_(in_turn) {}

  void write(size_t index, ConsoleSink::Stream stream, std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!in_turn_ || index == next_) return console_.pass_on(stream, text);
    lanes_[index].held.emplace_back(stream, std::string(text));
  }

  void progress(size_t index, const std::string& line) {
    const std::lock_guard lock(mutex_);
    lanes_[index].progress = line;
    std::vector<std::string> lines;
    for (const Lane& lane : lanes_) {
      if (!lane.done && !lane.progress.empty()) lines.push_back(lane.progress);
    }
    console_.progress(lines);
  }

  void finish(size_t index) {
    const std::lock_guard lock(mutex_);
    lanes_[index].done = true;
    changed_.notify_all();
    while (next_ < lanes_.size() && lanes_[next_].done) {
      if (++next_ == lanes_.size()) return;
      for (const auto& [stream, text] : lanes_[next_].held) console_.pass_on(stream, text);
      lanes_[next_].held.clear();
    }
  }

  void await(size_t index) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return lanes_[index].done; });
  }

 private:
  struct Lane {
    std::vector<std::pair<ConsoleSink::Stream, std::string>> held;
    std::string progress;
    bool done = false;
  };

  Console& console_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Lane> lanes_;
  bool in_turn_;
  size_t next_ = 0;  // whose turn it is
};

// One environment's end of it.
class LaneSink : public ConsoleSink {
 public:
  LaneSink(Turns& turns, size_t index, std::string begin, int width)
      : turns_(turns), index_(index), begin_(std::move(begin)), width_(width) {}

  void write(Stream stream, std::string_view text) override { turns_.write(index_, stream, text); }
  void progress(const std::string& line) override {
    std::string shown = begin_ + line;
    if (shown.size() >= width_) shown.resize(width_ - 1);
    turns_.progress(index_, shown);
  }
  void data(const Json& value) override { document_ = value; }
  void failed(const Error& error) override { document_["error"] = error_json(error); }

  // For the list of all: what came of this one.
  Json document(const std::string& environment, int code) const {
    Json out = document_;
    out["environment"] = environment;
    out["exitCode"] = code;
    return out;
  }

 private:
  Turns& turns_;
  size_t index_;
  std::string begin_;
  size_t width_;
  Json document_ = Json::object();
};

int work_on(OpenEnvironment& one, Console& console, const Work& work) {
  return one.error ? console.fail(*one.error) : work(one, console);
}

// Names of one length, so that what follows them stands in columns.
std::string padded(const std::string& name, const std::vector<OpenEnvironment>& all) {
  size_t width = 0;
  for (const OpenEnvironment& one : all) width = std::max(width, one.name.size());
  return name + std::string(width - name.size(), ' ');
}

class Run {
 public:
  Run(std::vector<OpenEnvironment>& environments, Console& console, const SideBySide& options,
      const Work& work)
      : environments_(environments),
        options_(options),
        work_(work),
        turns_(console, environments.size(), options.format != "ndjson") {
    const bool text = options.format != "ndjson" && !is_document();
    for (size_t i = 0; i < environments_.size(); ++i) {
      const std::string label =
          text ? padded(environments_[i].name, environments_) : environments_[i].name;
      sinks_.push_back(std::make_unique<LaneSink>(turns_, i, label + " | ", console.width()));
      consoles_.push_back(std::make_unique<Console>(console, *sinks_.back(), label, text));
    }
    codes_.resize(environments_.size());
  }

  bool is_document() const { return options_.format == "json" || options_.format == "yaml"; }

  void run_in_turn() {
    for (size_t i = 0; i < environments_.size(); ++i) run_one(i);
  }

  void run_at_once() {
    std::vector<std::thread> threads;
    for (size_t i = 0; i < environments_.size(); ++i) {
      threads.emplace_back([this, i] {
        for (size_t before = 0; before < i; ++before) {
          if (must_wait(i, before)) turns_.await(before);
        }
        run_one(i);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  Json documents() const {
    Json all = Json::array();
    for (size_t i = 0; i < environments_.size(); ++i) {
      all.push_back(sinks_[i]->document(environments_[i].name, codes_[i]));
    }
    return all;
  }

  int worst() const { return *std::max_element(codes_.begin(), codes_.end()); }

 private:
  bool must_wait(size_t one, size_t before) const {
    if (!options_.changes || environments_[one].target == nullptr) return false;
    return environments_[before].target != nullptr &&
           share_objects(environments_[before], environments_[one]);
  }

  void run_one(size_t index) {
    codes_[index] = work_on(environments_[index], *consoles_[index], work_);
    consoles_[index]->finish(codes_[index]);
    turns_.finish(index);
  }

  std::vector<OpenEnvironment>& environments_;
  const SideBySide& options_;
  const Work& work_;
  Turns turns_;
  std::vector<std::unique_ptr<LaneSink>> sinks_;
  std::vector<std::unique_ptr<Console>> consoles_;
  std::vector<int> codes_;
};

}  // namespace

int run_side_by_side(std::vector<OpenEnvironment>& environments, Console& console,
                     const SideBySide& options, const Work& work) {
  if (environments.size() == 1) return work_on(environments[0], console, work);
  Run run(environments, console, options, work);
  options.at_once ? run.run_at_once() : run.run_in_turn();
  if (run.is_document()) console.out(format_value(run.documents(), options.format));
  return run.worst();
}

}  // namespace kfctl
