// The jsonnet engine of Google's libjsonnet behind our seam.
#pragma once

#include "templates/jsonnet/evaluator.h"

namespace kfctl {

/// Each evaluation makes a virtual machine of its own, which costs about 40 ms (libjsonnet reads
/// its standard library again each time): put what belongs together into one evaluation.
class LibjsonnetEvaluator : public Evaluator {
 public:
  Result<Json> evaluate(const JsonnetRequest& request) const override;
};

}  // namespace kfctl
