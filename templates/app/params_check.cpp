#include "templates/app/params_check.h"

#include <utility>

#include "base/text.h"
#include "templates/app/param_layers.h"
#include "templates/jsonnet/natives.h"

namespace kfctl {
namespace {

// Ends the path of the new text, so that its relative imports are those of the file.
constexpr std::string_view kEdited = ".edited";

class NoPackages : public PackageSource {
 public:
  std::optional<std::string_view> find(std::string_view) const override { return std::nullopt; }
  Result<std::vector<Prototype>> prototypes() const override { return std::vector<Prototype>(); }
};

Result<Json> evaluate(const App& app, const Environment& environment, const EditCheck& check,
                      const std::string& source) {
  AppImporter importer(app, no_packages(), environment, {});
  importer.replace(app.path(check.path + std::string(kEdited)), check.text);
  // Globals win over what is written in an environment's params.libsonnet: look below them.
  if (!environment.name.empty()) {
    importer.replace(app.path("environments/" + environment.path + "/globals.libsonnet"), "{}");
  }
  KF_TRY(const std::vector<Module> modules, list_modules(app));
  JsonnetRequest request;
  request.path = "<check>";
  request.source = source;
  request.importer = &importer;
  request.natives = standard_natives();
  request.external = {{"__ksonnet/environments", environment_code(environment), true},
                      {"__ksonnet/params", layers_below_environment(modules), true}};
  return jsonnet_evaluator().evaluate(request);
}

std::string import_code(const std::string& path) {
  return "(import " + json_quote(std::string(kRootImport) + path) + ")";
}

}  // namespace

const PackageSource& no_packages() {
  static const NoPackages source;
  return source;
}

Status check_edit(const App& app, const std::string& environment_name, const EditCheck& check) {
  Environment environment;
  if (!environment_name.empty()) {
    KF_TRY(environment, app.environment(environment_name));
  }
  const std::string edited = import_code(check.path + std::string(kEdited));
  std::string got = edited;
  for (const std::string& part : check.field) got += "[" + json_quote(part) + "]";
  if (check.field.empty()) got = "std.type(" + got + ")";
  const std::string want = check.literal.empty() ? "null" : check.literal;
  // No other component may have lost its parameters to the edit.
  std::string lost = "[]";
  if (check.field.size() > 1 && check.field[0] == "components") {
    lost = "std.setDiff(std.objectFields(" + import_code(check.path) +
           ".components), std.objectFields(" + edited + ".components))";
  }
  const Result<Json> result =
      evaluate(app, environment, check,
               "{ got: " + got + ",\nlost: " + lost + ",\nwant: (" + want + "\n) }");
  const bool good =
      result.ok() && result.value().find("lost")->items().empty() &&
      (check.field.empty() || *result.value().find("got") == *result.value().find("want"));
  if (good) return Ok{};
  if (app.files().is_file(app.path(check.path))) {
    KF_DO(evaluate(app, environment, check, "std.type(" + import_code(check.path) + ")"));
  }
  std::string message = app.path(check.path) + ": kfctl cannot edit this file safely";
  if (!result.ok()) message += ": " + result.error().message;
  return project_error(std::move(message),
                       check.field.empty()
                           ? "edit it by hand"
                           : "by hand, set " + join(check.field, ".") + " to " + check.literal);
}

}  // namespace kfctl
