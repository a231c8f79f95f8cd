// kfctl predict: what a model says of each row of data files.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/learn_flags.h"
#include "cli/learning.h"
#include "cli/world.h"
#include "learn/data/byte_sink.h"
#include "learn/evaluate/prediction.h"
#include "learn/evaluate/shards.h"

namespace kfctl {
namespace {

// A directory is what ends in a slash, or is one.
bool is_directory(const std::string& path, const World& world) {
  return path.ends_with("/") || world.files.is_directory(path);
}

Result<std::string> output_format(const Args& args, const std::string& path, const World& world) {
  if (args.has("write") && is_directory(path, world)) return args.value("write");
  if (args.has("write")) {
    return usage_error("--write says what the files of a directory are; the name of " + path +
                       " says it already");
  }
  for (const std::string format : {"csv", "jsonl", "npy"}) {
    if (path.ends_with("." + format)) return format;
  }
  if (path == "-" || is_directory(path, world)) return std::string("csv");
  return usage_error("--output " + path + ": the name does not say which format to write",
                     "let it end in .csv, .jsonl or .npy, or in / for a directory");
}

Result<PredictOptions> options_of(const Args& args, const std::string& path, const World& world) {
  PredictOptions options;
  options.files = args.values("data");
  options.format = args.value("format", "auto");
  options.keys = args.values("key");
  options.probabilities = args.has("probabilities");
  if (options.files.empty()) return usage_error("no data is given", "--data FILE names it");
  KF_TRY(options.output, output_format(args, path, world));
  KF_TRY(options.limit_rows, row_limit(args));
  if (options.limit_rows > 0 && is_directory(path, world)) {
    return usage_error("--limit-rows is for predictions in one file");
  }
  return options;
}

// What predicting takes.
struct Means {
  Device& device;
  const Model& model;
  ThreadPool& pool;
  Console& console;
  World& world;
};

Status predict_to(const std::string& path, const PredictOptions& options, const Means& means) {
  std::unique_ptr<ByteSink> file;
  if (path != "-") {
    KF_TRY(file, ByteSink::open(path));
  }
  const auto write = [&](std::string_view text) -> Status {
    if (means.world.cancel.cancelled()) return cancelled_error("nothing was written to " + path);
    if (file != nullptr) return file->write(text);
    means.console.out(text);
    return Ok{};
  };
  KF_TRY(const size_t rows,
         predict_files(means.device, means.model, means.world.files, options, &means.pool, write));
  if (file == nullptr) return Ok{};
  KF_DO(file->finish());
  means.console.note("wrote " + std::to_string(rows) + (rows == 1 ? " row" : " rows") + " to " +
                     path);
  return Ok{};
}

Status predict_shards(const std::string& directory, PredictOptions options, const Means& means) {
  KF_TRY(const std::vector<Shard> shards,
         open_shards(means.world.files, directory, means.model, options));
  size_t kept = 0;
  for (const Shard& shard : shards) {
    kept += shard.is_finished ? 1 : 0;
    if (shard.is_finished) continue;
    options.files = {shard.input};
    KF_DO(predict_to(shard.output, options, means));
  }
  if (kept > 0) {
    means.console.note(std::to_string(kept) + " of " + std::to_string(shards.size()) +
                       " files were there already");
  }
  return Ok{};
}

Status predict(const Args& args, Console& console, World& world) {
  const std::string path = args.value("output", "-");
  KF_TRY(const PredictOptions options, options_of(args, path, world));
  KF_TRY(const Model model, load_model(world.files, args.word(0)));
  if (options.probabilities && !model.target.is_classes()) {
    return usage_error("--probabilities: this model says numbers, not classes");
  }
  KF_TRY(const std::unique_ptr<Device> device, chosen_device(args, world));
  ThreadPool pool = reading_threads(world);
  const Means means{*device, model, pool, console, world};
  return is_directory(path, world) ? predict_shards(path, options, means)
                                   : predict_to(path, options, means);
}

}  // namespace

int cmd_predict(const Args& args, Console& console, World& world) {
  const Status status = predict(args, console, world);
  return status.ok() ? kExitOk : console.fail(status.error());
}

}  // namespace kfctl
