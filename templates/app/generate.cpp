#include "templates/app/generate.h"

#include <utility>

#include "base/text.h"
#include "templates/app/app_files.h"
#include "templates/app/jsonnet_outline.h"
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

// An array or an object must be one value, so that it cannot change what stands around it. Whether
// it can be evaluated shows when all parameters are, in one go.
Status check_literal(const ParameterLiteral& literal) {
  if (literal.jsonnet[0] != '[' && literal.jsonnet[0] != '{') return Ok{};
  const std::string name = "parameter '" + literal.name + "'";
  Result<std::vector<Token>> tokens = lex_jsonnet(literal.jsonnet, name);
  if (!tokens.ok()) {
    tokens.error().kind = ErrorKind::kUsage;
    return std::move(tokens).error();
  }
  if (tokens.value().front().match + 1 == tokens.value().size()) return Ok{};
  return usage_error(name + ": expected one array or object, found " + literal.jsonnet);
}

// The first of the parameters that cannot be evaluated, as a usage error.
Status find_bad_literal(const std::vector<ParameterLiteral>& literals) {
  for (const ParameterLiteral& literal : literals) {
    JsonnetRequest request;
    request.path = "parameter '" + literal.name + "'";
    request.source = literal.jsonnet;
    Result<Json> value = jsonnet_evaluator().evaluate(request);
    if (value.ok()) continue;
    value.error().kind = ErrorKind::kUsage;
    return std::move(value).error();
  }
  return Ok{};
}

// A prototype with its parameters bound.
struct Bound {
  Target target;
  std::string text;  // of the component's file
  std::vector<ParameterLiteral> parameters;
  std::string literal;  // all of them, a jsonnet object
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
  KF_TRY(bound.parameters, bind_parameters(*prototype, bound.target.name, given));
  bound.text = expand_prototype(*prototype, bound.target.name);
  bound.literal = "{\n";
  for (const ParameterLiteral& literal : bound.parameters) {
    const bool bare = is_jsonnet_identifier(literal.name);
    bound.literal +=
        "  " + (bare ? literal.name : json_quote(literal.name)) + ": " + literal.jsonnet + ",\n";
    KF_DO(check_literal(literal));
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
  const std::string file = app.path(params);
  KF_TRY(const std::string before, app.files().read(file));
  const ParamsEdit edit{ParamsFile::kModule, before, file, field};
  KF_TRY(const std::string without, remove_field(edit));
  if (without != before) {
    return usage_error(file + " already has parameters of a component '" + bound.target.name + "'",
                       "remove them there, or take another name");
  }
  KF_TRY(const std::string after, set_field(edit, bound.literal));
  if (Status checked = check_edit(app, "", {params, after, field, bound.literal}); !checked.ok()) {
    KF_DO(find_bad_literal(bound.parameters));
    return std::move(checked).error();
  }
  const std::string path = module.directory + "/" + bound.target.name + ".jsonnet";
  KF_DO(app.files().write_all({{app.path(path), bound.text}, {file, after}}));
  const bool root = module.name == "/";
  return Component{bound.target.name, module.name,
                   root ? bound.target.name : module.name + "." + bound.target.name, path,
                   ComponentType::kJsonnet};
}

}  // namespace kfctl
