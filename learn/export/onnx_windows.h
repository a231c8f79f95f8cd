// The operators of an ONNX graph that slide a window over images, (images, channels, height,
// width).
#pragma once

#include <optional>

#include "learn/export/onnx_reader.h"

namespace kfctl {

/// Conv with strides, pads and a bias; dilations and groups are never written. nullopt if what goes
/// in does not fit.
std::optional<OnnxTensor> onnx_conv(const OnnxNode& node, const OnnxTensor& x,
                                    const OnnxTensor& filters, const OnnxTensor& bias);

/// MaxPool of whole windows. nullopt likewise.
std::optional<OnnxTensor> onnx_max_pool(const OnnxNode& node, const OnnxTensor& x);

}  // namespace kfctl
