#include "templates/app/render_job.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "templates/app/plain_component.h"
#include "templates/jsonnet/natives.h"

namespace kfctl {
namespace {

constexpr std::string_view kProgram = "<main>";

Status find_components(RenderJob& job) {
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

Result<std::string> components_code(const RenderJob& job, const Module& module,
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
Result<std::string> main_code(const RenderJob& job, const Module& module) {
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

// Only YAML and JSON components look at parameters without globals.
bool needs_own_params(const RenderJob& job, const LayeredParams& params) {
  return std::any_of(job.components.begin(), job.components.end(), [&](const Component& component) {
    return component.type != ComponentType::kJsonnet && job.selected(component.full_name) &&
           params.values.find(component.full_name) != nullptr;
  });
}

Result<LayeredParams> evaluate_layers(const RenderJob& job, bool all, bool only_components) {
  AppImporter importer(job.app, job.packages, job.environment, job.options.library_paths);
  return layered_params(job.app, importer, job.environment,
                        params_query(job, all, only_components));
}

}  // namespace

bool RenderJob::selected(const std::string& full_name) const {
  const std::vector<std::string>& wanted = options.components;
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), full_name) != wanted.end();
}

bool RenderJob::needs(const Module& module) const {
  return options.components.empty() ||
         std::any_of(components.begin(), components.end(), [&](const Component& component) {
           return component.module == module.name && selected(component.full_name);
         });
}

std::string RenderJob::path_of(const std::string& full_name) const {
  for (const Component& component : components) {
    if (component.full_name == full_name) return app.path(component.path);
  }
  return app.path("environments/" + environment.path + "/main.jsonnet");
}

Result<RenderJob> open_render_job(const App& app, const PackageSource& packages,
                                  std::string_view environment, const RenderOptions& options) {
  RenderJob job{app, packages, options, {}, {}, {}};
  KF_TRY(job.environment, app.environment(environment));
  if (!options.name_space.empty()) job.environment.destination.name_space = options.name_space;
  KF_DO(find_components(job));
  return job;
}

LayerQuery params_query(const RenderJob& job, bool all, bool only_components) {
  LayerQuery query;
  query.modules = job.modules;
  query.only_components = only_components;
  query.external = job.options.external;
  query.on_trace = job.options.on_trace;
  query.memory = job.options.memory;
  query.cache_directory = job.options.cache_directory;
  query.profile = job.options.profile;
  if (!all) query.components = job.options.components;
  return query;
}

Result<JobParams> evaluate_params(const RenderJob& job, bool all) {
  JobParams params;
  KF_TRY(params.params, evaluate_layers(job, all, false));
  if (needs_own_params(job, params.params)) {
    KF_TRY(params.own_params, evaluate_layers(job, all, true));
  }
  return params;
}

Result<JsonnetRequest> module_program(const RenderJob& job, const Module& module,
                                      const JobParams& params, AppImporter& importer) {
  JsonnetRequest request;
  request.path = kProgram;
  request.importer = &importer;
  request.natives = standard_natives();
  request.max_stack = job.options.max_stack;
  request.arguments = job.options.arguments;
  request.external = job.options.external;
  request.on_trace = job.options.on_trace;
  request.threads = job.options.threads;
  request.memory = job.options.memory;
  request.cache_directory = job.options.cache_directory;
  request.profile = job.options.profile;
  KF_TRY(request.source, main_code(job, module));
  KF_TRY(const std::string components, components_code(job, module, params.own_params));
  const auto add = [&request](std::string_view name, std::string code) {
    request.external.push_back({std::string(name), std::move(code), true});
  };
  add(kEnvironmentsVariable, environment_code(job.environment));
  add(kParamsVariable, params_code(module, params.params));
  add(kComponentsVariable, components);
  return request;
}

}  // namespace kfctl
