#include "learn/export/onnx_run.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

#include "learn/export/onnx_windows.h"

namespace kfctl {
namespace {

using Inputs = std::vector<const OnnxTensor*>;
using Computed = std::optional<OnnxTensor>;  // nullopt: the shapes or types do not fit
using Shape = std::vector<int64_t>;

bool is_float(const OnnxTensor& x) { return x.type == OnnxType::kFloat; }

OnnxTensor floats(Shape shape) {
  OnnxTensor y;
  y.shape = std::move(shape);
  y.floats.resize(y.count());
  return y;
}

OnnxTensor integers(OnnxType type, Shape shape) {
  OnnxTensor y;
  y.type = type;
  y.shape = std::move(shape);
  y.ints.resize(y.count());
  return y;
}

Computed map_floats(const OnnxTensor& x, const std::function<double(double)>& f) {
  if (!is_float(x)) return std::nullopt;
  OnnxTensor y = floats(x.shape);
  for (size_t i = 0; i < y.floats.size(); ++i) {
    y.floats[i] = static_cast<float>(f(static_cast<double>(x.floats[i])));
  }
  return y;
}

// Broadcasting as NumPy's: shapes are aligned at their ends, and a size of 1 is repeated.
std::optional<Shape> joint_shape(const Inputs& inputs) {
  Shape shape;
  for (const OnnxTensor* x : inputs) {
    if (x->shape.size() > shape.size())
      shape.insert(shape.begin(), x->shape.size() - shape.size(), 1);
    for (size_t i = 1; i <= x->shape.size(); ++i) {
      int64_t& size = shape[shape.size() - i];
      const int64_t other = x->shape[x->shape.size() - i];
      if (size == 1) size = other;
      if (other != 1 && other != size) return std::nullopt;
    }
  }
  return shape;
}

// Which element of x stands at `index` of the joint shape.
size_t element_at(const OnnxTensor& x, const Shape& joint, size_t index) {
  size_t element = 0, stride = 1;
  for (size_t i = 1; i <= joint.size(); ++i) {
    const auto size = static_cast<size_t>(joint[joint.size() - i]);
    const size_t at = index % size;
    index /= size;
    if (i > x.shape.size()) continue;
    const auto own = static_cast<size_t>(x.shape[x.shape.size() - i]);
    element += (own == 1 ? 0 : at) * stride;
    stride *= own;
  }
  return element;
}

Computed broadcast(const OnnxTensor& a, const OnnxTensor& b,
                   const std::function<float(float, float)>& f) {
  const std::optional<Shape> shape = joint_shape({&a, &b});
  if (!shape || !is_float(a) || !is_float(b)) return std::nullopt;
  OnnxTensor y = floats(*shape);
  for (size_t i = 0; i < y.floats.size(); ++i) {
    y.floats[i] = f(a.floats[element_at(a, *shape, i)], b.floats[element_at(b, *shape, i)]);
  }
  return y;
}

Computed equal(const OnnxTensor& a, const OnnxTensor& b) {
  const std::optional<Shape> shape = joint_shape({&a, &b});
  if (!shape || a.ints.size() != a.count() || b.ints.size() != b.count()) return std::nullopt;
  OnnxTensor y = integers(OnnxType::kBool, *shape);
  for (size_t i = 0; i < y.ints.size(); ++i) {
    y.ints[i] = a.ints[element_at(a, *shape, i)] == b.ints[element_at(b, *shape, i)] ? 1 : 0;
  }
  return y;
}

Computed where(const Inputs& in) {
  const std::optional<Shape> shape = joint_shape(in);
  if (!shape || in[0]->type != OnnxType::kBool || !is_float(*in[1]) || !is_float(*in[2])) {
    return std::nullopt;
  }
  OnnxTensor y = floats(*shape);
  for (size_t i = 0; i < y.floats.size(); ++i) {
    const OnnxTensor& from = in[0]->ints[element_at(*in[0], *shape, i)] != 0 ? *in[1] : *in[2];
    y.floats[i] = from.floats[element_at(from, *shape, i)];
  }
  return y;
}

Computed is_nan(const OnnxTensor& x) {
  if (!is_float(x)) return std::nullopt;
  OnnxTensor y = integers(OnnxType::kBool, x.shape);
  for (size_t i = 0; i < y.ints.size(); ++i) y.ints[i] = std::isnan(x.floats[i]) ? 1 : 0;
  return y;
}

Computed cast(const OnnxNode& node, const OnnxTensor& x) {
  if (node.number("to", 0) != static_cast<int64_t>(OnnxType::kFloat)) return std::nullopt;
  if (is_float(x)) return x;
  if (x.ints.size() != x.count()) return std::nullopt;
  OnnxTensor y = floats(x.shape);
  for (size_t i = 0; i < y.floats.size(); ++i) y.floats[i] = static_cast<float>(x.ints[i]);
  return y;
}

// alpha, beta and transpositions are never written.
Computed gemm(const OnnxNode& node, const Inputs& in) {
  const OnnxTensor &x = *in[0], &w = *in[1], &bias = *in[2];
  const bool fits = is_float(x) && is_float(w) && is_float(bias) && x.shape.size() == 2 &&
                    w.shape.size() == 2 && x.shape[1] == w.shape[0] &&
                    bias.shape == Shape{w.shape[1]} && node.attributes.empty();
  if (!fits) return std::nullopt;
  OnnxTensor y = floats({x.shape[0], w.shape[1]});
  const auto inner = static_cast<size_t>(w.shape[0]), width = static_cast<size_t>(w.shape[1]);
  std::vector<double> sums(width);
  for (size_t row = 0; row < static_cast<size_t>(x.shape[0]); ++row) {
    std::copy(bias.floats.begin(), bias.floats.end(), sums.begin());
    for (size_t i = 0; i < inner; ++i) {
      const auto value = static_cast<double>(x.floats[row * inner + i]);
      for (size_t c = 0; c < width; ++c) {
        sums[c] += value * static_cast<double>(w.floats[i * width + c]);
      }
    }
    for (size_t c = 0; c < width; ++c) y.floats[row * width + c] = static_cast<float>(sums[c]);
  }
  return y;
}

Computed reshape(const OnnxTensor& x, const OnnxTensor& wanted) {
  OnnxTensor y = x;
  y.shape = wanted.ints;
  const auto free = std::find(y.shape.begin(), y.shape.end(), -1);
  if (free != y.shape.end()) {
    *free = 1;
    const size_t rest = y.count();
    if (rest == 0 || rest == SIZE_MAX) return std::nullopt;
    *free = static_cast<int64_t>(x.count() / rest);
  }
  if (y.count() != x.count()) return std::nullopt;
  return y;
}

Computed flatten(const OnnxNode& node, const OnnxTensor& x) {
  if (node.number("axis", 1) != 1 || x.shape.empty()) return std::nullopt;
  OnnxTensor shape = integers(OnnxType::kInt64, {2});
  const int64_t width =
      std::accumulate(x.shape.begin() + 1, x.shape.end(), int64_t{1}, std::multiplies<>());
  shape.ints = {x.shape[0], width};
  return reshape(x, shape);
}

Computed transpose(const OnnxNode& node, const OnnxTensor& x) {
  const auto perm = node.attributes.find("perm");
  if (perm == node.attributes.end() || !is_float(x)) return std::nullopt;
  const std::vector<int64_t>& order = perm->second.ints;
  Shape sorted = order;
  std::sort(sorted.begin(), sorted.end());
  Shape all(x.shape.size());
  std::iota(all.begin(), all.end(), 0);
  if (sorted != all) return std::nullopt;
  Shape shape, strides(all.size());
  for (const int64_t axis : order) shape.push_back(x.shape[static_cast<size_t>(axis)]);
  for (size_t i = 0; i < order.size(); ++i) {
    strides[i] = std::accumulate(x.shape.begin() + order[i] + 1, x.shape.end(), int64_t{1},
                                 std::multiplies<>());
  }
  OnnxTensor y = floats(shape);
  for (size_t i = 0; i < y.floats.size(); ++i) {
    size_t rest = i, from = 0;
    for (size_t axis = shape.size(); axis-- > 0;) {
      from += rest % static_cast<size_t>(shape[axis]) * static_cast<size_t>(strides[axis]);
      rest /= static_cast<size_t>(shape[axis]);
    }
    y.floats[i] = x.floats[from];
  }
  return y;
}

// Rows of a table: axis 0.
Computed gather(const OnnxNode& node, const OnnxTensor& table, const OnnxTensor& indices) {
  if (node.number("axis", 0) != 0 || !is_float(table) || table.shape.size() != 2 ||
      indices.ints.size() != indices.count()) {
    return std::nullopt;
  }
  Shape shape = indices.shape;
  shape.push_back(table.shape[1]);
  OnnxTensor y = floats(shape);
  const auto width = static_cast<size_t>(table.shape[1]);
  for (size_t i = 0; i < indices.ints.size(); ++i) {
    if (indices.ints[i] < 0 || indices.ints[i] >= table.shape[0]) return std::nullopt;
    const float* from = table.floats.data() + static_cast<size_t>(indices.ints[i]) * width;
    std::copy(from, from + width, y.floats.data() + i * width);
  }
  return y;
}

// Of matrices, along their rows.
Computed concat(const OnnxNode& node, const Inputs& in) {
  int64_t width = 0;
  for (const OnnxTensor* x : in) {
    if (!is_float(*x) || x->shape.size() != 2 || x->shape[0] != in[0]->shape[0]) {
      return std::nullopt;
    }
    width += x->shape[1];
  }
  if (node.number("axis", 0) != 1) return std::nullopt;
  OnnxTensor y = floats({in[0]->shape[0], width});
  float* to = y.floats.data();
  for (int64_t row = 0; row < in[0]->shape[0]; ++row) {
    for (const OnnxTensor* x : in) {
      const float* from = x->floats.data() + row * x->shape[1];
      to = std::copy(from, from + x->shape[1], to);
    }
  }
  return y;
}

template <typename Key, typename Value>
Value looked_up(const std::vector<Key>& keys, const std::vector<Value>& values, const Key& key,
                const Value& otherwise) {
  const auto found = std::find(keys.begin(), keys.end(), key);
  const auto at = static_cast<size_t>(found - keys.begin());
  return at < values.size() ? values[at] : otherwise;
}

// Text or numbers to codes, or codes to text.
Computed label_encoder(const OnnxNode& node, const OnnxTensor& x) {
  static const OnnxAttributeValue kNone;
  const auto attribute = [&node](std::string_view name) -> const OnnxAttributeValue& {
    const auto found = node.attributes.find(name);
    return found == node.attributes.end() ? kNone : found->second;
  };
  OnnxTensor y;
  y.shape = x.shape;
  if (node.attributes.contains("values_strings")) {
    if (x.ints.size() != x.count()) return std::nullopt;
    y.type = OnnxType::kString;
    const std::vector<std::string>& words = attribute("values_strings").strings;
    for (const int64_t key : x.ints) {
      y.strings.push_back(
          looked_up(attribute("keys_int64s").ints, words, key, std::string("_Unused")));
    }
    return y;
  }
  y.type = OnnxType::kInt64;
  const std::vector<int64_t>& codes = attribute("values_int64s").ints;
  const int64_t otherwise = node.number("default_int64", -1);
  if (is_float(x)) {
    for (const float key : x.floats) {
      y.ints.push_back(looked_up(attribute("keys_floats").floats, codes, key, otherwise));
    }
    return y;
  }
  if (x.type != OnnxType::kString) return std::nullopt;
  for (const std::string& key : x.strings) {
    y.ints.push_back(looked_up(attribute("keys_strings").strings, codes, key, otherwise));
  }
  return y;
}

bool is_matrix(const OnnxNode& node, const OnnxTensor& x, int64_t default_axis) {
  return is_float(x) && x.shape.size() == 2 && x.shape[1] > 0 &&
         node.number("axis", default_axis) == 1;
}

Computed softmax(const OnnxNode& node, const OnnxTensor& x) {
  if (!is_matrix(node, x, -1)) return std::nullopt;
  OnnxTensor y = floats(x.shape);
  const auto width = static_cast<size_t>(x.shape[1]);
  for (size_t at = 0; at < x.floats.size(); at += width) {
    const float* row = x.floats.data() + at;
    const auto largest = static_cast<double>(*std::max_element(row, row + width));
    double sum = 0;
    for (size_t c = 0; c < width; ++c) sum += std::exp(static_cast<double>(row[c]) - largest);
    for (size_t c = 0; c < width; ++c) {
      y.floats[at + c] = static_cast<float>(std::exp(static_cast<double>(row[c]) - largest) / sum);
    }
  }
  return y;
}

Computed arg_max(const OnnxNode& node, const OnnxTensor& x) {
  if (!is_matrix(node, x, 0) || node.number("keepdims", 1) != 0) return std::nullopt;
  OnnxTensor y = integers(OnnxType::kInt64, {x.shape[0]});
  for (int64_t row = 0; row < x.shape[0]; ++row) {
    const float* from = x.floats.data() + row * x.shape[1];
    y.ints[static_cast<size_t>(row)] = std::max_element(from, from + x.shape[1]) - from;
  }
  return y;
}

struct Operator {
  size_t inputs;  // how many it takes; 0 for any number
  Computed (*compute)(const OnnxNode& node, const Inputs& in);
};

// The table of what a graph of ours may hold.
const std::map<std::string, Operator, std::less<>>& operators() {
  using N = const OnnxNode&;
  using I = const Inputs&;
  static const std::map<std::string, Operator, std::less<>> table = {
      {"Add", {2, [](N, I in) { return broadcast(*in[0], *in[1], std::plus<float>()); }}},
      {"ArgMax", {1, [](N node, I in) { return arg_max(node, *in[0]); }}},
      {"Cast", {1, [](N node, I in) { return cast(node, *in[0]); }}},
      {"Concat", {0, [](N node, I in) { return concat(node, in); }}},
      {"Conv", {3, [](N node, I in) { return onnx_conv(node, *in[0], *in[1], *in[2]); }}},
      {"Equal", {2, [](N, I in) { return equal(*in[0], *in[1]); }}},
      {"Flatten", {1, [](N node, I in) { return flatten(node, *in[0]); }}},
      {"Gather", {2, [](N node, I in) { return gather(node, *in[0], *in[1]); }}},
      {"Gemm", {3, [](N node, I in) { return gemm(node, in); }}},
      {"IsNaN", {1, [](N, I in) { return is_nan(*in[0]); }}},
      {"LabelEncoder", {1, [](N node, I in) { return label_encoder(node, *in[0]); }}},
      {"MaxPool", {1, [](N node, I in) { return onnx_max_pool(node, *in[0]); }}},
      {"Mul", {2, [](N, I in) { return broadcast(*in[0], *in[1], std::multiplies<float>()); }}},
      {"Relu",
       {1, [](N, I in) { return map_floats(*in[0], [](double x) { return std::max(x, 0.0); }); }}},
      {"Reshape", {2, [](N, I in) { return reshape(*in[0], *in[1]); }}},
      {"Sigmoid",
       {1,
        [](N, I in) {
          return map_floats(*in[0], [](double x) { return 1 / (1 + std::exp(-x)); });
        }}},
      {"Softmax", {1, [](N node, I in) { return softmax(node, *in[0]); }}},
      {"Sub", {2, [](N, I in) { return broadcast(*in[0], *in[1], std::minus<float>()); }}},
      {"Tanh",
       {1, [](N, I in) { return map_floats(*in[0], [](double x) { return std::tanh(x); }); }}},
      {"Transpose", {1, [](N node, I in) { return transpose(node, *in[0]); }}},
      {"Where", {3, [](N, I in) { return where(in); }}},
  };
  return table;
}

Error wrong(const OnnxNode& node, const std::string& what) {
  return project_error("ONNX node '" + (node.outputs.empty() ? "" : node.outputs[0]) + "' (" +
                       node.type + "): " + what);
}

}  // namespace

Result<OnnxTensors> run_onnx(const OnnxModel& model, OnnxTensors values) {
  const auto find = [&](const std::string& name) -> const OnnxTensor* {
    const auto constant = model.constants.find(name);
    if (constant != model.constants.end()) return &constant->second;
    const auto value = values.find(name);
    return value == values.end() ? nullptr : &value->second;
  };
  for (const OnnxNode& node : model.nodes) {
    const auto found = operators().find(node.type);
    if (found == operators().end()) return wrong(node, "an operator that kfctl does not compute");
    Inputs in;
    for (const std::string& name : node.inputs) {
      in.push_back(find(name));
      if (in.back() == nullptr) return wrong(node, "there is no '" + name + "'");
    }
    const Operator& op = found->second;
    const bool counted = op.inputs == 0 ? !in.empty() : in.size() == op.inputs;
    if (!counted || node.outputs.size() != 1) return wrong(node, "the number of its inputs");
    Computed computed = op.compute(node, in);
    if (!computed) return wrong(node, "what goes in does not fit");
    values[node.outputs[0]] = std::move(*computed);
  }
  OnnxTensors outputs;
  for (const std::string& name : model.outputs) {
    const OnnxTensor* value = find(name);
    if (value == nullptr) return project_error("the ONNX graph has no '" + name + "' to put out");
    outputs[name] = *value;
  }
  return outputs;
}

}  // namespace kfctl
