#include <utility>
#include <vector>

#include "templates/app/app.h"
#include "templates/app/params_check.h"
#include "templates/app/params_editor.h"

namespace kfctl {

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
