#include "learn/export/onnx_reader.h"

#include <cstring>

namespace kfctl {
namespace {

// Walks a message and hands each field to `take`, which is false for a field that is wrong.
template <typename Take>
bool each_field(std::string_view message, const Take& take) {
  ProtoReader reader(message);
  while (reader.next()) {
    if (!take(reader)) return false;
  }
  return reader.ok();
}

// A repeated integer, packed or not.
bool take_integers(const ProtoReader& field, std::vector<int64_t>& to) {
  if (field.wire() == 0) {
    to.push_back(static_cast<int64_t>(field.varint()));
    return true;
  }
  ProtoReader packed(field.bytes());
  uint64_t value = 0;
  while (!packed.at_end()) {
    if (!packed.take_varint(value)) return false;
    to.push_back(static_cast<int64_t>(value));
  }
  return true;
}

// A repeated float, packed or not.
bool take_floats(const ProtoReader& field, std::vector<float>& to) {
  const std::string_view bytes = field.bytes();
  if (field.wire() == 0 || bytes.size() % sizeof(float) != 0) return false;
  const size_t before = to.size();
  to.resize(before + bytes.size() / sizeof(float));
  if (!bytes.empty()) std::memcpy(to.data() + before, bytes.data(), bytes.size());
  return true;
}

bool read_attribute(std::string_view message, OnnxNode& node) {
  std::string name;
  OnnxAttributeValue value;
  const bool well = each_field(message, [&](const ProtoReader& field) {
    switch (field.field()) {
      case 1:
        name = field.bytes();
        return true;
      case 3:
        value.number = static_cast<int64_t>(field.varint());
        return true;
      case 7:
        return take_floats(field, value.floats);
      case 8:
        return take_integers(field, value.ints);
      case 9:
        value.strings.emplace_back(field.bytes());
        return true;
      default:
        return true;
    }
  });
  node.attributes[name] = std::move(value);
  return well;
}

bool read_node(std::string_view message, OnnxModel& model) {
  OnnxNode& node = model.nodes.emplace_back();
  return each_field(message, [&node](const ProtoReader& field) {
    switch (field.field()) {
      case 1:
        node.inputs.emplace_back(field.bytes());
        return true;
      case 2:
        node.outputs.emplace_back(field.bytes());
        return true;
      case 4:
        node.type = field.bytes();
        return true;
      case 5:
        return read_attribute(field.bytes(), node);
      case 7:
        node.domain = field.bytes();
        return true;
      default:
        return true;
    }
  });
}

template <typename T>
bool take_raw(std::string_view raw, std::vector<T>& to) {
  to.resize(raw.size() / sizeof(T));
  if (!to.empty()) std::memcpy(to.data(), raw.data(), to.size() * sizeof(T));
  return raw.size() % sizeof(T) == 0;
}

bool read_tensor(std::string_view message, OnnxModel& model) {
  std::string name;
  std::string_view raw;
  OnnxTensor tensor;
  bool well = each_field(message, [&](const ProtoReader& field) {
    switch (field.field()) {
      case 1:
        return take_integers(field, tensor.shape);
      case 2:
        tensor.type = static_cast<OnnxType>(field.varint());
        return true;
      case 8:
        name = field.bytes();
        return true;
      case 9:
        raw = field.bytes();
        return true;
      default:
        return true;
    }
  });
  if (tensor.type == OnnxType::kFloat) {
    well = well && take_raw(raw, tensor.floats) && tensor.floats.size() == tensor.count();
  } else {
    well = well && tensor.type == OnnxType::kInt64 && take_raw(raw, tensor.ints) &&
           tensor.ints.size() == tensor.count();
  }
  model.constants[name] = std::move(tensor);
  return well;
}

// Of an input: its name and the type of its elements.
bool read_input(std::string_view message, OnnxInput& input) {
  return each_field(message, [&input](const ProtoReader& field) {
    if (field.field() == 1) input.name = field.bytes();
    if (field.field() != 2) return true;
    return each_field(field.bytes(), [&input](const ProtoReader& kind) {
      if (kind.field() != 1) return true;
      return each_field(kind.bytes(), [&input](const ProtoReader& tensor) {
        if (tensor.field() == 1) input.type = static_cast<OnnxType>(tensor.varint());
        return true;
      });
    });
  });
}

bool read_graph(std::string_view message, OnnxModel& model) {
  return each_field(message, [&model](const ProtoReader& field) {
    OnnxInput output;
    switch (field.field()) {
      case 1:
        return read_node(field.bytes(), model);
      case 5:
        return read_tensor(field.bytes(), model);
      case 11:
        return read_input(field.bytes(), model.inputs.emplace_back());
      case 12:
        if (!read_input(field.bytes(), output)) return false;
        model.outputs.push_back(std::move(output.name));
        return true;
      default:
        return true;
    }
  });
}

}  // namespace

size_t OnnxTensor::count() const {
  size_t count = 1;
  for (const int64_t size : shape) {
    if (size < 0 || (size > 0 && count > (size_t{1} << 40) / static_cast<size_t>(size))) {
      return SIZE_MAX;  // more than anything holds
    }
    count *= static_cast<size_t>(size);
  }
  return count;
}

int64_t OnnxNode::number(std::string_view name, int64_t otherwise) const {
  const auto found = attributes.find(name);
  return found == attributes.end() ? otherwise : found->second.number;
}

Result<OnnxModel> read_onnx(std::string_view bytes, const std::string& path) {
  OnnxModel model;
  const bool well = each_field(bytes, [&model](const ProtoReader& field) {
    return field.field() != 7 || read_graph(field.bytes(), model);
  });
  if (well && !model.nodes.empty()) return model;
  return project_error(path + ": this is no ONNX model as kfctl writes them");
}

}  // namespace kfctl
