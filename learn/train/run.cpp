#include "learn/train/run.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace kfctl {
namespace {

constexpr double kCheckpointSeconds = 10;  // between two at the ends of epochs
constexpr int64_t kProgressSteps = 20;     // on devices where looking waits

std::string in_run(const std::string& directory, std::string_view name) {
  return join_path(directory, name);
}

class Run {
 public:
  Run(Files& files, Trainer& trainer, const Prepared& prepared, std::string directory,
      const Clock& clock, const CancelToken& cancel, RunObserver& observer, bool look_always)
      : files_(files),
        trainer_(trainer),
        prepared_(prepared),
        config_(prepared.config.train),
        directory_(std::move(directory)),
        clock_(clock),
        cancel_(cancel),
        observer_(observer),
        look_always_(look_always) {
    checkpoint_.fingerprint = prepared.fingerprint;
    checkpoint_.best_value = INFINITY;
  }

  Status start() {
    KF_DO(
        files_.write(in_run(directory_, "config.json"), to_json(prepared_.config).dump(2) + "\n"));
    for (const std::string& note : prepared_.notes) say(note);
    say(std::to_string(prepared_.split.train.size()) + " rows to train on, " +
        std::to_string(prepared_.split.validation.size()) + " to validate, " +
        std::to_string(prepared_.split.test.size()) + " to test");
    return Ok{};
  }

  Status resume() {
    const std::string path = in_run(directory_, "checkpoints/last.safetensors");
    KF_TRY(const std::string bytes, files_.read(path));
    KF_TRY(checkpoint_, read_checkpoint(bytes, parameters_of(prepared_.architecture), path));
    if (checkpoint_.fingerprint != prepared_.fingerprint) {
      return project_error(path + ": the data have changed since this checkpoint",
                           "bring back the data, or start a new run with another --output");
    }
    KF_DO(trainer_.restore(checkpoint_.train));
    const std::string metrics = in_run(directory_, "metrics.jsonl");
    if (files_.is_file(metrics)) {
      KF_TRY(const std::string text, files_.read(metrics));
      KF_TRY(metrics_, MetricsLog::read(text, metrics, checkpoint_.train.epoch));
    }
    if (files_.is_file(in_run(directory_, "log.txt"))) {
      KF_TRY(log_, files_.read(in_run(directory_, "log.txt")));
    }
    say("going on from step " + std::to_string(checkpoint_.train.step));
    return Ok{};
  }

  Status train() {
    started_ = last_checkpoint_ = clock_.steady();
    first_step_ = trainer_.step();
    while (!done()) {
      if (cancel_.cancelled()) {
        KF_DO(save());
        return cancelled_error("'kfctl train --resume " + directory_ + "' goes on from step " +
                               std::to_string(trainer_.step()));
      }
      KF_DO(trainer_.take_step());
      const bool epoch_ended = trainer_.position() == 0;
      KF_DO(report(epoch_ended));
      if (epoch_ended) KF_DO(end_epoch());
      KF_DO(maybe_save(epoch_ended));
    }
    return Ok{};
  }

  Result<RunResult> finish() {
    RunResult result;
    if (trainer_.position() != 0) KF_DO(end_epoch());
    KF_TRY(const TrainState state, trainer_.state());
    const bool keeps_best = config_.keep == "best" && !checkpoint_.best.empty();
    result.model.architecture = prepared_.architecture;
    result.model.transform = prepared_.transform;
    result.model.target = prepared_.target;
    result.model.weights = keeps_best ? checkpoint_.best : state.weights;
    result.model.training = description(keeps_best);
    result.stopped = stopped_;
    if (!stopped_.empty()) say(stopped_);
    KF_DO(save({in_run(directory_, "model.safetensors"), write_model(result.model)}));
    result.metrics = std::move(metrics_);
    return result;
  }

 private:
  void say(const std::string& text) {
    log_ += text + "\n";
    observer_.on_note(text);
  }

  bool done() {
    if (trainer_.step() >= trainer_.total_steps()) return true;
    if (!stopped_.empty()) return true;
    if (config_.max_time > 0 && clock_.steady() - started_ >= config_.max_time) {
      stopped_ = "stopped after " + number_text(config_.max_time) + " seconds, as asked";
      return true;
    }
    return false;
  }

