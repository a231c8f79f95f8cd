#include "learn/export/onnx.h"

#include <cstdlib>
#include <map>

#include "learn/export/onnx_graph.h"

namespace kfctl {
namespace {

// Walks a model in the order of its layers and adds what each computes.
class Exporter {
 public:
  explicit Exporter(const Model& model) : model_(model), a_(model.architecture) {
    for (const Parameter& parameter : parameters_of(a_)) {
      parameters_.emplace(parameter.name, parameter);
    }
  }

  Result<std::string> run() {
    KF_DO(add_inputs());
    std::string x = transformed();
    if (a_.kind == "cnn") x = convolutions(x);
    for (size_t i = 0; i < a_.hidden.size(); ++i) {
      x = activated(dense(x, "dense" + std::to_string(i + 1)));
    }
    add_outputs(dense(x, "output"));
    return graph_.model({{"kfctl.target", model_.target.to_json().dump()},
                         {"kfctl.features", model_.transform.to_json().dump()},
                         {"kfctl.training", model_.training.dump()}});
  }

 private:
  std::span<const float> weights(const std::string& name) const {
    const Parameter& parameter = parameters_.at(name);
    return std::span(model_.weights)
        .subspan(static_cast<size_t>(parameter.offset), static_cast<size_t>(parameter.count()));
  }

  Status add_inputs() {
    for (const Feature& feature : model_.transform.features) {
      switch (feature.type) {
        case FeatureType::kNumeric:
          add_numeric(feature);
          break;
        case FeatureType::kCategorical:
          add_categorical(feature);
          break;
        case FeatureType::kText:
          return usage_error(
              "column '" + feature.name + "' is hashed text, for which ONNX has no operator",
              "train with data.ignore for this column, or use 'kfctl predict'");
        case FeatureType::kTensor:
          add_tensor(feature);
          break;
      }
    }
    return Ok{};
  }

  void add_numeric(const Feature& feature) {
    graph_.input(feature.name, OnnxType::kFloat, {1});
    dense_.push_back(feature.name);
    if (feature.indicator) dense_.push_back(cast(graph_.node("IsNaN", {feature.name})));
  }

  // The code is the size of the vocabulary for all that is not in it: an embedding has a row of
  // zeros there, and no column of a one-hot one is meant.
  void add_categorical(const Feature& feature) {
    const auto size = static_cast<int64_t>(feature.vocabulary.size());
    std::vector<int64_t> codes;
    for (int64_t code = 0; code < size; ++code) codes.push_back(code);
    std::vector<OnnxAttribute> attributes = {attribute_ints("values_int64s", codes),
                                             attribute_int("default_int64", size)};
    if (feature.of_numbers) {
      std::vector<float> keys;
      for (const std::string& word : feature.vocabulary) {
        keys.push_back(std::strtof(word.c_str(), nullptr));
      }
      attributes.push_back(attribute_floats("keys_floats", keys));
    } else {
      attributes.push_back(attribute_strings("keys_strings", feature.vocabulary));
    }
    graph_.input(feature.name, feature.of_numbers ? OnnxType::kFloat : OnnxType::kString, {1});
    const std::string code = graph_.ml_node("LabelEncoder", {feature.name}, attributes);
    if (feature.one_hot) {
      dense_.push_back(cast(graph_.node("Equal", {code, graph_.constant(codes)})));
      return;
    }
    const std::string name = "embedding" + std::to_string(embedded_.size() + 1) + ".weight";
    const int64_t width = parameters_.at(name).shape[1];
    std::vector<float> table(weights(name).begin(), weights(name).end());
    table.insert(table.end(), static_cast<size_t>(width), 0.0F);
    embedded_.push_back(
        flat(graph_.node("Gather", {graph_.constant(table, {size + 1, width}), code})));
  }

  void add_tensor(const Feature& feature) {
    const std::vector<int64_t> shape(feature.shape.begin(), feature.shape.end());
    graph_.input(feature.name, feature.is_bytes ? OnnxType::kUint8 : OnnxType::kFloat, shape);
    dense_.push_back(flat(feature.is_bytes ? cast(feature.name) : feature.name));
  }

  std::string cast(const std::string& x) {
    return graph_.node("Cast", {x}, {attribute_int("to", static_cast<int64_t>(OnnxType::kFloat))});
  }

  std::string flat(const std::string& x) {
    return graph_.node("Flatten", {x}, {attribute_int("axis", 1)});
  }

  std::string joined(const std::vector<std::string>& parts) {
    return parts.size() == 1 ? parts[0] : graph_.node("Concat", parts, {attribute_int("axis", 1)});
  }

  // What GatherRows does: missing values filled in, then (x - mean) * scale.
  std::string transformed() {
    std::vector<std::string> parts;
    if (!dense_.empty()) {
      const InputTransform& t = model_.transform;
      const auto width = static_cast<int64_t>(t.dense_width());
      const std::string x = joined(dense_);
      const std::string filled =
          graph_.node("Where", {graph_.node("IsNaN", {x}), graph_.constant(t.missing, {width}), x});
      const std::string centred = graph_.node("Sub", {filled, graph_.constant(t.mean, {width})});
      parts.push_back(graph_.node("Mul", {centred, graph_.constant(t.scale, {width})}));
    }
    parts.insert(parts.end(), embedded_.begin(), embedded_.end());
    return joined(parts);
  }

