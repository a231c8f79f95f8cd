#include "registry/builtin.h"

#include <algorithm>

#include "base/embedded.h"
#include "base/yaml.h"

namespace kfctl {

extern const EmbeddedFile kPackageFiles[];
extern const size_t kPackageFiles_count;

namespace {

std::span<const EmbeddedFile> embedded_files() { return {kPackageFiles, kPackageFiles_count}; }

std::string shown_path(std::string_view path) {
  return std::string(kBuiltinRegistry) + "/" + std::string(path);
}

// "webapp/prototypes/webapp.jsonnet", at any depth below prototypes/.
bool is_prototype(std::string_view path) {
  const size_t slash = path.find('/');
  return slash != std::string_view::npos && path.substr(slash).starts_with("/prototypes/") &&
         path.ends_with(".jsonnet");
}

}  // namespace

std::optional<std::string_view> BuiltinRegistry::find(std::string_view path) const {
  if (!path.starts_with(kBuiltinRegistry)) return std::nullopt;
  path.remove_prefix(kBuiltinRegistry.size());
  if (!path.starts_with('/')) return std::nullopt;
  const EmbeddedFile* file = find_embedded(embedded_files(), path.substr(1));
  if (file == nullptr) return std::nullopt;
  return file->text;
}

Result<std::vector<Prototype>> BuiltinRegistry::prototypes() const {
  std::vector<Prototype> prototypes;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!is_prototype(file.path)) continue;
    KF_TRY(Prototype prototype, parse_prototype(file.text, shown_path(file.path)));
    prototypes.push_back(std::move(prototype));
  }
  std::sort(prototypes.begin(), prototypes.end(),
            [](const Prototype& a, const Prototype& b) { return a.name < b.name; });
  return prototypes;
}

Result<std::vector<Package>> BuiltinRegistry::packages() const {
  std::vector<Package> packages;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.ends_with("/parts.yaml")) continue;
    KF_TRY(Package package, parse_parts(file.text, shown_path(file.path), kBuiltinRegistry));
    packages.push_back(std::move(package));
  }
  return packages;
}

const BuiltinRegistry& builtin_registry() {
  static const BuiltinRegistry registry;
  return registry;
}

}  // namespace kfctl
