// Rendering takes two evaluations where ksonnet took seven per module: one for the parameters of
// all modules, and one per module for its components.
//
// With a selection, both are limited to the selected components. The parameters of the others
// stand as errors in `__ksonnet/params`, so that their names are all there; a component that looks
// into another's parameters meets such an error, and then everything is done again with all
// parameters. So a selection never changes what a component gives.
#include "templates/app/render.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "templates/app/app_importer.h"
#include "templates/app/collect_objects.h"
#include "templates/app/param_layers.h"
#include "templates/app/plain_component.h"
#include "templates/jsonnet/natives.h"

namespace kfctl {
namespace {

constexpr std::string_view kNotEvaluated = "parameters of another component, not evaluated";
constexpr std::string_view kProgram = "<main>";

// Everything that rendering one environment works on.
struct Job {
  const App& app;
  const PackageSource& packages;
  const RenderOptions& options;
  Environment environment;
  std::vector<Module> modules;
  std::vector<Component> components;  // of these modules

  bool selected(const std::string& full_name) const {
    const std::vector<std::string>& wanted = options.components;
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), full_name) != wanted.end();
  }
};

Status find_components(Job& job) {
  std::vector<std::string> targets = job.environment.targets;
  if (targets.empty()) targets.emplace_back("/");
  std::vector<std::string> names;
  for (const std::string& target : targets) {
    KF_TRY(const Module module, find_module(job.app, target));
    job.modules.push_back(module);
    KF_TRY(const std::vector<Component> components, list_components(job.app, target));
    job.components.insert(job.components.end(), components.begin(), components.end());
  }
  for (const Component& component : job.components) names.push_back(component.full_name);
  for (const std::string& wanted : job.options.components) {
    if (std::find(names.begin(), names.end(), wanted) != names.end()) continue;
    return usage_error(
        "environment '" + job.environment.name + "' has no component '" + wanted + "'",
        did_you_mean(wanted, names, "it has " + join(names, ", ")));
  }
  return Ok{};
}

// The parameters of the selected components (or of all), layered.
Result<LayeredParams> evaluate_params(const Job& job, bool all, bool only_components) {
  AppImporter importer(job.app, job.packages, job.environment, job.options.library_paths);
  LayerQuery query;
  query.modules = job.modules;
  query.only_components = only_components;
  query.external = job.options.external;
  query.on_trace = job.options.on_trace;
  if (!all) query.components = job.options.components;
  return layered_params(job.app, importer, job.environment, query);
}

// Name within `module` of a component with this full name; "" if it belongs to another module.
std::string local_name(const Module& module, const std::string& full_name) {
  const std::string prefix = module.name == "/" ? "" : module.name + ".";
  if (!full_name.starts_with(prefix)) return "";
  const std::string local = full_name.substr(prefix.size());
  return local.find('.') == std::string::npos ? local : "";
}

std::string params_code(const Module& module, const LayeredParams& params) {
  std::string code = "{ components: {";
  for (const std::string& name : params.names) {
    const std::string local = local_name(module, name);
    if (local.empty()) continue;
    const Json* value = params.values.find(name);
    code += json_quote(local) + ": " +
            (value != nullptr ? value->dump() : "error " + json_quote(kNotEvaluated)) + ",\n";
  }
  return code + "} }";
}

Result<std::string> components_code(const Job& job, const Module& module,
                                    const LayeredParams& own_params) {
  std::string code = "{";
  for (const Component& component : job.components) {
    if (component.module != module.name) continue;
    code += json_quote(component.name) + ": ";
    if (component.type == ComponentType::kJsonnet) {
      code += "import " + json_quote(std::string(kRootImport) + component.path);
    } else if (job.selected(component.full_name)) {
      const std::string path = job.app.path(component.path);
      KF_TRY(const std::string text, job.app.files().read(path));
      const Json* params = own_params.values.find(component.full_name);
      KF_TRY(const Json value,
             read_plain_component(component, text, path, params == nullptr ? Json() : *params));
      code += value.dump();
    } else {
      code += "error 'not selected'";
    }
    code += ",\n";
  }
  return code + "}";
}

