#include "templates/app/app.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "templates/app/app_files.h"

namespace kfctl {
namespace {

constexpr std::string_view kCurrentFile = ".ks_environment";
constexpr int kMaxLevels = 128;  // folders above the working directory that may hold app.yaml

// The folder above, for absolute and relative paths alike.
std::string folder_above(const std::string& directory) {
  if (directory.starts_with('/')) return parent_path(directory);
  return normal_path(join_path(directory, ".."));
}

std::vector<std::string> environment_names(const AppConfig& config) {
  std::vector<std::string> names;
  for (const Environment& environment : config.environments()) names.push_back(environment.name);
  return names;
}

Result<AppConfig> read_config(const Files& files, const std::string& root) {
  const std::string path = join_path(root, "app.yaml");
  const std::string override_path = join_path(root, "app.override.yaml");
  KF_TRY(const std::string text, files.read(path));
  std::string override_text;
  if (files.is_file(override_path)) {
    KF_TRY(override_text, files.read(override_path));
  }
  return AppConfig::parse(text, path, override_text, override_path);
}

// Writes files that belong together; on an error, folders and files that were not there before are
// taken away again.
Status write_or_undo(Files& files, const std::vector<FileWrite>& writes) {
  std::vector<std::string> made;  // parents before children
  for (const FileWrite& write : writes) {
    if (files.kind(write.path) == PathKind::kMissing) made.push_back(write.path);
    for (std::string above = parent_path(write.path);
         files.kind(above) == PathKind::kMissing && above != "."; above = parent_path(above)) {
      made.push_back(above);
    }
  }
  Status status = files.write_all(writes);
  if (status.ok()) return status;
  std::sort(made.begin(), made.end());
  made.erase(std::unique(made.begin(), made.end()), made.end());
  for (auto path = made.rbegin(); path != made.rend(); ++path) (void)files.remove(*path);
  return status;
}

// Removes folders from `directory` up to `stop` (which stays) as long as they are empty.
void remove_empty_above(Files& files, std::string directory, const std::string& stop) {
  while (directory != stop && directory.size() > stop.size()) {
    const Result<std::vector<std::string>> names = files.list(directory);
    if (!names.ok() || !names.value().empty() || !files.remove(directory).ok()) return;
    directory = parent_path(directory);
  }
}

// True if `path` is the folder of one of `environments` or lies in it.
bool belongs_to(const std::vector<Environment>& environments, const std::string& path) {
  return std::any_of(environments.begin(), environments.end(), [&path](const Environment& e) {
    return path == e.path || path.starts_with(e.path + "/");
  });
}

std::string environment_folder(const App& app, const Environment& environment) {
  return app.path(join_path("environments", environment.path));
}

// Environments other than `name` whose folders lie below its folder.
std::vector<Environment> nested_in(const AppConfig& config, const Environment& outer) {
  std::vector<Environment> nested;
  for (const Environment& environment : config.environments()) {
    if (environment.path.starts_with(outer.path + "/")) nested.push_back(environment);
  }
  return nested;
}

Status remove_environment_folder(App& app, const Environment& environment,
                                 const std::vector<Environment>& nested) {
  const std::string folder = environment_folder(app, environment);
  KF_TRY(const std::vector<std::string> paths, list_tree(app.files(), folder));
  for (const std::string& path : paths) {
    if (belongs_to(nested, join_path(environment.path, path))) continue;
    KF_DO(app.files().remove(join_path(folder, path)));
    remove_empty_above(app.files(), parent_path(join_path(folder, path)), folder);
  }
  remove_empty_above(app.files(), folder, app.path("environments"));
  return Ok{};
}

std::vector<FileWrite> environment_files(const std::string& folder) {
  return {{join_path(folder, "main.jsonnet"), std::string(kEnvironmentMain)},
          {join_path(folder, "params.libsonnet"), std::string(kEnvironmentParams)},
          {join_path(folder, "globals.libsonnet"), std::string(kEnvironmentGlobals)}};
}

Status check_new_environment(const AppConfig& config, const Environment& environment) {
  KF_DO(check_path_name(environment.name, "an environment's name", '/'));
  if (config.find_environment(environment.name) != nullptr) {
    return usage_error("environment '" + environment.name + "' already exists",
                       "kfctl env set " + environment.name + " changes it");
  }
  return Ok{};
}

}  // namespace

App::App(Files& files, std::string root, AppConfig config)
    : files_(std::make_shared<FilesBelow>(files, root)),
      root_(std::move(root)),
      config_(std::move(config)) {}

Result<App> App::open(Files& files, const std::string& directory) {
  std::string root = normal_path(directory.empty() ? "." : directory);
  for (int level = 0; level < kMaxLevels; ++level) {
    if (files.is_file(join_path(root, "app.yaml"))) {
      KF_TRY(AppConfig config, read_config(files, root));
      return App(files, std::move(root), std::move(config));
    }
    const std::string above = folder_above(root);
    if (above == root || !files.is_directory(above)) break;
    root = above;
  }
  return usage_error("no app in " + (directory == "." ? "this folder" : directory) +
                         " or the folders above it: there is no app.yaml",
                     "kfctl init NAME makes one; --dir names the folder of another");
}

Result<Environment> App::environment(std::string_view name) const {
  if (const Environment* found = config_.find_environment(name)) return *found;
  const std::vector<std::string> names = environment_names(config_);
  const std::string all =
      names.empty() ? "kfctl env add NAME makes one" : "this app has " + join(names, ", ");
  return usage_error("unknown environment '" + std::string(name) + "'",
                     did_you_mean(name, names, all));
}

Status App::write(const AppConfig& config, std::vector<FileWrite> others) {
  const std::string override_path = path("app.override.yaml");
  const std::string override_text = config.override_text();
  if (!override_text.empty()) others.push_back({override_path, override_text});
  others.push_back({path("app.yaml"), config.text()});
  KF_DO(write_or_undo(*files_, others));
  if (override_text.empty() && files_->is_file(override_path)) {
    KF_DO(files_->remove(override_path));
  }
  config_ = config;
  return Ok{};
}

Status init_app(Files& files, const InitOptions& options) {
  KF_DO(check_name(options.name, "an app's name", true));
  AppConfig config = AppConfig::make(options.name);
  const auto at = [&options](std::string_view below) { return join_path(options.root, below); };
  std::vector<FileWrite> writes = {
      {at(".gitignore"), std::string(kGitIgnore)},
      {at("components/params.libsonnet"), std::string(kModuleParams)},
      {at("environments/base.libsonnet"), std::string(kBaseLibsonnet)}};
  Environment first = options.environment;
  if (!first.name.empty()) {
    if (first.path.empty() || options.environment.path == "default") first.path = first.name;
    Destination& to = first.destination;
    if (to.server.empty() && to.context.empty() && to.directory.empty()) {
      to.directory = "manifests/" + first.name;
    }
    KF_DO(check_new_environment(config, first));
    config.put_environment(first, false);
    for (FileWrite& write : environment_files(at(join_path("environments", first.path)))) {
      writes.push_back(std::move(write));
    }
  }
  writes.push_back({at("app.yaml"), config.text()});
  for (const FileWrite& write : writes) {
    if (write.path == at(".gitignore")) continue;
    if (files.kind(write.path) != PathKind::kMissing) {
      return usage_error(write.path + " already exists", "kfctl init makes a new app only");
    }
  }
  // The rules of a repository that the app is made in are its owner's.
  if (files.kind(at(".gitignore")) != PathKind::kMissing) writes.erase(writes.begin());
  return write_or_undo(files, writes);
}

Status add_environment(App& app, Environment environment, bool in_override) {
  if (environment.path.empty()) environment.path = environment.name;
  if (environment.kubernetes_version.empty()) environment.kubernetes_version = "v1.34.0";
  KF_DO(check_new_environment(app.config(), environment));
  for (const std::string& target : environment.targets) KF_DO(find_module(app, target));
  AppConfig config = app.config();
  config.put_environment(environment, in_override);
  std::vector<FileWrite> writes;
  for (FileWrite& write : environment_files(environment_folder(app, environment))) {
    if (app.files().kind(write.path) == PathKind::kMissing) writes.push_back(std::move(write));
  }
  return app.write(config, std::move(writes));
}

Status set_environment(App& app, std::string_view name, const EnvironmentChange& change,
                       bool in_override) {
  KF_TRY(const Environment before, app.environment(name));
  Environment after = before;
  const bool moves_target = change.server || change.context || change.directory;
  if (moves_target) after.destination = {"", "", before.destination.name_space, ""};
  if (change.server) after.destination.server = *change.server;
  if (change.context) after.destination.context = *change.context;
  if (change.directory) after.destination.directory = *change.directory;
  if (change.name_space) after.destination.name_space = *change.name_space;
  if (change.kubernetes_version) after.kubernetes_version = *change.kubernetes_version;
  AppConfig config = app.config();
  const bool renames = change.name != nullptr && *change.name != before.name;
  if (!renames) {
    config.put_environment(after, in_override || before.overridden);
    return app.write(config);
  }
  after.name = after.path = *change.name;
  KF_DO(check_new_environment(config, after));
  if (!nested_in(config, before).empty()) {
    return usage_error(
        "the folder of environment '" + before.name + "' holds those of other environments",
        "rename these first");
  }
  KF_TRY(const std::string current, current_environment(app));
  config.rename_environment(before.name, after.name);
  config.put_environment(after, in_override || before.overridden);
  const std::string from = environment_folder(app, before), to = environment_folder(app, after);
  KF_DO(app.files().make_directory(parent_path(to)));
  KF_DO(app.files().rename(from, to));
  std::vector<FileWrite> writes;
  if (current == before.name) writes.push_back({app.path(kCurrentFile), after.name});
  Status status = app.write(config, std::move(writes));
  if (!status.ok()) {
    (void)app.files().rename(to, from);
    return status;
  }
  remove_empty_above(app.files(), parent_path(from), app.path("environments"));
  return Ok{};
}

Status set_targets(App& app, std::string_view name, const std::vector<std::string>& modules,
                   bool in_override) {
  KF_TRY(Environment environment, app.environment(name));
  for (const std::string& module : modules) KF_DO(find_module(app, module));
  environment.targets = modules;
  AppConfig config = app.config();
  config.put_environment(environment, in_override || environment.overridden);
  return app.write(config);
}

Status remove_environment(App& app, std::string_view name, bool in_override) {
  KF_TRY(const Environment environment, app.environment(name));
  AppConfig config = app.config();
  if (!config.erase_environment(name, in_override)) {
    return usage_error("environment '" + std::string(name) + "' is not in app." +
                           (in_override ? "override.yaml" : "yaml"),
                       in_override ? "" : "--override removes it from app.override.yaml");
  }
  KF_TRY(const std::string current, current_environment(app));
  KF_DO(app.files().check(environment_folder(app, environment)));
  KF_DO(app.write(config));
  if (config.find_environment(name) != nullptr) return Ok{};  // the other file still has it
  if (current == name) KF_DO(app.files().remove(app.path(kCurrentFile)));
  return remove_environment_folder(app, environment, nested_in(config, environment));
}

Result<std::string> current_environment(const App& app) {
  const std::string path = app.path(kCurrentFile);
  if (!app.files().is_file(path)) return std::string();
  KF_TRY(const std::string text, app.files().read(path));
  const std::string name(trim(text));
  if (!name.empty() && app.config().find_environment(name) == nullptr) {
    return usage_error("the current environment '" + name + "' does not exist",
                       "kfctl env current --unset, or --set NAME");
  }
  return name;
}

Status set_current_environment(App& app, std::string_view name) {
  const std::string path = app.path(kCurrentFile);
  if (name.empty()) return app.files().remove(path);
  KF_DO(app.environment(name));
  return app.files().write(path, std::string(name));
}

}  // namespace kfctl
