// Rendering takes two evaluations where ksonnet took seven per module: one for the parameters of
// all modules, and one per module for its components.
//
// With a selection, both are limited to the selected components. The parameters of the others
// stand as errors in `__ksonnet/params`, so that their names are all there; a component that looks
// into another's parameters meets such an error, and then everything is done again with all
// parameters. So a selection never changes what a component gives.
#include "templates/app/render.h"

#include <utility>

#include "templates/app/collect_objects.h"
#include "templates/app/render_job.h"

namespace kfctl {
namespace {

Status evaluate_module(const RenderJob& job, const Module& module, const JobParams& params,
                       std::vector<ComponentOutput>& outputs) {
  AppImporter importer(job.app, job.packages, job.environment, job.options.library_paths);
  KF_TRY(const JsonnetRequest request, module_program(job, module, params, importer));
  Result<Json> evaluated = jsonnet_evaluator().evaluate(request);
  if (!evaluated.ok()) return std::move(evaluated).error();
  Json& result = evaluated.value();
  if (!result.is_object()) {
    return project_error(job.path_of("") + ": must give an object of components, not a " +
                         std::string(result.type_name()));
  }
  const std::string prefix = module.name == "/" ? "" : module.name + ".";
  for (auto& [name, value] : result.members()) {
    const std::string full_name = prefix + name;
    outputs.push_back({full_name, job.path_of(full_name), std::move(value)});
  }
  return Ok{};
}

Result<std::vector<ComponentOutput>> evaluate(const RenderJob& job, bool all_params) {
  KF_TRY(const JobParams params, evaluate_params(job, all_params));
  std::vector<ComponentOutput> outputs;
  for (const Module& module : job.modules) {
    if (job.needs(module)) KF_DO(evaluate_module(job, module, params, outputs));
  }
  return outputs;
}

// A library computes late: when it fails, no line of the component that asked for it may be on the
// stack any more. Which component that was shows when each is rendered alone.
Error with_component(const RenderJob& job, Error error) {
  if (!error.excerpt.starts_with(kRaisedAt)) return error;
  for (const Component& component : job.components) {
    if (component.type != ComponentType::kJsonnet || !job.selected(component.full_name)) continue;
    RenderOptions alone = job.options;
    alone.components = {component.full_name};
    const Result<std::vector<ComponentOutput>> outputs = evaluate(
        {job.app, job.packages, alone, job.environment, job.modules, job.components}, true);
    if (outputs.ok() || outputs.error().message != error.message) continue;
    error.message = job.app.path(component.path) + ": " + error.message;
    break;
  }
  return error;
}

}  // namespace

Result<std::vector<Json>> render_environment(const App& app, const PackageSource& packages,
                                             std::string_view environment,
                                             const RenderOptions& options) {
  KF_TRY(const RenderJob job, open_render_job(app, packages, environment, options));
  Result<std::vector<ComponentOutput>> outputs = evaluate(job, options.components.empty());
  const bool looked_elsewhere =
      !outputs.ok() && outputs.error().message.find(kNotEvaluated) != std::string::npos;
  if (looked_elsewhere) outputs = evaluate(job, true);
  if (!outputs.ok()) return with_component(job, std::move(outputs).error());
  return collect_objects(std::move(outputs).value(), job.environment.destination.name_space);
}

}  // namespace kfctl
