#include "templates/app/generate.h"

#include <utility>

#include "base/text.h"
#include "templates/app/app_files.h"
#include "templates/app/params_check.h"
#include "templates/app/params_editor.h"
#include "templates/jsonnet/natives.h"

namespace kfctl {
namespace {

struct Target {
  std::string module;  // "/" or "a.b"
  std::string name;
};

Result<Target> split_component(const GenerateOptions& options) {
  Target target{options.module.empty() ? "/" : options.module, options.component};
  const size_t dot = options.component.rfind('.');
  if (options.module.empty() && dot != std::string::npos) {
    target = {options.component.substr(0, dot), options.component.substr(dot + 1)};
  }
  KF_DO(check_name(target.name, "a component's name", false));
  return target;
}

// What the values file says, as if it had been typed.
Result<ParameterTexts> read_values(const GenerateOptions& options) {
  ParameterTexts texts;
  if (options.values.empty()) return texts;
  JsonnetRequest request;
  request.path = options.values_path;
  request.source = options.values;
  request.natives = standard_natives();
  KF_TRY(const Json values, jsonnet_evaluator().evaluate(request));
  if (!values.is_object()) {
    return project_error(options.values_path + ": expected an object of parameters, found " +
                         std::string(values.type_name()));
  }
  for (const auto& [name, value] : values.members()) {
    texts.emplace_back(name, value.is_string() ? value.as_string() : value.dump());
  }
  return texts;
}

// A prototype with its parameters bound.
struct Bound {
  Target target;
  std::string text;     // of the component's file
  std::string literal;  // its parameters, a jsonnet object
};

Result<Bound> bind(const PackageSource& packages, std::string_view name,
                   const GenerateOptions& options) {
  Bound bound;
  KF_TRY(bound.target, split_component(options));
  KF_TRY(const std::vector<Prototype> prototypes, packages.prototypes());
  KF_TRY(const Prototype* const prototype, resolve_prototype(prototypes, name));
  ParameterTexts given = options.parameters;
  KF_TRY(const ParameterTexts values, read_values(options));
  given.insert(given.end(), values.begin(), values.end());
  KF_TRY(const std::vector<ParameterLiteral> literals,
         bind_parameters(*prototype, bound.target.name, given));
  bound.text = expand_prototype(*prototype, bound.target.name);
  bound.literal = "{\n";
  for (const ParameterLiteral& literal : literals) {
    const bool bare = is_jsonnet_identifier(literal.name);
    bound.literal +=
        "  " + (bare ? literal.name : json_quote(literal.name)) + ": " + literal.jsonnet + ",\n";
    if (literal.jsonnet[0] != '[' && literal.jsonnet[0] != '{') continue;
    JsonnetRequest request;
    request.path = "parameter '" + literal.name + "'";
    request.source = literal.jsonnet;
    Result<Json> value = jsonnet_evaluator().evaluate(request);
    if (value.ok()) continue;
    value.error().kind = ErrorKind::kUsage;
    return std::move(value).error();
  }
  bound.literal += "}";
  return bound;
}

}  // namespace

Result<std::string> preview_prototype(const PackageSource& packages, std::string_view prototype,
                                      const GenerateOptions& options) {
  KF_TRY(Bound bound, bind(packages, prototype, options));
  return std::move(bound.text);
}

Result<Component> generate_component(App& app, const PackageSource& packages,
                                     std::string_view prototype, const GenerateOptions& options) {
  KF_TRY(const Bound bound, bind(packages, prototype, options));
  KF_TRY(const Module module, find_module(app, bound.target.module));
  KF_TRY(const std::vector<Component> components, list_components(app, module.name));
  for (const Component& component : components) {
    if (component.name != bound.target.name) continue;
    return usage_error(
        "component '" + component.full_name + "' already exists: " + app.path(component.path),
        "kfctl component rm " + component.full_name + " removes it");
  }
  const std::string params = module.directory + "/params.libsonnet";
  const std::vector<std::string> field = {"components", bound.target.name};
  KF_TRY(const std::string before, app.files().read(app.path(params)));
  const ParamsEdit edit{ParamsFile::kModule, before, app.path(params), field};
  KF_TRY(const std::string without, remove_field(edit));
  if (without != before) {
    return usage_error(
        app.path(params) + " already has parameters of a component '" + bound.target.name + "'",
        "remove them there, or take another name");
  }
  KF_TRY(const std::string after, set_field(edit, bound.literal));
  KF_DO(check_edit(app, "", {params, after, field, bound.literal}));
  const std::string path = module.directory + "/" + bound.target.name + ".jsonnet";
  KF_DO(app.files().write_all({{app.path(path), bound.text}, {app.path(params), after}}));
  const bool root = module.name == "/";
  return Component{bound.target.name, module.name,
                   root ? bound.target.name : module.name + "." + bound.target.name, path,
                   ComponentType::kJsonnet};
}

Status remove_component(App& app, std::string_view full_name) {
  KF_TRY(const Component component, find_component(app, full_name));
  std::vector<FileWrite> writes;
  const auto remove_from = [&](ParamsFile kind, const std::string& below, const std::string& name,
                               const std::string& environment) -> Status {
    const std::string path = app.path(below);
    if (!app.files().is_file(path)) return Ok{};
    KF_TRY(const std::string before, app.files().read(path));
    KF_TRY(const std::string after, remove_field({kind, before, path, {"components", name}}));
    if (after == before) return Ok{};
    KF_DO(check_edit(app, environment, {below, after, {}, ""}));
    writes.push_back({path, after});
    return Ok{};
  };
  KF_DO(remove_from(ParamsFile::kModule, parent_path(component.path) + "/params.libsonnet",
                    component.name, ""));
  for (const Environment& environment : app.config().environments()) {
    KF_DO(remove_from(ParamsFile::kEnvironment,
                      "environments/" + environment.path + "/params.libsonnet", component.full_name,
                      environment.name));
  }
  // Out of the way first: it can be brought back if the parameters cannot be written.
  const std::string path = app.path(component.path);
  const std::string aside = path + ".removed";
  KF_DO(app.files().rename(path, aside));
  Status status = app.files().write_all(writes);
  if (!status.ok()) {
    (void)app.files().rename(aside, path);
    return status;
  }
  return app.files().remove(aside);
}

}  // namespace kfctl
