// The registry that is compiled into the binary: registry/packages as it was when kfctl was built.
// It needs no network and no files, so a fresh app can use its packages at once.
#pragma once

#include <string>
#include <vector>

#include "registry/package.h"
#include "templates/app/packages.h"

namespace kfctl {

/// What components call it: import 'kubeflow/webapp/webapp.libsonnet'.
inline constexpr std::string_view kBuiltinRegistry = "kubeflow";

class BuiltinRegistry : public PackageSource {
 public:
  std::optional<std::string_view> find(std::string_view path) const override;
  Result<std::vector<Prototype>> prototypes() const override;

  /// Its packages, sorted by name. Errors: kProject if a parts.yaml is bad.
  Result<std::vector<Package>> packages() const;
};

/// The one there is; it holds no state of its own.
const BuiltinRegistry& builtin_registry();

}  // namespace kfctl
