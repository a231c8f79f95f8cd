#include "templates/jsonnet/libjsonnet.h"

#include "base/module.h"
#include "base/text.h"

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
  KF_TRY(const LibjsonnetModule* const module, libjsonnet());
  return module->format(path, text, style);
}

}  // namespace kfctl
