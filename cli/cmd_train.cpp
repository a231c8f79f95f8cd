// kfctl train: train a model from data files, here and now. And kfctl train init.
#include <chrono>

#include "base/yaml.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/evaluation_text.h"
#include "cli/learn_flags.h"
#include "cli/learning.h"
#include "cli/table.h"
#include "cli/train_progress.h"
#include "cli/world.h"
#include "learn/evaluate/report.h"
#include "learn/evaluate/split_evaluation.h"
#include "learn/train/run.h"

namespace kfctl {
namespace {

Clock real_clock() {
  return {[] {
            const auto since = std::chrono::steady_clock::now().time_since_epoch();
            return std::chrono::duration<double>(since).count();
          },
          [] {
            const auto since = std::chrono::system_clock::now().time_since_epoch();
            return std::chrono::duration<double>(since).count();
          }};
}

// With --resume the run's own config holds, and nothing may speak against it.
Result<TrainConfig> config_of(const Args& args, Console& console, World& world) {
  if (!args.has("resume")) return gather_config(args, console, world);
  std::string surplus = args.word(0).empty() ? "" : args.word(0);
  for (const ConfigFlag& flag : config_flags()) {
    if (args.has(flag.flag)) surplus = "--" + std::string(flag.flag);
  }
  if (args.has("set")) surplus = "--set";
  if (!surplus.empty()) {
    return usage_error("--resume goes on with the config of the run; " + surplus +
                       " cannot change it");
  }
  return run_config(world.files, args.value("resume"));
}

// Evaluates what was trained, prints it, and writes the report.
Status show_result(const RunResult& result, const Prepared& prepared, Device& device,
                   const std::string& directory, Console& console, World& world) {
  const std::string split = best_split(prepared.split);
  KF_TRY(const Evaluation evaluation, evaluate_split(device, result.model, prepared, split));
  KF_DO(world.files.write(
      join_path(directory, "report.html"),
      report_html({base_name(directory), split, &result.model, &evaluation, &result.metrics})));
  console.note("the model is " + join_path(directory, "model.safetensors") + "; on " + split +
               " rows:");
  console.out(evaluation_summary(evaluation));
  return Ok{};
}

Status train(const Args& args, Console& console, World& world) {
  KF_TRY(const TrainConfig config, config_of(args, console, world));
  if (args.has("print-config")) {
    console.out(to_yaml(to_json(config)));
    return Ok{};
  }
  const bool trial = args.has("fast-dev-run");
  const std::string directory = args.value(args.has("resume") ? "resume" : "output");
  if (directory.empty() && !trial) {
    return usage_error("where should the run go?", "--output DIR");
  }
  ThreadPool pool = reading_threads(world);
  KF_TRY(const std::unique_ptr<RowMemory> memory, row_memory(args, world, parent_path(directory)));
  KF_TRY(const Prepared prepared, prepare(world.files, config, &pool, memory.get()));
  KF_TRY(const std::unique_ptr<Device> device, chosen_device(args, world));
  if (trial) {
    KF_DO(try_training(*device, prepared));
    console.note("three steps and a validation went well; nothing was written");
    return Ok{};
  }
  if (memory->in_file() > 0) {
    console.note(std::to_string((memory->in_file() >> 20) + 1) + " MiB of rows lie in a file in " +
                 memory->directory() + ", which goes with the end of the run");
  }
  console.note("training a " + prepared.config.model.type + " on " + device->info().id());
  TrainProgress progress(console, args.value("metrics") == "katib");
  KF_TRY(const RunResult result,
         run_training(world.files, *device, prepared, directory, args.has("resume"), real_clock(),
                      world.cancel, progress));
  return show_result(result, prepared, *device, directory, console, world);
}

Status init(const Args& args, Console& console, World& world) {
  KF_TRY(const TrainConfig given, gather_config(args, console, world));
  ThreadPool pool = reading_threads(world);
  KF_TRY(const std::unique_ptr<RowMemory> memory, row_memory(args, world, "."));
  KF_TRY(const TrainConfig config, first_config(world.files, given, &pool, memory.get()));
  const std::string text =
      "# Written by kfctl train init; kfctl train FILE --output RUN trains by it.\n" +
      to_yaml(to_json(config));
  const std::string path = args.value("output");
  if (path.empty()) {
    console.out(text);
    return Ok{};
  }
  if (world.files.kind(path) != PathKind::kMissing) {
    return usage_error(path + " is there already", "name another file with --output");
  }
  KF_DO(world.files.write(path, text));
  console.note("wrote " + path);
  return Ok{};
}

}  // namespace

int cmd_train(const Args& args, Console& console, World& world) {
  const Status status = train(args, console, world);
  return status.ok() ? kExitOk : console.fail(status.error());
}

int cmd_train_init(const Args& args, Console& console, World& world) {
  const Status status = init(args, console, world);
  return status.ok() ? kExitOk : console.fail(status.error());
}

}  // namespace kfctl
