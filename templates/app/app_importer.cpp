#include "templates/app/app_importer.h"

#include "base/text.h"
#include "templates/lib/library.h"

namespace kfctl {
namespace {

// What an environment's params.libsonnet of old apps imports; ksonnet took it to mean the layers
// below the environment, not the file.
constexpr std::string_view kLegacyParams = "components/params.libsonnet";

const Library* find_library(const std::vector<Library>& libraries, std::string_view registry,
                            std::string_view name) {
  for (const Library& library : libraries) {
    if (library.registry == registry && library.name == name) return &library;
  }
  return nullptr;
}

}  // namespace

AppImporter::AppImporter(const App& app, const PackageSource& packages,
                         const Environment& environment, const std::vector<std::string>& libraries)
    : app_(app), packages_(packages), environment_(environment) {
  for (const std::string& target : environment.targets) {
    if (target == "/") {
      folders_.push_back(app.path("components"));
      continue;
    }
    std::string folder = "components/" + target;
    for (char& c : folder) c = c == '.' ? '/' : c;
    folders_.push_back(app.path(folder));
  }
  if (environment.targets.empty()) folders_.push_back(app.path("components"));
  if (!environment.kubernetes_version.empty()) {
    folders_.push_back(app.path("lib/ksonnet-lib/" + environment.kubernetes_version));
  }
  folders_.push_back(app.path("lib"));
  folders_.push_back(app.path("vendor"));
  if (!environment.name.empty()) folders_.push_back(app.path("environments/" + environment.path));
  folders_.push_back(app.path("environments"));
  folders_.insert(folders_.end(), libraries.rbegin(), libraries.rend());
  replaced_[std::string(kLayersBelow)] =
      std::make_shared<const std::string>("std.extVar('__ksonnet/params')");
}

void AppImporter::replace(const std::string& resolved, std::string text) {
  replaced_[resolved] = std::make_shared<const std::string>(std::move(text));
}

bool AppImporter::exists(const std::string& path) const {
  return replaced_.contains(path) || app_.files().is_file(path);
}

std::string AppImporter::find_builtin(const std::string& path) const {
  const bool found = packages_.find(path).has_value() || find_library_file(path).has_value();
  return found ? std::string(kBuiltinImport) + path : "";
}

// "registry/package/file" in the folder of the version that app.yaml pins, the environment first.
std::string AppImporter::pinned_path(std::string_view path) const {
  const std::vector<std::string_view> parts = split(path, '/');
  if (parts.size() < 3) return "";
  const Library* library = find_library(environment_.libraries, parts[0], parts[1]);
  if (library == nullptr) library = find_library(app_.config().libraries(), parts[0], parts[1]);
  if (library == nullptr || library->version.empty()) return "";
  const size_t rest = parts[0].size() + parts[1].size() + 2;
  return app_.path("vendor/" + library->registry + "/" + library->name + "@" + library->version +
                   "/" + std::string(path.substr(rest)));
}

Result<std::string> AppImporter::resolve(const std::string& directory, const std::string& path) {
  if (path.starts_with(kRootImport)) return app_.path(path.substr(kRootImport.size()));
  if (directory.starts_with(kBuiltinImport)) {
    const std::string beside = normal_path(directory.substr(kBuiltinImport.size()) + path);
    if (const std::string found = find_builtin(beside); !found.empty()) return found;
  } else {
    const std::string beside = normal_path(join_path(directory, path));
    const bool legacy = beside == normal_path(app_.path(kLegacyParams)) &&
                        normal_path(directory).starts_with(app_.path("environments"));
    if (legacy) return std::string(kLayersBelow);
    if (exists(beside)) return beside;
  }
  const std::string normal = normal_path(path);
  const std::string pinned = pinned_path(normal);
  if (!pinned.empty() && exists(pinned)) return pinned;
  for (const std::string& folder : folders_) {
    const std::string candidate = normal_path(join_path(folder, normal));
    if (exists(candidate)) return candidate;
  }
  if (const std::string found = find_builtin(normal); !found.empty()) return found;
  return project_error(
      "there is no such file beside this one, in lib/, vendor/ or environments/, "
      "nor in a built-in package",
      pinned.empty() ? "" : "app.yaml pins it to " + pinned);
}

Result<std::shared_ptr<const std::string>> AppImporter::load(const std::string& resolved) {
  const auto replaced = replaced_.find(resolved);
  if (replaced != replaced_.end()) return replaced->second;
  return texts_.get(resolved, [&] { return read(resolved); });
}

Result<std::string> AppImporter::read(const std::string& resolved) const {
  if (!resolved.starts_with(kBuiltinImport)) return app_.files().read(resolved);
  const std::string path = resolved.substr(kBuiltinImport.size());
  std::optional<std::string_view> found = packages_.find(path);
  if (!found) found = find_library_file(path);
  if (!found) return internal_error("no built-in file " + path);
  return std::string(*found);
}

}  // namespace kfctl
