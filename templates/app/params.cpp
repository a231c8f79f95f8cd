#include "templates/app/params.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "templates/app/app_files.h"
#include "templates/app/param_layers.h"
#include "templates/app/params_check.h"
#include "templates/app/params_editor.h"
#include "templates/jsonnet/natives.h"

namespace kfctl {
namespace {

using Path = std::vector<std::string>;

// Which file a scope is written in, and where in it.
struct Target {
  ParamsFile file = ParamsFile::kModule;
  std::string path;  // below the app's root
  Path begin;        // {"components", "web"}
};

Result<Target> find_target(const App& app, const ParameterScope& scope) {
  Target target;
  std::string folder;
  if (!scope.environment.empty()) {
    KF_TRY(const Environment environment, app.environment(scope.environment));
    folder = "environments/" + environment.path;
  }
  if (scope.component.empty()) {
    if (!folder.empty()) return Target{ParamsFile::kGlobals, folder + "/globals.libsonnet", {}};
    KF_TRY(const Module module, find_module(app, scope.module.empty() ? "/" : scope.module));
    return Target{ParamsFile::kModule, module.directory + "/params.libsonnet", {"global"}};
  }
  KF_TRY(const Component component, find_component(app, scope.component));
  if (!folder.empty()) {
    return Target{ParamsFile::kEnvironment,
                  folder + "/params.libsonnet",
                  {"components", component.full_name}};
  }
  return Target{ParamsFile::kModule,
                parent_path(component.path) + "/params.libsonnet",
                {"components", component.name}};
}

Error bad_key(std::string_view key) {
  return usage_error(
      "'" + std::string(key) + "' is not a parameter's name",
      "use NAME, or NAME.FIELD for a field of an object; quote a part that has dots");
}

// "labels.'app.kubernetes.io/name'" -> {"labels", "app.kubernetes.io/name"}
Result<Path> split_key(std::string_view key) {
  Path path;
  for (size_t pos = 0;;) {
    size_t end = 0;
    std::string part;
    if (pos < key.size() && (key[pos] == '"' || key[pos] == '\'')) {
      end = key.find(key[pos], pos + 1);
      if (end == std::string_view::npos) return bad_key(key);
      part = key.substr(pos + 1, end - pos - 1);
      ++end;
    } else {
      end = std::min(key.find('.', pos), key.size());
      part = key.substr(pos, end - pos);
    }
    if (part.empty()) return bad_key(key);
    path.push_back(std::move(part));
    if (end >= key.size()) return path;
    if (key[end] != '.') return bad_key(key);
    pos = end + 1;
  }
}

Result<std::string> read_target(const App& app, const Target& target) {
  const std::string path = app.path(target.path);
  const bool missing_globals =
      target.file == ParamsFile::kGlobals && app.files().kind(path) == PathKind::kMissing;
  if (missing_globals) return std::string(kEnvironmentGlobals);
  return app.files().read(path);
}

}  // namespace

Result<std::string> decode_parameter(std::string_view text, bool as_string) {
  if (as_string || text.empty()) return jsonnet_quote(text);
  if (text == "true" || text == "false") return std::string(text);
  if (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) {
    const bool number = text[0] != ' ' && parse_json(text, "value").ok();
    return number && trim(text) == text ? std::string(text) : jsonnet_quote(text);
  }
  if (text[0] != '[' && text[0] != '{') return jsonnet_quote(text);
  JsonnetRequest request;
  request.path = "value";
  request.source = text;
  const Result<Json> value = jsonnet_evaluator().evaluate(request);
  if (value.ok()) return std::string(trim(text));
  Error error = value.error();
  error.kind = ErrorKind::kUsage;
  error.hint = "--as-string takes it as text";
  return error;
}

Result<std::vector<ParameterValue>> list_parameters(const App& app, const ParameterScope& scope) {
  Environment environment;
  if (!scope.environment.empty()) {
    KF_TRY(environment, app.environment(scope.environment));
  }
  LayerQuery query;
  KF_TRY(query.modules, list_modules(app));
  if (!scope.module.empty()) KF_DO(find_module(app, scope.module));
  if (!scope.component.empty()) {
    KF_DO(find_component(app, scope.component));
    query.components = {scope.component};
  }
  AppImporter importer(app, no_packages(), environment, {});
  KF_TRY(const LayeredParams layers, layered_params(app, importer, environment, query));
  std::vector<ParameterValue> out;
  for (const auto& [component, values] : layers.values.members()) {
    const size_t dot = component.rfind('.');
    const std::string module = dot == std::string::npos ? "/" : component.substr(0, dot);
    if (!values.is_object() || (!scope.module.empty() && module != scope.module)) continue;
    for (const auto& [name, value] : values.members()) out.push_back({component, name, value});
  }
  return out;
}

Status set_parameter(App& app, const ParameterScope& scope, std::string_view key,
                     std::string_view text, bool as_string) {
  KF_TRY(const Target target, find_target(app, scope));
  KF_TRY(const Path parts, split_key(key));
  KF_TRY(const std::string literal, decode_parameter(text, as_string));
  KF_TRY(const std::string before, read_target(app, target));
  Path path = target.begin;
  path.insert(path.end(), parts.begin(), parts.end());
  const std::string file = app.path(target.path);
  KF_TRY(const std::string after, set_field({target.file, before, file, path}, literal));
  if (after == before) return Ok{};
  KF_DO(check_edit(app, scope.environment, {target.path, after, path, literal}));
  return app.files().write(file, after);
}

Status delete_parameter(App& app, const ParameterScope& scope, std::string_view key) {
  KF_TRY(const Target target, find_target(app, scope));
  KF_TRY(const Path parts, split_key(key));
  KF_TRY(const std::string before, read_target(app, target));
  Path path = target.begin;
  path.insert(path.end(), parts.begin(), parts.end());
  const std::string file = app.path(target.path);
  KF_TRY(const std::string after, remove_field({target.file, before, file, path}));
  if (after == before) {
    return usage_error("parameter '" + std::string(key) + "' is not set in " + file,
                       "kfctl param list shows what is set");
  }
  KF_DO(check_edit(app, scope.environment, {target.path, after, {}, ""}));
  return app.files().write(file, after);
}

}  // namespace kfctl
