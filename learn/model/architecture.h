// Architecture: the shape of a model, and where each of its parameters lies in one flat arena.
//
// A model takes `dense_width` floats and one code for each embedding, and puts out `outputs`
// numbers: logits of the classes, or one value. Linear and logistic models are one dense layer, an
// mlp has hidden ones, a cnn begins with convolutions, each followed by a pool of 2 x 2.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "kernels/ops/dense.h"

namespace kfctl {

struct EmbeddingShape {
  int64_t vocabulary = 0;
  int64_t width = 0;
};

struct Architecture {
  std::string kind = "mlp";  // linear, logistic, mlp, cnn
  int64_t dense_width = 0;
  int64_t outputs = 0;
  std::vector<EmbeddingShape> embeddings;
  std::vector<int64_t> image;     // cnn: height, width, channels
  std::vector<int64_t> channels;  // cnn: of its convolutions
  std::vector<int64_t> hidden;    // widths of the hidden dense layers
  Activation activation = Activation::kRelu;
  double dropout = 0;  // behind each hidden dense layer

  /// Width of what goes into the first layer: dense_width and all embeddings.
  int64_t input_width() const;
  Json to_json() const;
};

/// Errors: kProject if `json` is not what to_json writes or its numbers cannot be.
Result<Architecture> architecture_from_json(const Json& json);

/// "relu", "gelu", "tanh", "sigmoid", "identity". from: false if there is none of that name.
std::string_view activation_name(Activation activation);
bool activation_from(std::string_view name, Activation& activation);

struct Parameter {
  std::string name;  // "dense1.weight"
  std::vector<int64_t> shape;
  int64_t offset = 0;  // in the arena, in floats
  int64_t fan_in = 0;  // 0: starts as zeros
  int64_t fan_out = 0;
  bool decays = false;  // weight decay applies: weights, not biases

  int64_t count() const;
};

/// In the order of the layers, each at a multiple of 64 bytes.
std::vector<Parameter> parameters_of(const Architecture& architecture);

/// Floats of the arena: the end of the last parameter, rounded up.
int64_t arena_size(const std::vector<Parameter>& parameters);

/// First weights, a function of the seed alone: He's normal before relu and gelu (ICCV 2015),
/// Glorot's uniform elsewhere (AISTATS 2010), N(0, 1/width) for embeddings, zeros for biases and
/// for the last layer of a linear model.
std::vector<float> first_weights(const Architecture& architecture,
                                 const std::vector<Parameter>& parameters, uint64_t seed);

}  // namespace kfctl
