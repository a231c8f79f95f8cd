// ONNX: a model as a file that onnxruntime, Triton, KServe and others run, with everything that
// turns columns into inputs inside the graph.
//
// Operator set 17, IR 8 and ai.onnx.ml 2 (ONNX 1.12 of 2022). Each feature is an input of its own
// name, of any number of rows: (N, 1) floats for numbers (NaN is a missing value), (N, 1) strings
// for categories ("" is one), or (N, shape) for a tensor. Classes come out as `label` (N) strings
// and `probabilities` (N, classes), a regression as `value` (N, 1).
#pragma once

#include <string>

#include "base/result.h"
#include "learn/model/model.h"

namespace kfctl {

/// The same model gives the same bytes.
/// Errors: kUsage if a feature is hashed text, for which ONNX has no operator.
Result<std::string> to_onnx(const Model& model);

}  // namespace kfctl
