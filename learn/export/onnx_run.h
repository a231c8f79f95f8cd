// Computes an ONNX model in plain loops, sums in double: the check that an exported graph says what
// the model says. Exactly the operators that onnx.cpp writes, as operator set 17 and ai.onnx.ml 2
// define them; nothing of kernels/ is used, so that it may disagree.
#pragma once

#include <map>
#include <string>

#include "learn/export/onnx_reader.h"

namespace kfctl {

using OnnxTensors = std::map<std::string, OnnxTensor, std::less<>>;

/// The outputs of the model for `inputs`. Errors: kProject, naming the node, for an operator that
/// is not among them, an input that is missing, or shapes that do not fit.
Result<OnnxTensors> run_onnx(const OnnxModel& model, OnnxTensors inputs);

}  // namespace kfctl
