// Model: what training leaves behind and everything else takes: weights, how columns become inputs,
// what the outputs mean, and how it came about. One safetensors file, every part checksummed.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "base/result.h"
#include "learn/data/target.h"
#include "learn/data/transform.h"
#include "learn/model/architecture.h"
#include "learn/model/safetensors.h"

namespace kfctl {

struct Model {
  Architecture architecture;
  InputTransform transform;
  Target target;
  std::vector<float> weights;  // the arena of parameters_of(architecture)
  Json training;               // object: the config, rows, steps, metrics; for people

  int64_t parameter_count() const;
};

/// The same model gives the same bytes.
std::string write_model(const Model& model);

/// Errors: kProject if the file is damaged or holds no kfctl model.
Result<Model> read_model(std::string_view bytes, const std::string& path);

/// `path` is a model file, or a run directory that holds model.safetensors.
/// Errors: kDisk; kProject as read_model, or if the run has not written its model yet.
Result<Model> load_model(const Files& files, const std::string& path);

/// The file that load_model reads.
std::string model_path(const Files& files, const std::string& path);

// The weights as tensors by the names of the parameters, for models and checkpoints.
void add_arena(Safetensors& to, const std::vector<Parameter>& parameters,
               const std::vector<float>& arena, const std::string& prefix);
/// Errors: kProject if a parameter is not there or has another shape.
Result<std::vector<float>> read_arena(const Safetensors& from,
                                      const std::vector<Parameter>& parameters,
                                      const std::string& prefix, const std::string& path);

}  // namespace kfctl