  std::string parameter(const std::string& name) {
    return graph_.constant(weights(name), parameters_.at(name).shape);
  }

  std::string dense(const std::string& x, const std::string& name) {
    return graph_.node("Gemm", {x, parameter(name + ".weight"), parameter(name + ".bias")});
  }

  std::string scalar(float value) { return graph_.constant(std::vector<float>{value}, {1}); }

  std::string activated(const std::string& x) {
    switch (a_.activation) {
      case Activation::kIdentity:
        return x;
      case Activation::kRelu:
        return graph_.node("Relu", {x});
      case Activation::kTanh:
        return graph_.node("Tanh", {x});
      case Activation::kSigmoid:
        return graph_.node("Sigmoid", {x});
      case Activation::kGelu:
        break;
    }
    // The tanh form, which operator set 17 has no name for.
    const std::string cube = graph_.node("Mul", {graph_.node("Mul", {x, x}), x});
    const std::string sum = graph_.node("Add", {x, graph_.node("Mul", {cube, scalar(0.044715F)})});
    const std::string bent =
        graph_.node("Tanh", {graph_.node("Mul", {sum, scalar(0.7978845608F)})});
    const std::string half = graph_.node("Mul", {x, scalar(0.5F)});
    return graph_.node("Mul", {half, graph_.node("Add", {bent, scalar(1.0F)})});
  }

  // Ours are channels last, ONNX's channels first.
  std::string convolutions(const std::string& x) {
    const std::vector<int64_t> shape = {-1, a_.image[0], a_.image[1], a_.image[2]};
    const std::string images = graph_.node("Reshape", {x, graph_.constant(shape)});
    std::string y = graph_.node("Transpose", {images}, {attribute_ints("perm", {0, 3, 1, 2})});
    for (size_t i = 0; i < a_.channels.size(); ++i) {
      const std::string name = "conv" + std::to_string(i + 1);
      const std::vector<int64_t>& filters = parameters_.at(name + ".weight").shape;
      const std::string first = graph_.constant(channels_first(weights(name + ".weight"), filters),
                                                {filters[3], filters[2], 3, 3});
      y = graph_.node(
          "Conv", {y, first, parameter(name + ".bias")},
          {attribute_ints("kernel_shape", {3, 3}), attribute_ints("pads", {1, 1, 1, 1})});
      y = graph_.node("MaxPool", {activated(y)},
                      {attribute_ints("kernel_shape", {2, 2}), attribute_ints("strides", {2, 2})});
    }
    return flat(graph_.node("Transpose", {y}, {attribute_ints("perm", {0, 2, 3, 1})}));
  }

  // (height, width, in, out) to (out, in, height, width).
  static std::vector<float> channels_first(std::span<const float> from,
                                           const std::vector<int64_t>& shape) {
    std::vector<float> to(from.size());
    const int64_t in = shape[2], out = shape[3];
    for (int64_t place = 0; place < 9; ++place) {
      for (int64_t i = 0; i < in; ++i) {
        for (int64_t o = 0; o < out; ++o) {
          to[static_cast<size_t>((o * in + i) * 9 + place)] =
              from[static_cast<size_t>((place * in + i) * out + o)];
        }
      }
    }
    return to;
  }

  void add_outputs(const std::string& x) {
    const Target& target = model_.target;
    if (!target.is_classes()) {
      const std::string spread =
          graph_.node("Mul", {x, scalar(static_cast<float>(target.deviation))});
      graph_.node("Add", {spread, scalar(static_cast<float>(target.mean))}, {}, "value");
      graph_.output("value", OnnxType::kFloat, {1});
      return;
    }
    graph_.node("Softmax", {x}, {attribute_int("axis", 1)}, "probabilities");
    const std::string best =
        graph_.node("ArgMax", {x}, {attribute_int("axis", 1), attribute_int("keepdims", 0)});
    std::vector<int64_t> codes;
    for (size_t i = 0; i < target.classes.size(); ++i) codes.push_back(static_cast<int64_t>(i));
    graph_.ml_node(
        "LabelEncoder", {best},
        {attribute_ints("keys_int64s", codes), attribute_strings("values_strings", target.classes)},
        "label");
    graph_.output("label", OnnxType::kString, {});
    graph_.output("probabilities", OnnxType::kFloat, {a_.outputs});
  }

  const Model& model_;
  const Architecture& a_;
  std::map<std::string, Parameter> parameters_;
  OnnxGraph graph_;
  std::vector<std::string> dense_;     // raw dense parts, in the order of the features
  std::vector<std::string> embedded_;  // rows of the embeddings
};

}  // namespace

Result<std::string> to_onnx(const Model& model) { return Exporter(model).run(); }

}  // namespace kfctl