  Status report(bool epoch_ended) {
    if (!look_always_ && !epoch_ended && trainer_.step() % kProgressSteps != 0) return Ok{};
    KF_TRY(const LossTotals totals, trainer_.totals());
    RunProgress progress;
    progress.epochs = config_.epochs;
    progress.epoch = std::min(trainer_.epoch() + (epoch_ended ? 0 : 1), config_.epochs);
    progress.step = trainer_.step();
    progress.steps = trainer_.total_steps();
    progress.loss = totals.loss / std::max(totals.weight, 1e-300);
    const double seconds = std::max(clock_.steady() - started_, 1e-9);
    const auto steps = static_cast<double>(progress.step - first_step_);
    const double per_step = static_cast<double>(trainer_.rows_per_epoch()) /
                            static_cast<double>(trainer_.steps_per_epoch());
    progress.rows_per_second = steps * per_step / seconds;
    progress.seconds_left = static_cast<double>(progress.steps - progress.step) * seconds / steps;
    observer_.on_progress(progress);
    return Ok{};
  }

  Status end_epoch() {
    KF_TRY(const LossTotals train, trainer_.totals());
    KF_TRY(const LossTotals validation, trainer_.evaluate(prepared_.split.validation));
    KF_DO(trainer_.reset_totals());
    MetricsRow row;
    row.epoch = trainer_.position() == 0 ? trainer_.epoch() : trainer_.epoch() + 1;
    row.step = trainer_.step();
    row.time = clock_.wall();
    add_values(row, "train", train);
    if (!prepared_.split.validation.empty()) add_values(row, "validation", validation);
    row.values.emplace_back("train.learningRate", trainer_.learning_rate());
    const double seconds = std::max(clock_.steady() - started_, 1e-9);
    row.values.emplace_back("train.rowsPerSecond",
                            static_cast<double>(trainer_.step() - first_step_) *
                                static_cast<double>(trainer_.rows_per_epoch()) /
                                static_cast<double>(trainer_.steps_per_epoch()) / seconds);
    KF_DO(compare(row));
    std::string line = "epoch " + std::to_string(row.epoch);
    for (const auto& [name, value] : row.values) {
      char text[64];
      std::snprintf(text, sizeof text, " %s %.6g", name.c_str(), value);
      line += text;
    }
    log_ += line + "\n";
    observer_.on_epoch(row);
    metrics_.add(std::move(row));
    return Ok{};
  }

  void add_values(MetricsRow& row, const std::string& split, const LossTotals& totals) const {
    const double loss = totals.loss / std::max(totals.weight, 1e-300);
    row.values.emplace_back(split + ".loss", loss);
    if (prepared_.target.is_classes()) {
      const auto count = static_cast<double>(std::max<int64_t>(totals.count, 1));
      row.values.emplace_back(split + ".accuracy", static_cast<double>(totals.correct) / count);
    } else if (split == "validation" || config_.loss != "huber") {
      row.values.emplace_back(split + ".rmse", std::sqrt(loss) * prepared_.target.deviation);
    }
  }

  // Keeps the weights if they are the best so far; without validation rows the last are.
  Status compare(const MetricsRow& row) {
    if (prepared_.split.validation.empty()) return Ok{};
    const double* loss = row.find("validation.loss");
    const double* accuracy = row.find("validation.accuracy");
    const bool by_accuracy = config_.monitor == "accuracy" && accuracy != nullptr;
    const double value = by_accuracy ? -*accuracy : *loss;
    if (value < checkpoint_.best_value - config_.min_delta) {
      checkpoint_.best_value = value;
      checkpoint_.best_epoch = row.epoch;
      checkpoint_.epochs_without_better = 0;
      if (config_.keep == "best") {
        KF_TRY(TrainState state, trainer_.state());
        checkpoint_.best = std::move(state.weights);
      }
      return Ok{};
    }
    ++checkpoint_.epochs_without_better;
    if (config_.patience > 0 && checkpoint_.epochs_without_better >= config_.patience) {
      stopped_ =
          "stopped early: nothing better since epoch " + std::to_string(checkpoint_.best_epoch);
    }
    return Ok{};
  }

  Status maybe_save(bool epoch_ended) {
    const bool by_step =
        config_.checkpoint_steps > 0 && trainer_.step() % config_.checkpoint_steps == 0;
    const bool by_time = config_.checkpoint_steps == 0 && epoch_ended &&
                         clock_.steady() - last_checkpoint_ >= kCheckpointSeconds;
    return by_step || by_time ? save() : Status(Ok{});
  }

