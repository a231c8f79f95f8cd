// Builds the bytes of an ONNX model: tensors, nodes, inputs, outputs. The field numbers are those
// of onnx.proto3 (ONNX 1.12).
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "learn/data/protobuf.h"

namespace kfctl {

enum class OnnxType { kFloat = 1, kUint8 = 2, kInt64 = 7, kString = 8, kBool = 9 };

/// One attribute of a node; made by the functions below.
struct OnnxAttribute {
  std::string bytes;
};
OnnxAttribute attribute_int(std::string_view name, int64_t value);
OnnxAttribute attribute_ints(std::string_view name, const std::vector<int64_t>& values);
OnnxAttribute attribute_floats(std::string_view name, const std::vector<float>& values);
OnnxAttribute attribute_strings(std::string_view name, const std::vector<std::string>& values);

class OnnxGraph {
 public:
  /// A constant; gives its name back.
  std::string constant(std::span<const float> values, const std::vector<int64_t>& shape);
  std::string constant(const std::vector<int64_t>& values);

  /// A node with one output, whose new name (or `output`) is given back.
  std::string node(std::string_view type, const std::vector<std::string>& inputs,
                   const std::vector<OnnxAttribute>& attributes = {}, std::string output = "");
  /// The same of the domain ai.onnx.ml.
  std::string ml_node(std::string_view type, const std::vector<std::string>& inputs,
                      const std::vector<OnnxAttribute>& attributes, std::string output = "");

  /// The first dimension is free; `shape` holds the others.
  void input(std::string_view name, OnnxType type, const std::vector<int64_t>& shape);
  void output(std::string_view name, OnnxType type, const std::vector<int64_t>& shape);

  /// The whole file. `metadata` are names and texts.
  std::string model(const std::vector<std::pair<std::string, std::string>>& metadata) const;

 private:
  std::string add_node(std::string_view domain, std::string_view type,
                       const std::vector<std::string>& inputs,
                       const std::vector<OnnxAttribute>& attributes, std::string output);
  std::string add_tensor(OnnxType type, std::string_view raw, const std::vector<int64_t>& shape);
  std::string fresh() { return "kfctl.t" + std::to_string(++next_); }

  ProtoWriter nodes_, initializers_, inputs_, outputs_;
  int next_ = 0;
};

}  // namespace kfctl
