// A component from a prototype.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "templates/app/app.h"
#include "templates/app/packages.h"

namespace kfctl {

struct GenerateOptions {
  std::string component;      // "web", or "db.redis" for module db; any depth
  std::string module;         // instead of a prefix in `component`; "" takes the prefix
  ParameterTexts parameters;  // as typed: {"image", "nginx"}
  /// A jsonnet object of parameters, which win over `parameters`; "" for none. The path is for
  /// messages and relative imports.
  std::string values;
  std::string values_path;
};

/// The text of the component's file, as generate_component would write it.
/// Errors: kUsage for an unknown prototype or parameter, or one that is missing; kProject for bad
/// values.
Result<std::string> preview_prototype(const PackageSource& packages, std::string_view prototype,
                                      const GenerateOptions& options);

/// Writes components/<module>/<name>.jsonnet and appends the parameters to the module's
/// params.libsonnet. Gives back the new component. Errors: as above, and kUsage if the component
/// exists or its module does not; kProject if params.libsonnet cannot be edited; kDisk.
Result<Component> generate_component(App& app, const PackageSource& packages,
                                     std::string_view prototype, const GenerateOptions& options);

}  // namespace kfctl
