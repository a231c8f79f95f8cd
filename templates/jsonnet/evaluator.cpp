#include "templates/jsonnet/evaluator.h"

#include <atomic>

#include "templates/jsonnet/engine/engine.h"
#include "templates/jsonnet/libjsonnet.h"

namespace kfctl {
namespace {

std::atomic<const Evaluator*> chosen = nullptr;  // nullptr: our own

}  // namespace

const Evaluator& jsonnet_evaluator() {
  static const JsonnetEngine own;
  const Evaluator* const other = chosen;
  return other == nullptr ? own : *other;
}

Status choose_jsonnet_evaluator(std::string_view name) {
  if (name == "kfctl") {
    chosen = nullptr;
    return Ok{};
  }
  if (name != "libjsonnet")
    return usage_error("'" + std::string(name) + "' is no evaluator", "choose kfctl or libjsonnet");
  KF_TRY(chosen, libjsonnet_evaluator());
  return Ok{};
}

}  // namespace kfctl
