#include "learn/model/architecture.h"

#include <cmath>
#include <numbers>

#include "kernels/random.h"

namespace kfctl {
namespace {

constexpr int64_t kAlignment = 16;              // floats: 64 bytes
constexpr int64_t kLargest = int64_t{1} << 26;  // of any one size, so that products fit 64 bits
constexpr std::pair<Activation, std::string_view> kActivations[] = {
    {Activation::kIdentity, "identity"}, {Activation::kRelu, "relu"},
    {Activation::kGelu, "gelu"},         {Activation::kTanh, "tanh"},
    {Activation::kSigmoid, "sigmoid"},
};

Json numbers(const std::vector<int64_t>& values) {
  Json array = Json::array();
  for (const int64_t value : values) array.push_back(value);
  return array;
}

bool read_numbers(const Json* json, std::vector<int64_t>& values) {
  if (json == nullptr || !json->is_array()) return false;
  for (const Json& item : json->items()) {
    if (!item.is_int() || item.as_int() < 1 || item.as_int() > kLargest) return false;
    values.push_back(item.as_int());
  }
  return true;
}

// Whether the parts belong together: images are what the width says and outlive their pools.
bool fits(const Architecture& a) {
  if (a.input_width() < 1 || !(a.dropout >= 0 && a.dropout < 1)) return false;
  if (a.kind != "cnn") return a.image.empty() && a.channels.empty();
  if (a.image.size() != 3 || !a.embeddings.empty() || a.channels.size() > 20) return false;
  double width = 1;
  for (const int64_t size : a.image) width *= static_cast<double>(size);
  return width == static_cast<double>(a.dense_width) && (a.image[0] >> a.channels.size()) > 0 &&
         (a.image[1] >> a.channels.size()) > 0;
}

class Layout {
 public:
  void add(std::string name, std::vector<int64_t> shape, int64_t fan_in, int64_t fan_out) {
    Parameter parameter;
    parameter.name = std::move(name);
    parameter.shape = std::move(shape);
    parameter.fan_in = fan_in;
    parameter.fan_out = fan_out;
    parameter.decays = fan_in > 0;
    parameter.offset = next_;
    next_ += (parameter.count() + kAlignment - 1) / kAlignment * kAlignment;
    parameters_.push_back(std::move(parameter));
  }
  void dense(const std::string& name, int64_t in, int64_t out) {
    add(name + ".weight", {in, out}, in, out);
    add(name + ".bias", {out}, 0, 0);
  }
  std::vector<Parameter> take() { return std::move(parameters_); }

 private:
  std::vector<Parameter> parameters_;
  int64_t next_ = 0;
};

float normal(Philox4 words) {
  // Box and Muller; 1 - u is never 0.
  const double u = 1.0 - static_cast<double>(uniform(words.word[0]));
  const double v = static_cast<double>(uniform(words.word[1]));
  return static_cast<float>(std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v));
}

}  // namespace

std::string_view activation_name(Activation activation) {
  for (const auto& [value, name] : kActivations) {
    if (value == activation) return name;
  }
  return "";
}

bool activation_from(std::string_view name, Activation& activation) {
  for (const auto& [value, known] : kActivations) {
    if (known != name) continue;
    activation = value;
    return true;
  }
  return false;
}

int64_t Architecture::input_width() const {
  int64_t width = dense_width;
  for (const EmbeddingShape& embedding : embeddings) width += embedding.width;
  return width;
}

Json Architecture::to_json() const {
  Json tables = Json::array();
  for (const EmbeddingShape& embedding : embeddings) {
    tables.push_back(numbers({embedding.vocabulary, embedding.width}));
  }
  return Json::object({{"kind", kind},
                       {"denseWidth", dense_width},
                       {"outputs", outputs},
                       {"embeddings", std::move(tables)},
                       {"image", numbers(image)},
                       {"channels", numbers(channels)},
                       {"hidden", numbers(hidden)},
                       {"activation", activation_name(activation)},
                       {"dropout", dropout}});
}

