// kfctl export: a model as a file that other programs run.
#include <cstdio>

#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/learning.h"
#include "cli/world.h"
#include "learn/evaluate/split_evaluation.h"
#include "learn/export/onnx.h"
#include "learn/export/verify.h"
#include "learn/model/model.h"
#include "learn/train/run.h"

namespace kfctl {
namespace {

constexpr size_t kVerifiedRows = 500;

Result<bool> wants_onnx(const Args& args, const std::string& path) {
  const std::string format =
      args.value("format", path.ends_with(".safetensors") ? "safetensors" : "onnx");
  if (format == "onnx") return true;
  if (args.has("verify")) {
    return usage_error("--verify is of ONNX: a .safetensors file is checked by its checksums");
  }
  return false;
}

// Rows that the model was not trained on: of --data, or what its run held out.
Result<Frame> rows_to_verify(const Args& args, const Model& model, World& world) {
  ThreadPool pool = reading_threads(world);
  KF_TRY(const std::unique_ptr<RowMemory> memory, row_memory(args, world, "."));
  if (args.has("data")) {
    DataFiles data;
    data.files = args.values("data");
    data.read = read_options(model, false);
    data.limit_rows = kVerifiedRows;
    KF_TRY(Dataset dataset, read_dataset(world.files, data, &pool));
    return std::move(dataset.frame);
  }
  if (!world.files.is_directory(args.word(0))) {
    return usage_error("which rows should " + args.word(0) + " be verified on?",
                       "--data FILE; only a run directory knows its own data");
  }
  KF_TRY(const TrainConfig config, run_config(world.files, args.word(0)));
  return held_out_rows(world.files, config, kVerifiedRows, &pool, memory.get());
}

// False, and said on standard error, if the graph says something else than the model.
Result<bool> verify(const Args& args, const Model& model, std::string_view onnx, Console& console,
                    World& world) {
  KF_TRY(const Frame frame, rows_to_verify(args, model, world));
  KF_TRY(const std::unique_ptr<Device> device, chosen_device(args, world));
  KF_TRY(const Verification found, verify_onnx(*device, model, onnx, frame, args.word(0)));
  char text[160];
  std::snprintf(text, sizeof text, "%zu rows: the largest difference is %.2g, %zu labels differ",
                found.rows, found.difference, found.labels_apart);
  console.note(text);
  return found.equal();
}

Result<int> export_model(const Args& args, Console& console, World& world) {
  const std::string path = args.value("output");
  if (path.empty()) return usage_error("where should the model go?", "--output model.onnx");
  KF_TRY(const bool onnx, wants_onnx(args, path));
  KF_TRY(const Model model, load_model(world.files, args.word(0)));
  std::string bytes;
  if (onnx) {
    KF_TRY(bytes, to_onnx(model));
  } else {
    bytes = write_model(model);
  }
  if (args.has("verify")) {
    KF_TRY(const bool equal, verify(args, model, bytes, console, world));
    if (!equal) {
      console.note("that is more than rounding: nothing was written");
      return kExitNo;
    }
  }
  KF_DO(world.files.write(path, std::move(bytes)));
  console.note("wrote " + path);
  return kExitOk;
}

}  // namespace

int cmd_export(const Args& args, Console& console, World& world) {
  const Result<int> code = export_model(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
