// From an app and an environment to Kubernetes objects: ksonnet's pipeline with these differences.
// Component files are imported under their own paths, so that errors name the user's lines; with a
// selection only the selected components are evaluated; all documents of a YAML file count; globals
// are not merged into YAML components.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "templates/app/app.h"
#include "templates/app/packages.h"
#include "templates/jsonnet/evaluator.h"

namespace kfctl {

struct RenderOptions {
  std::vector<std::string> components;    // full names; none means all of the targets
  std::string name_space;                 // instead of the environment's, unless empty
  std::vector<JsonnetVariable> external;  // -V and --ext-code
  std::vector<JsonnetVariable>
      arguments;  // -A and --tla-code, for a main.jsonnet that is a function
  std::vector<std::string> library_paths;  // -J, searched after all others, the last one first
  int max_stack = 500;
  // As in JsonnetRequest.
  std::function<void(std::string_view line)> on_trace;
  std::function<int()> threads;
  std::function<size_t()> memory;
  std::string cache_directory;
  Profile* profile = nullptr;
};

/// The objects of an environment in the order of `show`, each with the label ksonnet.io/component
/// and, unless it is known to be cluster-wide, a namespace: its own or the environment's.
/// Errors: kUsage for an unknown environment or component; kProject with the place of a mistake:
/// in jsonnet, a value that is no object (component and path within its result), two objects of
/// one identity (both files); kDisk.
Result<std::vector<Json>> render_environment(const App& app, const PackageSource& packages,
                                             std::string_view environment,
                                             const RenderOptions& options = {});

}  // namespace kfctl
