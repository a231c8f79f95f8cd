// A ksonnet app on disk: its root, its configuration, its modules and components.
//
//     app.yaml  [app.override.yaml]  [.ks_environment]
//     components/params.libsonnet  components/web.jsonnet  components/db/params.libsonnet  ...
//     environments/base.libsonnet
//     environments/<env>/{main.jsonnet,params.libsonnet,globals.libsonnet} lib/
//     vendor/<registry>/<package>[@<version>]/
//
// Paths in messages start at the root as it was found ("components/web.jsonnet", or
// "../components/web.jsonnet" from a folder below). Every function that changes an app changes all
// of it or, on error, nothing. An App belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/files_below.h"
#include "base/result.h"
#include "templates/app/app_config.h"

namespace kfctl {

class App {
 public:
  /// The app that `directory` ("." for the working directory) lies in: the nearest folder from
  /// there upwards that holds app.yaml. `files` must outlive the App, which changes nothing with
  /// them that does not lie below its root.
  /// Errors: kUsage if there is none; kProject if app.yaml is wrong; kDisk.
  static Result<App> open(Files& files, const std::string& directory);

  /// The disk; changes out of the root are refused.
  FilesBelow& files() const { return *files_; }
  const std::string& root() const { return root_; }
  const AppConfig& config() const { return config_; }

  /// A path below the root, as messages show it.
  std::string path(std::string_view below) const { return join_path(root_, below); }

  /// Errors: kUsage with the near word, or with what to do if the app has none.
  Result<Environment> environment(std::string_view name) const;

  /// Writes app.yaml (and app.override.yaml) as `config` says, together with `others`, and keeps
  /// it.
  Status write(const AppConfig& config, std::vector<FileWrite> others = {});

 private:
  App(Files& files, std::string root, AppConfig config);

  std::shared_ptr<FilesBelow> files_;
  std::string root_;
  AppConfig config_;
};

struct InitOptions {
  std::string root;  // the folder of the new app; made if missing
  std::string name;  // usually the folder's name
  /// The first environment. With neither server nor context nor directory set its destination is
  /// the directory "manifests/<environment>". An empty name means no environment.
  Environment environment{"default", "default", "v1.34.0", {}, {}, {}, false};
};

/// Makes an app: app.yaml, .gitignore, components/, environments/ as `ks init` writes them.
/// Errors: kUsage if the folder already has one of these files or the name is not usable; kDisk.
Status init_app(Files& files, const InitOptions& options);

/// Adds an environment and its folder. An empty `path` means its name; an empty
/// kubernetes_version "v1.34.0". Errors: kUsage if it exists or the name is bad (letters, digits,
/// '-', '_', '.', with '/' between parts); kDisk.
Status add_environment(App& app, Environment environment, bool in_override = false);

struct EnvironmentChange {
  const std::string* name = nullptr;  // each nullptr: stays as it is
  const std::string* server = nullptr;
  const std::string* context = nullptr;
  const std::string* name_space = nullptr;
  const std::string* directory = nullptr;
  const std::string* kubernetes_version = nullptr;
};

/// Changes what `change` names; a new name moves the folder. Setting server, context or directory
/// clears the other two. Errors: kUsage for an unknown environment or a taken or bad name; kDisk.
Status set_environment(App& app, std::string_view name, const EnvironmentChange& change,
                       bool in_override = false);

/// Replaces the list of modules that the environment deploys. Errors: kUsage for an unknown
/// environment or module (with the near word).
Status set_targets(App& app, std::string_view name, const std::vector<std::string>& modules,
                   bool in_override = false);

/// Removes an environment from app.yaml and its folder (with parents that become empty) from the
/// disk; with `in_override` only its entry in app.override.yaml. What it deployed stays where it
/// is. Errors: kUsage if there is none; kDisk.
Status remove_environment(App& app, std::string_view name, bool in_override = false);

/// The environment that commands take when none is named; "" if none is set. Errors: kUsage if
/// .ks_environment names one that does not exist; kDisk.
Result<std::string> current_environment(const App& app);
/// Sets it, or with "" unsets it. Errors: kUsage for an unknown environment; kDisk.
Status set_current_environment(App& app, std::string_view name);

struct Module {
  std::string name;       // "/" for the root, "a.b" for components/a/b
  std::string directory;  // "components/a/b", below the app's root
};

/// All modules (folders with a params.libsonnet), the root first, then by name. Errors: kDisk.
Result<std::vector<Module>> list_modules(const App& app);

/// Errors: kUsage with the near word; kDisk.
Result<Module> find_module(const App& app, std::string_view name);

/// Makes the folder and params.libsonnet of "a.b" (and of "a" if that is none yet).
/// Errors: kUsage if it exists or the name is bad; kDisk.
Status create_module(App& app, std::string_view name);

enum class ComponentType { kJsonnet, kYaml, kJson };
/// "jsonnet", "yaml", "json".
std::string_view component_type_name(ComponentType type);

struct Component {
  std::string name;       // within its module: "redis"
  std::string module;     // "/" or "db"
  std::string full_name;  // "web" in the root module, else "db.redis"; what -c and labels use
  std::string path;       // "components/db/redis.jsonnet", below the app's root
  ComponentType type = ComponentType::kJsonnet;
};

/// The components of a module, or with "" of all modules, by module and name.
/// Errors: kUsage for an unknown module; kProject if two files make one component; kDisk.
Result<std::vector<Component>> list_components(const App& app, std::string_view module = "");

/// Errors: kUsage with the near word.
Result<Component> find_component(const App& app, std::string_view full_name);

/// Removes a component's file, its parameters in its module and in all environments.
/// Errors: kUsage for an unknown component; kProject if a parameter file is too unusual to edit;
/// kDisk.
Status remove_component(App& app, std::string_view full_name);

}  // namespace kfctl
