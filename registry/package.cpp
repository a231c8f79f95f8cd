#include "registry/package.h"

#include "base/yaml.h"

namespace kfctl {

Result<Package> parse_parts(std::string_view text, std::string_view path,
                            std::string_view registry) {
  KF_TRY(const Json parts, parse_yaml(text, path));
  const std::string where(path);
  if (parts.string_at({"kind"}) != "ksonnet.io/parts") {
    return project_error(where + ": is not a package description",
                         "a parts.yaml has 'kind: ksonnet.io/parts'");
  }
  if (parts.string_at({"apiVersion"}) != "0.0.1") {
    return project_error(where + ": apiVersion '" + std::string(parts.string_at({"apiVersion"})) +
                         "' is not known; kfctl reads 0.0.1");
  }
  if (parts.string_at({"name"}).empty()) return project_error(where + ": the package has no name");
  return Package{std::string(registry), std::string(parts.string_at({"name"})),
                 std::string(parts.string_at({"version"})),
                 std::string(parts.string_at({"description"}))};
}

}  // namespace kfctl
