// Where the jsonnet of an app finds its imports.
//
// A path is looked for, in this order: beside the importing file; in the folders of the target
// modules; among packages that app.yaml pins to a version (vendor/<registry>/<package>@<version>);
// in lib/ksonnet-lib/<version>, lib, vendor, environments/<environment>, environments; in the
// folders given with -J, the last one first; in the built-in packages and the libraries that ship
// with kfctl. So what a user has vendored wins over what is built in.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "templates/app/app.h"
#include "templates/app/packages.h"
#include "templates/jsonnet/evaluator.h"
#include "templates/jsonnet/text_store.h"

namespace kfctl {

/// Begins the path of an import that our own code makes of a file of the app:
/// "<root>/components/web.jsonnet".
inline constexpr std::string_view kRootImport = "<root>/";

/// Begins the resolved path of what is not a file of the user.
inline constexpr std::string_view kBuiltinImport = "<kfctl>/";

/// What an old environment's import of components/params.libsonnet resolves to.
inline constexpr std::string_view kLayersBelow = "<kfctl>/params-below-environments";

class AppImporter : public Importer {
 public:
  /// `app` and `packages` must outlive the importer and be safe for several threads. An environment
  /// with an empty name: none. `libraries` are the folders of -J.
  AppImporter(const App& app, const PackageSource& packages, const Environment& environment,
              const std::vector<std::string>& libraries);

  /// Makes loading of `resolved` give `text` instead of what is on the disk. Call before the
  /// importer is used.
  void replace(const std::string& resolved, std::string text);

  Result<std::string> resolve(const std::string& directory, const std::string& path) override;
  Result<std::shared_ptr<const std::string>> load(const std::string& resolved) override;

 private:
  Result<std::string> read(const std::string& resolved) const;
  bool exists(const std::string& path) const;
  std::string find_builtin(const std::string& path) const;
  std::string pinned_path(std::string_view path) const;

  const App& app_;
  const PackageSource& packages_;
  Environment environment_;
  std::vector<std::string> folders_;  // searched in this order, without a trailing '/'
  std::map<std::string, std::shared_ptr<const std::string>> replaced_;
  TextStore texts_;
};

}  // namespace kfctl
