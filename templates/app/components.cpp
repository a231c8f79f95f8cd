// Modules and components: what lies below components/.
#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "templates/app/app.h"
#include "templates/app/app_files.h"

namespace kfctl {
namespace {

constexpr std::string_view kParamsFile = "params.libsonnet";

struct Extension {
  std::string_view suffix;
  ComponentType type;
};

constexpr Extension kExtensions[] = {{".jsonnet", ComponentType::kJsonnet},
                                     {".yaml", ComponentType::kYaml},
                                     {".yml", ComponentType::kYaml},
                                     {".json", ComponentType::kJson}};

std::string module_directory(std::string_view name) {
  if (name == "/") return "components";
  std::string below(name);
  std::replace(below.begin(), below.end(), '.', '/');
  return "components/" + below;
}

std::string module_of(std::string_view directory_below_components) {
  if (directory_below_components == ".") return "/";
  std::string name(directory_below_components);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

Status list_one(const App& app, const Module& module, std::vector<Component>& out) {
  if (!app.files().is_directory(app.path(module.directory))) return Ok{};
  KF_TRY(const std::vector<std::string> names, app.files().list(app.path(module.directory)));
  std::map<std::string, std::string> seen;
  for (const std::string& file : names) {
    for (const Extension& extension : kExtensions) {
      if (!file.ends_with(extension.suffix) || file.starts_with('.')) continue;
      const std::string path = join_path(module.directory, file);
      if (!app.files().is_file(app.path(path))) continue;
      const std::string name = file.substr(0, file.size() - extension.suffix.size());
      const auto [twin, fresh] = seen.emplace(name, path);
      if (!fresh) {
        return project_error(app.path(twin->second) + " and " + app.path(path) +
                                 " are two files of one component '" + name + "'",
                             "rename or remove one of them");
      }
      const std::string full = module.name == "/" ? name : module.name + "." + name;
      out.push_back({name, module.name, full, path, extension.type});
    }
  }
  return Ok{};
}

}  // namespace

Status check_name(std::string_view name, std::string_view what, bool dots) {
  const auto letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const bool good = !name.empty() && letter_or_digit(name[0]) &&
                    std::all_of(name.begin(), name.end(), [&](char c) {
                      return letter_or_digit(c) || c == '-' || c == '_' || (dots && c == '.');
                    });
  if (good) return Ok{};
  return usage_error(std::string(what) + " cannot be '" + std::string(name) + "'",
                     dots ? "use letters, digits, '-', '_' and '.', a letter or digit first"
                          : "use letters, digits, '-' and '_', a letter or digit first");
}

Status check_path_name(std::string_view name, std::string_view what, char separator) {
  for (const std::string_view part : split(name, separator)) {
    if (!check_name(part, what, separator != '.').ok()) {
      return usage_error(
          std::string(what) + " cannot be '" + std::string(name) + "'",
          std::string("use letters, digits, '-' and '_', with '") + separator + "' between parts");
    }
  }
  return Ok{};
}

Result<std::vector<Module>> list_modules(const App& app) {
  std::vector<Module> modules;
  if (app.files().is_directory(app.path("components"))) modules.push_back({"/", "components"});
  KF_TRY(const std::vector<std::string> paths, list_tree(app.files(), app.path("components")));
  for (const std::string& path : paths) {
    if (base_name(path) != kParamsFile || parent_path(path) == ".") continue;
    const std::string directory = parent_path(path);
    modules.push_back({module_of(directory), join_path("components", directory)});
  }
  std::sort(modules.begin(), modules.end(), [](const Module& a, const Module& b) {
    return std::pair(a.name != "/", a.name) < std::pair(b.name != "/", b.name);
  });
  return modules;
}

Result<Module> find_module(const App& app, std::string_view name) {
  KF_TRY(const std::vector<Module> modules, list_modules(app));
  std::vector<std::string> names;
  for (const Module& module : modules) {
    if (module.name == name) return module;
    names.push_back(module.name);
  }
  return usage_error("unknown module '" + std::string(name) + "'",
                     did_you_mean(name, names, "kfctl module create makes one"));
}

Status create_module(App& app, std::string_view name) {
  KF_DO(check_path_name(name, "a module's name", '.'));
  std::vector<FileWrite> writes;
  std::string outer;
  for (const std::string_view part : split(name, '.')) {
    outer += (outer.empty() ? "" : ".") + std::string(part);
    const std::string path = app.path(join_path(module_directory(outer), kParamsFile));
    if (!app.files().is_file(path)) writes.push_back({path, std::string(kModuleParams)});
  }
  const std::string params = app.path(join_path(module_directory(name), kParamsFile));
  if (app.files().is_file(params)) {
    return usage_error("module '" + std::string(name) + "' already exists");
  }
  return app.files().write_all(writes);
}

std::string_view component_type_name(ComponentType type) {
  constexpr std::string_view kNames[] = {"jsonnet", "yaml", "json"};
  return kNames[static_cast<int>(type)];
}

Result<std::vector<Component>> list_components(const App& app, std::string_view module) {
  std::vector<Component> components;
  if (!module.empty()) {
    KF_TRY(const Module found, find_module(app, module));
    KF_DO(list_one(app, found, components));
    return components;
  }
  KF_TRY(const std::vector<Module> modules, list_modules(app));
  for (const Module& each : modules) KF_DO(list_one(app, each, components));
  return components;
}

Result<Component> find_component(const App& app, std::string_view full_name) {
  KF_TRY(const std::vector<Component> components, list_components(app));
  std::vector<std::string> names;
  for (const Component& component : components) {
    if (component.full_name == full_name) return component;
    names.push_back(component.full_name);
  }
  return usage_error("unknown component '" + std::string(full_name) + "'",
                     did_you_mean(full_name, names,
                                  names.empty() ? "kfctl generate PROTOTYPE NAME makes one"
                                                : "this app has " + join(names, ", ")));
}

}  // namespace kfctl
