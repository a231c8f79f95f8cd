// kfctl predict: what a model says of each row of data files.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/learn_flags.h"
#include "cli/learning.h"
#include "cli/world.h"
#include "learn/data/byte_sink.h"
#include "learn/evaluate/prediction.h"

namespace kfctl {
namespace {

Result<std::string> output_format(const std::string& path) {
  for (const std::string format : {"csv", "jsonl", "npy"}) {
    if (path.ends_with("." + format)) return format;
  }
  if (path == "-") return std::string("csv");
  return usage_error("--output " + path + ": the name does not say which format to write",
                     "let it end in .csv, .jsonl or .npy");
}

Status predict(const Args& args, Console& console, World& world) {
  const std::string path = args.value("output", "-");
  PredictOptions options;
  options.files = args.values("data");
  options.format = args.value("format", "auto");
  options.keys = args.values("key");
  options.probabilities = args.has("probabilities");
  if (options.files.empty()) return usage_error("no data is given", "--data FILE names it");
  KF_TRY(options.output, output_format(path));
  KF_TRY(options.limit_rows, row_limit(args));
  KF_TRY(const Model model, load_model(world.files, args.word(0)));
  if (options.probabilities && !model.target.is_classes()) {
    return usage_error("--probabilities: this model says numbers, not classes");
  }
  KF_TRY(const std::unique_ptr<Device> device, chosen_device(args, world));
  ThreadPool pool = reading_threads(world);

  std::unique_ptr<ByteSink> file;
  if (path != "-") {
    KF_TRY(file, ByteSink::open(path));
  }
  const auto write = [&](std::string_view text) -> Status {
    if (world.cancel.cancelled()) return cancelled_error("nothing was written to " + path);
    if (file != nullptr) return file->write(text);
    console.out(text);
    return Ok{};
  };
  KF_TRY(const size_t rows, predict_files(*device, model, world.files, options, &pool, write));
  if (file == nullptr) return Ok{};
  KF_DO(file->finish());
  console.note("wrote " + std::to_string(rows) + (rows == 1 ? " row" : " rows") + " to " + path);
  return Ok{};
}

}  // namespace

int cmd_predict(const Args& args, Console& console, World& world) {
  const Status status = predict(args, console, world);
  return status.ok() ? kExitOk : console.fail(status.error());
}

}  // namespace kfctl
