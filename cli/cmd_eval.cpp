// kfctl eval: how well a model does on data.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/evaluation_text.h"
#include "cli/learn_flags.h"
#include "cli/learning.h"
#include "cli/table.h"
#include "cli/world.h"
#include "learn/evaluate/report.h"
#include "learn/evaluate/split_evaluation.h"
#include "learn/train/run.h"

namespace kfctl {
namespace {

struct Evaluated {
  Evaluation evaluation;
  std::string data;  // what it was evaluated on
  MetricsLog metrics;
};

Result<MetricsLog> metrics_of_run(const World& world, const std::string& directory) {
  const std::string path = join_path(directory, "metrics.jsonl");
  if (!world.files.is_file(path)) return MetricsLog();
  KF_TRY(const std::string text, world.files.read(path));
  return MetricsLog::read(text, path, INT64_MAX);
}

// A run's own data: read, split and encoded as they were for the training.
Result<Evaluated> on_split(const Args& args, World& world, const Model& model, Device& device) {
  const std::string& directory = args.word(0);
  if (!world.files.is_directory(directory)) {
    return usage_error("which data should " + directory + " be evaluated on?",
                       "--data FILE; only a run directory knows its own data");
  }
  KF_TRY(const TrainConfig config, run_config(world.files, directory));
  ThreadPool pool = reading_threads(world);
  KF_TRY(const std::unique_ptr<RowMemory> memory, row_memory(args, world, parent_path(directory)));
  KF_TRY(const Prepared prepared, prepare(world.files, config, &pool, memory.get()));
  Evaluated result;
  result.data = args.value("split", best_split(prepared.split));
  KF_TRY(result.evaluation, evaluate_split(device, model, prepared, result.data));
  return result;
}

Result<Evaluated> evaluate(const Args& args, World& world, const Model& model) {
  KF_TRY(const std::unique_ptr<Device> device, chosen_device(args, world));
  Evaluated result;
  if (!args.has("data")) {
    KF_TRY(result, on_split(args, world, model, *device));
  } else {
    if (args.has("split")) return usage_error("--split is of a run's own data, without --data");
    DataFiles data;
    data.files = args.values("data");
    data.labels = args.values("labels");
    data.read.format = args.value("format", "auto");
    KF_TRY(data.limit_rows, row_limit(args));
    ThreadPool pool = reading_threads(world);
    KF_TRY(const std::unique_ptr<RowMemory> memory, row_memory(args, world, "."));
    data.memory = memory.get();
    KF_TRY(result.evaluation, evaluate_data(*device, model, world.files, data, &pool));
    result.data = data.files[0];
  }
  if (world.files.is_directory(args.word(0))) {
    KF_TRY(result.metrics, metrics_of_run(world, args.word(0)));
  }
  return result;
}

Status run(const Args& args, Console& console, World& world) {
  KF_TRY(const Model model, load_model(world.files, args.word(0)));
  KF_TRY(const Evaluated result, evaluate(args, world, model));
  if (args.has("report")) {
    const std::string path = args.value("report");
    KF_DO(world.files.write(path, report_html({base_name(args.word(0)), result.data, &model,
                                               &result.evaluation, &result.metrics})));
    console.note("wrote " + path);
  }
  const std::string format = args.value("output", "table");
  if (format != "table") {
    console.out(format_value(result.evaluation.to_json(), format));
    return Ok{};
  }
  console.out(evaluation_text(result.evaluation));
  return Ok{};
}

}  // namespace

int cmd_eval(const Args& args, Console& console, World& world) {
  const Status status = run(args, console, world);
  return status.ok() ? kExitOk : console.fail(status.error());
}

}  // namespace kfctl
