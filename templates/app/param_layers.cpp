#include "templates/app/param_layers.h"

#include "templates/jsonnet/natives.h"

namespace kfctl {
namespace {

// Names in this code are chosen so that a stack trace through it reads well.
constexpr std::string_view kLayerFunction = R"(
local layer(prefix, file, withGlobal) =
  local shared = if withGlobal && std.objectHasAll(file, 'global') then file.global else {};
  local own = if std.objectHasAll(file, 'components') then file.components else {};
  { [prefix + name]: std.mergePatch(own[name], shared) for name in std.objectFields(own) };
)";

constexpr std::string_view kProgram = "<params>";

std::string code_string(std::string_view text) { return json_quote(text); }

// A place in our own program tells a user nothing.
Error without_own_place(Error error) {
  if (!error.message.starts_with(kProgram)) return error;
  error.message.erase(0, error.message.find(": ") + 2);
  error.excerpt.clear();
  return error;
}

}  // namespace

std::string environment_code(const Environment& environment) {
  return Json::object({{"namespace", Json(environment.destination.name_space)},
                       {"server", Json(environment.destination.server)}})
      .dump();
}

std::string layers_below_environment(const std::vector<Module>& modules, bool only_components) {
  std::string code(kLayerFunction);
  code += "{ components: {}";
  for (const Module& module : modules) {
    const std::string prefix = module.name == "/" ? "" : module.name + ".";
    code += " + layer(" + code_string(prefix) + ", import " +
            code_string(std::string(kRootImport) + module.directory + "/params.libsonnet") +
            (only_components ? ", false)" : ", true)");
  }
  return code + " }";
}

JsonnetRequest params_program(const App& app, AppImporter& importer, const Environment& environment,
                              const LayerQuery& query) {
  const bool in_environment = !environment.name.empty();
  const std::string folder = "environments/" + environment.path;
  if (in_environment && query.only_components) {
    importer.replace(app.path(folder + "/globals.libsonnet"), "{}");
  }
  Json::Array wanted;
  for (const std::string& name : query.components) wanted.emplace_back(name);
  const std::string file = folder + "/params.libsonnet";
  JsonnetRequest request;
  request.path = kProgram;
  request.source = "local file = ";
  request.source += in_environment ? "import " + code_string(std::string(kRootImport) + file)
                                   : std::string("std.extVar('__ksonnet/params')");
  request.source +=
      ";\nlocal all = if std.objectHasAll(file, 'components') then file.components else error " +
      code_string(app.path(file) + ": has no field 'components'");
  request.source +=
      ";\nlocal names = std.objectFields(all);\n"
      "{ names: names, values: { [name]: all[name] for name in names";
  request.source += (wanted.empty() ? "" : " if std.member(" + Json(wanted).dump() + ", name)");
  request.source += " } }";
  request.importer = &importer;
  request.natives = standard_natives();
  request.external = query.external;
  request.on_trace = query.on_trace;
  request.memory = query.memory;
  request.cache_directory = query.cache_directory;
  request.profile = query.profile;
  request.external.push_back({"__ksonnet/environments", environment_code(environment), true});
  request.external.push_back(
      {"__ksonnet/params", layers_below_environment(query.modules, query.only_components), true});
  return request;
}

Result<LayeredParams> layered_params(const App& app, AppImporter& importer,
                                     const Environment& environment, const LayerQuery& query) {
  Result<Json> evaluated =
      jsonnet_evaluator().evaluate(params_program(app, importer, environment, query));
  if (!evaluated.ok()) return without_own_place(std::move(evaluated).error());
  Json& result = evaluated.value();
  LayeredParams layers;
  for (const Json& name : result.find("names")->items()) layers.names.push_back(name.as_string());
  layers.values = std::move(*result.find("values"));
  return layers;
}

}  // namespace kfctl
