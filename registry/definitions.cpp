#include "registry/definitions.h"

#include <memory>
#include <optional>
#include <string>

#include "base/files.h"
#include "registry/builtin.h"
#include "templates/jsonnet/text_store.h"
#include "templates/lib/library.h"

namespace kfctl {
namespace {

constexpr std::string_view kFile = "definitions.libsonnet";

// Finds what files of packages import: each other, and the libraries that ship with kfctl.
class PackageImporter : public Importer {
 public:
  Result<std::string> resolve(const std::string& directory, const std::string& path) override {
    for (const std::string& candidate : {normal_path(directory + path), path}) {
      if (find(candidate)) return candidate;
    }
    return project_error("no package has '" + path + "'");
  }

  Result<std::shared_ptr<const std::string>> load(const std::string& resolved) override {
    return texts_.get(resolved, [&] { return Result<std::string>(std::string(*find(resolved))); });
  }

 private:
  static std::optional<std::string_view> find(const std::string& path) {
    const std::optional<std::string_view> text = builtin_registry().find(path);
    return text ? text : find_library_file(path);
  }

  TextStore texts_;
};

}  // namespace

Result<std::vector<Json>> builtin_definitions(const Evaluator& evaluator) {
  std::vector<Json> definitions;
  KF_TRY(const std::vector<Package> packages, builtin_registry().packages());
  for (const Package& package : packages) {
    const std::string path = join_path(join_path(package.registry, package.name), kFile);
    const std::optional<std::string_view> text = builtin_registry().find(path);
    if (!text) continue;
    PackageImporter importer;
    JsonnetRequest request;
    request.path = path;
    request.source = std::string(*text);
    request.importer = &importer;
    KF_TRY(Json found, evaluator.evaluate(request));
    if (!found.is_array()) return project_error(path + ": must be an array of definitions");
    for (Json& definition : found.items()) definitions.push_back(std::move(definition));
  }
  return definitions;
}

}  // namespace kfctl