Result<Architecture> architecture_from_json(const Json& json) {
  const Error damaged = project_error("the description of the model's layers is damaged");
  Architecture result;
  result.kind = json.string_at({"kind"});
  const Json *width = json.find("denseWidth"), *outputs = json.find("outputs");
  const Json *dropout = json.find("dropout"), *tables = json.find("embeddings");
  if (width == nullptr || !width->is_int() || width->as_int() < 0 || width->as_int() > kLargest ||
      outputs == nullptr || !outputs->is_int() || outputs->as_int() < 1 ||
      outputs->as_int() > kLargest || dropout == nullptr || !dropout->is_number() ||
      tables == nullptr || !tables->is_array()) {
    return damaged;
  }
  result.dense_width = width->as_int();
  result.outputs = outputs->as_int();
  result.dropout = dropout->as_double();
  for (const Json& table : tables->items()) {
    std::vector<int64_t> pair;
    if (!read_numbers(&table, pair) || pair.size() != 2) return damaged;
    result.embeddings.push_back({pair[0], pair[1]});
  }
  if (!read_numbers(json.find("image"), result.image) ||
      !read_numbers(json.find("channels"), result.channels) ||
      !read_numbers(json.find("hidden"), result.hidden) ||
      !activation_from(json.string_at({"activation"}), result.activation)) {
    return damaged;
  }
  if (!fits(result)) return damaged;
  return result;
}

int64_t Parameter::count() const {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

std::vector<Parameter> parameters_of(const Architecture& architecture) {
  Layout layout;
  for (size_t i = 0; i < architecture.embeddings.size(); ++i) {
    const EmbeddingShape& table = architecture.embeddings[i];
    layout.add("embedding" + std::to_string(i + 1) + ".weight", {table.vocabulary, table.width},
               table.width, 0);
  }
  int64_t width = architecture.input_width();
  if (architecture.kind == "cnn") {
    int64_t height = architecture.image[0], across = architecture.image[1];
    int64_t depth = architecture.image[2];
    for (size_t i = 0; i < architecture.channels.size(); ++i) {
      const std::string name = "conv" + std::to_string(i + 1);
      const int64_t out = architecture.channels[i];
      layout.add(name + ".weight", {3, 3, depth, out}, 9 * depth, 9 * out);
      layout.add(name + ".bias", {out}, 0, 0);
      depth = out, height /= 2, across /= 2;
    }
    width = height * across * depth;
  }
  for (size_t i = 0; i < architecture.hidden.size(); ++i) {
    layout.dense("dense" + std::to_string(i + 1), width, architecture.hidden[i]);
    width = architecture.hidden[i];
  }
  layout.dense("output", width, architecture.outputs);
  return layout.take();
}

int64_t arena_size(const std::vector<Parameter>& parameters) {
  const Parameter& last = parameters.back();
  return (last.offset + last.count() + kAlignment - 1) / kAlignment * kAlignment;
}

std::vector<float> first_weights(const Architecture& architecture,
                                 const std::vector<Parameter>& parameters, uint64_t seed) {
  std::vector<float> weights(static_cast<size_t>(arena_size(parameters)), 0.0F);
  const bool rectified =
      architecture.activation == Activation::kRelu || architecture.activation == Activation::kGelu;
  for (size_t p = 0; p < parameters.size(); ++p) {
    const Parameter& parameter = parameters[p];
    const bool is_output = parameter.name == "output.weight";
    if (parameter.fan_in == 0 || (is_output && parameters.size() == 2)) continue;
    const auto in = static_cast<double>(parameter.fan_in);
    const auto out = static_cast<double>(parameter.fan_out);
    const bool is_normal = parameter.fan_out == 0 || (rectified && !is_output);
    const double scale = parameter.fan_out == 0 ? std::sqrt(1.0 / in)
                         : is_normal            ? std::sqrt(2.0 / in)
                                                : std::sqrt(6.0 / (in + out));
    for (int64_t i = 0; i < parameter.count(); ++i) {
      const Philox4 words =
          random_block(seed, -1, static_cast<uint32_t>(p), static_cast<uint64_t>(i));
      const float drawn = is_normal ? normal(words) : 2 * uniform(words.word[0]) - 1;
      weights[static_cast<size_t>(parameter.offset + i)] = static_cast<float>(scale) * drawn;
    }
  }
  return weights;
}

}  // namespace kfctl
