// kfctl export: a model as a file that other programs run.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/world.h"
#include "learn/export/onnx.h"
#include "learn/model/model.h"

namespace kfctl {
namespace {

Status export_model(const Args& args, Console& console, World& world) {
  const std::string path = args.value("output");
  if (path.empty()) return usage_error("where should the model go?", "--output model.onnx");
  KF_TRY(const Model model, load_model(world.files, args.word(0)));
  KF_TRY(std::string bytes, to_onnx(model));
  KF_DO(world.files.write(path, std::move(bytes)));
  console.note("wrote " + path);
  return Ok{};
}

}  // namespace

int cmd_export(const Args& args, Console& console, World& world) {
  const Status status = export_model(args, console, world);
  return status.ok() ? kExitOk : console.fail(status.error());
}

}  // namespace kfctl
