// An ONNX model as data: what onnx_run.h computes. Reads what kfctl writes, and of other files what
// uses the same parts of the format: one graph, constants with raw data, no functions, no
// subgraphs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/export/onnx_graph.h"

namespace kfctl {

/// Row-major. kFloat fills `floats`, kString `strings`, all else `ints`.
struct OnnxTensor {
  OnnxType type = OnnxType::kFloat;
  std::vector<int64_t> shape;
  std::vector<float> floats;
  std::vector<int64_t> ints;
  std::vector<std::string> strings;

  /// The product of `shape`; what is filled has as many elements.
  size_t count() const;
};

struct OnnxAttributeValue {
  int64_t number = 0;
  std::vector<float> floats;
  std::vector<int64_t> ints;
  std::vector<std::string> strings;
};

struct OnnxNode {
  std::string type;
  std::string domain;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::map<std::string, OnnxAttributeValue, std::less<>> attributes;

  /// The integer attribute `name`, `otherwise` without one.
  int64_t number(std::string_view name, int64_t otherwise) const;
};

struct OnnxInput {
  std::string name;
  OnnxType type = OnnxType::kFloat;
};

struct OnnxModel {
  std::vector<OnnxNode> nodes;  // in an order in which they can be computed
  std::map<std::string, OnnxTensor, std::less<>> constants;
  std::vector<OnnxInput> inputs;
  std::vector<std::string> outputs;
};

/// `path` is for messages. Errors: kProject if the bytes are no such model.
Result<OnnxModel> read_onnx(std::string_view bytes, const std::string& path);

}  // namespace kfctl
