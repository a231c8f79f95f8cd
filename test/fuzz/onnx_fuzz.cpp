// Any bytes are refused, or give a graph whose constants have as many elements as their shapes say.
#include <cstdint>
#include <cstdlib>

#include "learn/export/onnx_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const kfctl::Result<kfctl::OnnxModel> model =
      kfctl::read_onnx({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!model.ok()) return 0;
  for (const auto& [name, tensor] : model.value().constants) {
    if (tensor.floats.size() + tensor.ints.size() != tensor.count()) std::abort();
  }
  return 0;
}
