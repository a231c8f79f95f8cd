#include "templates/jsonnet/evaluator.h"

#include <atomic>

#include "templates/jsonnet/engine/engine.h"
#include "templates/jsonnet/libjsonnet_evaluator.h"

namespace kfctl {
namespace {

std::atomic<bool> use_libjsonnet = false;

}  // namespace

const Evaluator& jsonnet_evaluator() {
  static const JsonnetEngine own;
  static const LibjsonnetEvaluator reference;
  if (use_libjsonnet) return reference;
  return own;
}

Status choose_jsonnet_evaluator(std::string_view name) {
  if (name != "kfctl" && name != "libjsonnet")
    return usage_error("'" + std::string(name) + "' is no evaluator", "choose kfctl or libjsonnet");
  use_libjsonnet = name == "libjsonnet";
  return Ok{};
}

}  // namespace kfctl
