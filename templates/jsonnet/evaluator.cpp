#include "templates/jsonnet/evaluator.h"

#include "templates/jsonnet/libjsonnet_evaluator.h"

namespace kfctl {

const Evaluator& jsonnet_evaluator() {
  static const LibjsonnetEvaluator evaluator;
  return evaluator;
}

}  // namespace kfctl
