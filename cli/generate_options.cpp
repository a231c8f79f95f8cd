#include "cli/generate_options.h"

namespace kfctl {

Result<GenerateOptions> generate_options(const Args& args, const World& world) {
  GenerateOptions options;
  const std::string& prototype = args.word(0);
  options.component =
      args.word(1).empty() ? prototype.substr(prototype.rfind('.') + 1) : args.word(1);
  options.module = args.value("module");
  options.parameters = args.parameters();
  if (args.has("values-file")) {
    options.values_path = args.value("values-file");
    KF_TRY(options.values, world.files.read(options.values_path));
  }
  return options;
}

}  // namespace kfctl
