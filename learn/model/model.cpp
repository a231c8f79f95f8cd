#include "learn/model/model.h"

#include <algorithm>
#include <cmath>

namespace kfctl {
namespace {

constexpr std::string_view kDescription = "kfctl.model";

Result<Json> description_of(const Safetensors& content, const std::string& path) {
  const auto found = content.metadata.find(std::string(kDescription));
  if (found == content.metadata.end()) {
    return project_error(path + ": this is no model of kfctl",
                         content.metadata.contains("kfctl.checkpoint")
                             ? "it is a checkpoint; 'kfctl train --resume RUN' goes on from it"
                             : "'kfctl train' writes models");
  }
  Result<Json> json = parse_json(found->second, path);
  if (!json.ok()) return project_error(path + ": the description of the model is damaged");
  return json;
}

const Json& member(const Json& json, std::string_view key) {
  static const Json null;
  const Json* found = json.find(key);
  return found == nullptr ? null : *found;
}

// Whether the parts fit together, so that nothing behind has to ask again.
bool fits(const Model& model) {
  size_t width = 0;
  for (const Feature& feature : model.transform.features) width += feature.dense_width();
  return static_cast<size_t>(model.architecture.dense_width) == width &&
         model.architecture.embeddings.size() == model.transform.code_count() &&
         static_cast<size_t>(model.architecture.outputs) == model.target.outputs();
}

}  // namespace

int64_t Model::parameter_count() const {
  int64_t count = 0;
  for (const Parameter& parameter : parameters_of(architecture)) count += parameter.count();
  return count;
}

void add_arena(Safetensors& to, const std::vector<Parameter>& parameters,
               const std::vector<float>& arena, const std::string& prefix) {
  for (const Parameter& parameter : parameters) {
    to.add(prefix + parameter.name, parameter.shape,
           std::span(arena).subspan(static_cast<size_t>(parameter.offset),
                                    static_cast<size_t>(parameter.count())));
  }
}

Result<std::vector<float>> read_arena(const Safetensors& from,
                                      const std::vector<Parameter>& parameters,
                                      const std::string& prefix, const std::string& path) {
  for (const Parameter& parameter : parameters) {
    const NamedTensor* tensor = from.find(prefix + parameter.name);
    if (tensor == nullptr || tensor->shape != parameter.shape) {
      return project_error(path + ": it has no '" + parameter.name + "' of this model's shape",
                           "the file belongs to another model");
    }
  }
  std::vector<float> arena(static_cast<size_t>(arena_size(parameters)), 0.0F);
  for (const Parameter& parameter : parameters) {
    KF_TRY(const std::vector<float> values,
           floats_of(from, prefix + parameter.name, parameter.shape, path));
    std::copy(values.begin(), values.end(), arena.begin() + parameter.offset);
  }
  return arena;
}

std::string write_model(const Model& model) {
  Safetensors content;
  content.metadata[std::string(kDescription)] =
      Json::object({{"format", 1},
                    {"architecture", model.architecture.to_json()},
                    {"features", model.transform.to_json()},
                    {"target", model.target.to_json()},
                    {"training", model.training}})
          .dump();
  const auto width = static_cast<int64_t>(model.transform.dense_width());
  content.add("input.mean", {width}, model.transform.mean);
  content.add("input.missing", {width}, model.transform.missing);
  content.add("input.scale", {width}, model.transform.scale);
  add_arena(content, parameters_of(model.architecture), model.weights, "");
  return write_safetensors(content);
}

Result<Model> read_model(std::string_view bytes, const std::string& path) {
  KF_TRY(const Safetensors content, read_safetensors(bytes, path));
  KF_TRY(const Json json, description_of(content, path));
  const Json* format = json.find("format");
  if (format == nullptr || *format != Json(1)) {
    return project_error(path + ": a format of model that this kfctl does not know",
                         "a newer kfctl reads it");
  }
  const auto place = [&path](Error error) {
    error.message = path + ": " + error.message;
    return error;
  };
  Model model;
  Result<Architecture> architecture = architecture_from_json(member(json, "architecture"));
  if (!architecture.ok()) return place(architecture.error());
  model.architecture = std::move(architecture).value();
  Result<InputTransform> transform = transform_from_json(member(json, "features"));
  if (!transform.ok()) return place(transform.error());
  model.transform = std::move(transform).value();
  Result<Target> target = target_from_json(member(json, "target"));
  if (!target.ok()) return place(target.error());
  model.target = std::move(target).value();
  model.training = member(json, "training");
  if (!fits(model)) {
    return project_error(path + ": the parts of the model do not fit together");
  }
  const int64_t width[] = {model.architecture.dense_width};
  KF_TRY(model.transform.mean, floats_of(content, "input.mean", width, path));
  KF_TRY(model.transform.missing, floats_of(content, "input.missing", width, path));
  KF_TRY(model.transform.scale, floats_of(content, "input.scale", width, path));
  KF_TRY(model.weights, read_arena(content, parameters_of(model.architecture), "", path));
  return model;
}

std::string model_path(const Files& files, const std::string& path) {
  return files.is_directory(path) ? join_path(path, "model.safetensors") : path;
}

Result<Model> load_model(const Files& files, const std::string& path) {
  const std::string file = model_path(files, path);
  if (file != path && files.kind(file) == PathKind::kMissing) {
    return project_error(path + ": there is no model.safetensors in this directory",
                         files.is_directory(join_path(path, "checkpoints"))
                             ? "the run is not finished: 'kfctl train --resume " + path + "'"
                             : "name a model file or the output of 'kfctl train'");
  }
  KF_TRY(const std::string bytes, files.read(file));
  return read_model(bytes, file);
}

}  // namespace kfctl
