// The environments that one command names: each rendered and opened before any is worked on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/args.h"
#include "cli/console.h"
#include "cli/target.h"
#include "cli/world.h"

namespace kfctl {

struct OpenEnvironment {
  std::string name;
  std::unique_ptr<Deployment> deployment;  // nullptr if it could not be rendered
  std::unique_ptr<Target> target;          // nullptr before open_targets, and where that failed
  std::optional<Error> error;              // why not

  /// For messages: "'prod', cluster https://10.0.0.1:6443, namespace ml". REQUIRES: target.
  std::string text() const { return "'" + name + "', " + target->describe(); }
};

/// Renders the environments that the words name, in their order, or without any the one that
/// choose_environment takes. One that cannot be rendered carries its error.
/// Errors: as open_app and choose_environment; kUsage for a name that is there twice.
Result<std::vector<OpenEnvironment>> load_environments(const Args& args, Console& console,
                                                       const World& world);

/// Opens the target of each that was rendered: this is where an environment that belongs to
/// another cluster is refused. `environments` must not move after it.
void open_targets(std::vector<OpenEnvironment>& environments, const Args& args, World& world);

/// For commands that change something: if one of the environments cannot be worked on, none is.
/// Tells all errors and gives the exit code, or nothing if all are well.
std::optional<int> refuse_if_any_failed(const std::vector<OpenEnvironment>& environments,
                                        Console& console);

/// True if the two have an object of one place (server or directory) in common, so that changing
/// both at once would leave it to chance what becomes of it. REQUIRES: both have a target.
bool share_objects(const OpenEnvironment& a, const OpenEnvironment& b);

}  // namespace kfctl
