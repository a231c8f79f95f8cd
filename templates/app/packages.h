// What rendering and prototypes need to know of packages: their files and their prototypes. The
// packages themselves are the registry room's; it implements this.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "templates/prototype/prototype.h"

namespace kfctl {

class PackageSource {
 public:
  virtual ~PackageSource() = default;

  /// The text of "registry/package/file", such as "kubeflow/webapp/webapp.libsonnet", if there is
  /// such a file. The view is valid as long as this source. May be called by several threads.
  virtual std::optional<std::string_view> find(std::string_view path) const = 0;

  /// All prototypes, sorted by name. Errors: kProject if one of them has a bad header.
  virtual Result<std::vector<Prototype>> prototypes() const = 0;
};

}  // namespace kfctl