  // Writes the checkpoint and what belongs to its moment; `more` goes with them.
  Status save(FileWrite more = {}) {
    KF_TRY(checkpoint_.train, trainer_.state());
    std::vector<FileWrite> writes = {
        {in_run(directory_, "metrics.jsonl"), metrics_.to_jsonl()},
        {in_run(directory_, "events.out.tfevents.0.kfctl"), metrics_.to_events()},
        {in_run(directory_, "log.txt"), log_},
        {in_run(directory_, "checkpoints/last.safetensors"),
         write_checkpoint(checkpoint_, parameters_of(prepared_.architecture))}};
    if (!more.path.empty()) writes.push_back(std::move(more));
    KF_DO(files_.write_all(writes));
    last_checkpoint_ = clock_.steady();
    return Ok{};
  }

  // Nothing of time or place: the same run gives the same model file.
  Json description(bool keeps_best) const {
    Json json = Json::object({{"config", to_json(prepared_.config)},
                              {"steps", trainer_.step()},
                              {"kept", keeps_best ? "best" : "last"}});
    json["rows"] =
        Json::object({{"train", static_cast<int64_t>(prepared_.split.train.size())},
                      {"validation", static_cast<int64_t>(prepared_.split.validation.size())},
                      {"test", static_cast<int64_t>(prepared_.split.test.size())}});
    const std::vector<MetricsRow>& rows = metrics_.rows();
    for (const MetricsRow& row : rows) {
      const bool is_kept = keeps_best ? row.epoch == checkpoint_.best_epoch : &row == &rows.back();
      if (!is_kept) continue;
      json["epoch"] = row.epoch;
      for (const auto& [name, value] : row.values) {
        if (name != "train.rowsPerSecond") json["metrics"][name] = value;
      }
    }
    return json;
  }

  Files& files_;
  Trainer& trainer_;
  const Prepared& prepared_;
  const TrainingConfig& config_;
  std::string directory_;
  const Clock& clock_;
  const CancelToken& cancel_;
  RunObserver& observer_;
  bool look_always_;
  Checkpoint checkpoint_;
  MetricsLog metrics_;
  std::string log_;
  std::string stopped_;
  double started_ = 0;
  double last_checkpoint_ = 0;
  int64_t first_step_ = 0;
};

Status check_directory(const Files& files, const std::string& directory, bool resume) {
  const PathKind kind = files.kind(directory);
  if (kind == PathKind::kFile) return usage_error(directory + " is a file, not a directory");
  const bool has_checkpoint = files.is_file(in_run(directory, "checkpoints/last.safetensors"));
  if (resume && !has_checkpoint) {
    return usage_error(directory + ": there is no checkpoint to go on from",
                       "without --resume the run starts from the beginning");
  }
  if (resume || kind == PathKind::kMissing) return Ok{};
  KF_TRY(const std::vector<std::string> names, files.list(directory));
  // A run that was killed before its first checkpoint has left its config alone.
  const bool only_config = names == std::vector<std::string>{"config.json"};
  if (names.empty() || only_config) return Ok{};
  return usage_error(directory + ": the directory is not empty",
                     has_checkpoint
                         ? "--resume goes on with the run; another --output starts a new one"
                         : "give a new one with --output");
}

}  // namespace

Result<RunResult> run_training(Files& files, Device& device, const Prepared& prepared,
                               const std::string& directory, bool resume, const Clock& clock,
                               const CancelToken& cancel, RunObserver& observer) {
  KF_DO(check_directory(files, directory, resume));
  KF_TRY(const std::unique_ptr<Trainer> trainer, Trainer::make(device, prepared));
  Run run(files, *trainer, prepared, directory, clock, cancel, observer,
          device.info().kind == DeviceKind::kCpu);
  KF_DO(resume ? run.resume() : run.start());
  KF_DO(run.train());
  return run.finish();
}

Status try_training(Device& device, const Prepared& prepared) {
  KF_TRY(const std::unique_ptr<Trainer> trainer, Trainer::make(device, prepared));
  for (int step = 0; step < 3; ++step) KF_DO(trainer->take_step());
  KF_TRY(const LossTotals train, trainer->totals());
  static_cast<void>(train);
  KF_TRY(const LossTotals validation, trainer->evaluate(prepared.split.validation));
  static_cast<void>(validation);
  return Ok{};
}

Result<TrainConfig> run_config(const Files& files, const std::string& directory) {
  const std::string path = in_run(directory, "config.json");
  if (!files.is_file(path)) {
    return usage_error(directory + ": there is no run in this directory",
                       "it has no config.json, which 'kfctl train' writes first");
  }
  KF_TRY(const std::string text, files.read(path));
  KF_TRY(const Json json, parse_json(text, path));
  ConfigResult result = read_config(json);
  if (result.errors.empty()) return std::move(result.config);
  Error error = std::move(result.errors[0].error);
  error.message = path + ": " + error.message;
  return error;
}

}  // namespace kfctl