// main.jsonnet, called if it is a function, and of its fields those that are wanted.
Result<std::string> main_code(const Job& job, const Module& module) {
  const std::string main = "environments/" + job.environment.path + "/main.jsonnet";
  std::string parameters, call;
  for (const JsonnetVariable& argument : job.options.arguments) {
    if (!is_jsonnet_identifier(argument.name)) {
      return usage_error("'" + argument.name + "' cannot be the name of a top-level argument");
    }
    parameters += argument.name + ", ";
    call += argument.name + "=" + argument.name + ", ";
  }
  std::string code = call.empty() ? "" : "function(" + parameters + ") ";
  code += "local main = (import " + json_quote(std::string(kRootImport) + main) + ")";
  if (!call.empty()) code += "(" + call + ")";
  code += ";\n";
  Json::Array names;
  for (const Component& component : job.components) {
    const bool wanted = component.module == module.name && job.selected(component.full_name);
    if (wanted) names.emplace_back(component.name);
  }
  if (job.options.components.empty()) return code + "main";
  return code + "{ [name]: main[name] for name in " + Json(std::move(names)).dump() + " }";
}

std::string path_of(const Job& job, const std::string& full_name) {
  for (const Component& component : job.components) {
    if (component.full_name == full_name) return job.app.path(component.path);
  }
  return job.app.path("environments/" + job.environment.path + "/main.jsonnet");
}

Status evaluate_module(const Job& job, const Module& module, const LayeredParams& params,
                       const LayeredParams& own_params, std::vector<ComponentOutput>& outputs) {
  AppImporter importer(job.app, job.packages, job.environment, job.options.library_paths);
  JsonnetRequest request;
  request.path = kProgram;
  request.importer = &importer;
  request.natives = standard_natives();
  request.max_stack = job.options.max_stack;
  request.arguments = job.options.arguments;
  request.external = job.options.external;
  request.on_trace = job.options.on_trace;
  KF_TRY(request.source, main_code(job, module));
  KF_TRY(const std::string components, components_code(job, module, own_params));
  request.external.push_back({"__ksonnet/environments", environment_code(job.environment), true});
  request.external.push_back({"__ksonnet/params", params_code(module, params), true});
  request.external.push_back({"__ksonnet/components", components, true});
  Result<Json> evaluated = jsonnet_evaluator().evaluate(request);
  if (!evaluated.ok()) return std::move(evaluated).error();
  Json& result = evaluated.value();
  if (!result.is_object()) {
    return project_error(path_of(job, "") + ": must give an object of components, not a " +
                         std::string(result.type_name()));
  }
  const std::string prefix = module.name == "/" ? "" : module.name + ".";
  for (auto& [name, value] : result.members()) {
    const std::string full_name = prefix + name;
    outputs.push_back({full_name, path_of(job, full_name), std::move(value)});
  }
  return Ok{};
}

// Only YAML and JSON components look at parameters without globals.
bool needs_own_params(const Job& job, const LayeredParams& params) {
  return std::any_of(job.components.begin(), job.components.end(), [&](const Component& component) {
    return component.type != ComponentType::kJsonnet && job.selected(component.full_name) &&
           params.values.find(component.full_name) != nullptr;
  });
}

Result<std::vector<ComponentOutput>> evaluate(const Job& job, bool all_params) {
  KF_TRY(const LayeredParams params, evaluate_params(job, all_params, false));
  LayeredParams own_params;
  if (needs_own_params(job, params)) {
    KF_TRY(own_params, evaluate_params(job, all_params, true));
  }
  std::vector<ComponentOutput> outputs;
  for (const Module& module : job.modules) {
    const bool any =
        std::any_of(job.components.begin(), job.components.end(), [&](const Component& component) {
          return component.module == module.name && job.selected(component.full_name);
        });
    if (any || job.options.components.empty()) {
      KF_DO(evaluate_module(job, module, params, own_params, outputs));
    }
  }
  return outputs;
}

// A library computes late: when it fails, no line of the component that asked for it may be on the
// stack any more. Which component that was shows when each is rendered alone.
Error with_component(const Job& job, Error error) {
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
  Job job{app, packages, options, {}, {}, {}};
  KF_TRY(job.environment, app.environment(environment));
  if (!options.name_space.empty()) job.environment.destination.name_space = options.name_space;
  KF_DO(find_components(job));
  Result<std::vector<ComponentOutput>> outputs = evaluate(job, options.components.empty());
  const bool looked_elsewhere =
      !outputs.ok() && outputs.error().message.find(kNotEvaluated) != std::string::npos;
  if (looked_elsewhere) outputs = evaluate(job, true);
  if (!outputs.ok()) return with_component(job, std::move(outputs).error());
  return collect_objects(std::move(outputs).value(), job.environment.destination.name_space);
}

}  // namespace kfctl
