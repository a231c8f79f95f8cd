// kfctl model: look at models.
#include <cmath>

#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/table.h"
#include "cli/world.h"
#include "learn/model/model.h"

namespace kfctl {
namespace {

Json shape_json(const Parameter& parameter) {
  Json shape = Json::array();
  for (const int64_t size : parameter.shape) shape.push_back(size);
  return shape;
}

Json describe(const Model& model) {
  Json json = Json::object({{"architecture", model.architecture.to_json()},
                            {"features", model.transform.to_json()},
                            {"parameters", model.parameter_count()},
                            {"target", model.target.to_json()},
                            {"training", model.training}});
  for (const Parameter& parameter : parameters_of(model.architecture)) {
    json["tensors"].push_back(
        Json::object({{"name", parameter.name}, {"shape", shape_json(parameter)}}));
  }
  return json;
}

// A metric of the training to four places, or null.
Json metric(const Model& model, std::string_view name) {
  const Json* found = model.training.at({"metrics", name});
  if (found == nullptr || !found->is_number()) return {};
  return std::round(found->as_double() * 1e4) / 1e4;
}

Json validation_figure(const Model& model) {
  const Json accuracy = metric(model, "validation.accuracy");
  if (!accuracy.is_null()) return accuracy;
  return metric(model, "validation.rmse");
}

void add_row(Table& table, const std::string& path, const Model& model) {
  const Json* epoch = model.training.find("epoch");
  table.add({path, model.architecture.kind,
             model.target.is_classes() ? "classification" : "regression", model.target.name,
             static_cast<int64_t>(model.transform.features.size()), model.parameter_count(),
             epoch == nullptr ? Json() : *epoch, metric(model, "validation.loss"),
             validation_figure(model)});
}

Table model_table() {
  return Table("modelList", {"model", "kind", "task", "label", "features", "parameters", "epoch",
                             "validation loss", "accuracy or rmse"});
}

// The directories below `directory` that hold a model, and the model files in it.
Result<std::vector<std::string>> find_models(const World& world, const std::string& directory) {
  KF_TRY(const std::vector<std::string> names, world.files.list(directory));
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const std::string path = directory == "." ? name : join_path(directory, name);
    const bool is_run = world.files.is_file(join_path(path, "model.safetensors"));
    if (is_run || name.ends_with(".safetensors")) found.push_back(path);
  }
  return found;
}

}  // namespace

int cmd_model_describe(const Args& args, Console& console, World& world) {
  const Result<Model> model = load_model(world.files, args.word(0));
  if (!model.ok()) return console.fail(model.error());
  console.out(format_value(describe(model.value()), args.value("output", "yaml")));
  return kExitOk;
}

int cmd_model_list(const Args& args, Console& console, World& world) {
  const std::string directory = args.word(0).empty() ? "." : args.word(0);
  const Result<std::vector<std::string>> paths = find_models(world, directory);
  if (!paths.ok()) return console.fail(paths.error());
  Table table = model_table();
  for (const std::string& path : paths.value()) {
    const Result<Model> model = load_model(world.files, path);
    if (model.ok()) add_row(table, path, model.value());
    if (!model.ok()) console.warn(model.error().message);
  }
  print_table(table, args, console);
  return kExitOk;
}

int cmd_model_compare(const Args& args, Console& console, World& world) {
  Table table = model_table();
  for (const std::string& path : args.words()) {
    const Result<Model> model = load_model(world.files, path);
    if (!model.ok()) return console.fail(model.error());
    add_row(table, path, model.value());
  }
  print_table(table, args, console);
  return kExitOk;
}

}  // namespace kfctl
