#include "learn/export/onnx_graph.h"

namespace kfctl {
namespace {

enum AttributeType { kInt = 2, kFloats = 6, kInts = 7, kStrings = 8 };

ProtoWriter named(std::string_view name) {
  ProtoWriter writer;
  writer.bytes(1, name);
  return writer;
}

OnnxAttribute finished(ProtoWriter& writer, AttributeType type) {
  writer.varint(20, static_cast<uint64_t>(type));
  return {writer.text()};
}

ProtoWriter value_info(std::string_view name, OnnxType type, const std::vector<int64_t>& shape) {
  ProtoWriter dimensions, rows, tensor, kind, info;
  rows.bytes(2, "N");
  dimensions.message(1, rows);
  for (const int64_t size : shape) {
    ProtoWriter dimension;
    dimension.varint(1, static_cast<uint64_t>(size));
    dimensions.message(1, dimension);
  }
  tensor.varint(1, static_cast<uint64_t>(type));
  tensor.message(2, dimensions);
  kind.message(1, tensor);
  info.bytes(1, name);
  info.message(2, kind);
  return info;
}

ProtoWriter operators(std::string_view domain, uint64_t version) {
  ProtoWriter writer;
  writer.bytes(1, domain);
  writer.varint(2, version);
  return writer;
}

}  // namespace

OnnxAttribute attribute_int(std::string_view name, int64_t value) {
  ProtoWriter writer = named(name);
  writer.varint(3, static_cast<uint64_t>(value));
  return finished(writer, kInt);
}

OnnxAttribute attribute_ints(std::string_view name, const std::vector<int64_t>& values) {
  ProtoWriter writer = named(name);
  for (const int64_t value : values) writer.varint(8, static_cast<uint64_t>(value));
  return finished(writer, kInts);
}

OnnxAttribute attribute_floats(std::string_view name, const std::vector<float>& values) {
  ProtoWriter writer = named(name);
  for (const float value : values) writer.float32(7, value);
  return finished(writer, kFloats);
}

OnnxAttribute attribute_strings(std::string_view name, const std::vector<std::string>& values) {
  ProtoWriter writer = named(name);
  for (const std::string& value : values) writer.bytes(9, value);
  return finished(writer, kStrings);
}

std::string OnnxGraph::add_tensor(OnnxType type, std::string_view raw,
                                  const std::vector<int64_t>& shape) {
  std::string name = fresh();
  ProtoWriter tensor;
  for (const int64_t size : shape) tensor.varint(1, static_cast<uint64_t>(size));
  tensor.varint(2, static_cast<uint64_t>(type));
  tensor.bytes(8, name);
  tensor.bytes(9, raw);
  initializers_.message(5, tensor);
  return name;
}

std::string OnnxGraph::constant(std::span<const float> values, const std::vector<int64_t>& shape) {
  return add_tensor(OnnxType::kFloat,
                    {reinterpret_cast<const char*>(values.data()), values.size_bytes()}, shape);
}

std::string OnnxGraph::constant(const std::vector<int64_t>& values) {
  return add_tensor(OnnxType::kInt64,
                    {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(int64_t)},
                    {static_cast<int64_t>(values.size())});
}

std::string OnnxGraph::add_node(std::string_view domain, std::string_view type,
                                const std::vector<std::string>& inputs,
                                const std::vector<OnnxAttribute>& attributes, std::string output) {
  if (output.empty()) output = fresh();
  ProtoWriter node;
  for (const std::string& input : inputs) node.bytes(1, input);
  node.bytes(2, output);
  node.bytes(3, output + "." + std::string(type));
  node.bytes(4, type);
  for (const OnnxAttribute& attribute : attributes) node.bytes(5, attribute.bytes);
  if (!domain.empty()) node.bytes(7, domain);
  nodes_.message(1, node);
  return output;
}

std::string OnnxGraph::node(std::string_view type, const std::vector<std::string>& inputs,
                            const std::vector<OnnxAttribute>& attributes, std::string output) {
  return add_node("", type, inputs, attributes, std::move(output));
}

std::string OnnxGraph::ml_node(std::string_view type, const std::vector<std::string>& inputs,
                               const std::vector<OnnxAttribute>& attributes, std::string output) {
  return add_node("ai.onnx.ml", type, inputs, attributes, std::move(output));
}

void OnnxGraph::input(std::string_view name, OnnxType type, const std::vector<int64_t>& shape) {
  inputs_.message(11, value_info(name, type, shape));
}

void OnnxGraph::output(std::string_view name, OnnxType type, const std::vector<int64_t>& shape) {
  outputs_.message(12, value_info(name, type, shape));
}

std::string OnnxGraph::model(
    const std::vector<std::pair<std::string, std::string>>& metadata) const {
  ProtoWriter name, file;
  name.bytes(2, "kfctl");
  file.varint(1, 8);  // IR version
  file.bytes(2, "kfctl");
  file.bytes(3, KFCTL_VERSION);
  file.bytes(7,
             nodes_.text() + name.text() + initializers_.text() + inputs_.text() + outputs_.text());
  file.message(8, operators("", 17));
  file.message(8, operators("ai.onnx.ml", 2));
  for (const auto& [key, value] : metadata) {
    ProtoWriter entry;
    entry.bytes(1, key);
    entry.bytes(2, value);
    file.message(14, entry);
  }
  return file.text();
}

}  // namespace kfctl
