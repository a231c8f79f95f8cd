#include "templates/jsonnet/libjsonnet.h"

#include "base/module.h"
#include "templates/jsonnet/engine/parse_file.h"

namespace kfctl {
namespace {

Result<const LibjsonnetModule*> libjsonnet() {
  KF_TRY(const void* const table, load_module("jsonnet", kLibjsonnetModuleAbi));
  return static_cast<const LibjsonnetModule*>(table);
}

}  // namespace

Result<const Evaluator*> libjsonnet_evaluator() {
  KF_TRY(const LibjsonnetModule* const module, libjsonnet());
  return module->evaluator;
}

Result<std::string> format_jsonnet(const std::string& path, const std::string& text,
                                   const FormatStyle& style) {
  // Our parser says more clearly what is wrong, and where.
  KF_DO(jsonnet::parse_file(path, std::make_shared<const std::string>(text)));
  KF_TRY(const LibjsonnetModule* const module, libjsonnet());
  return module->format(path, text, style);
}

}  // namespace kfctl
