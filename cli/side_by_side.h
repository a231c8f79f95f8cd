// Several environments worked on at once by one command.
//
// Each has a thread and a Console of its own. What they print comes out environment by
// environment, in the order in which they were named and each line behind its name, whatever is
// done first; only the events of -o ndjson, which name their environment, come as they happen.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/environments.h"

namespace kfctl {

struct SideBySide {
  std::string_view format;  // that of -o: with json and yaml the documents come as one list
  bool changes = false;     // those that share objects are then worked on one after the other
  bool at_once = true;      // else all are, on this thread
};

/// Calls `work` for each environment that has no error and tells the errors of the others. Of a
/// single one everything is printed as if there were no others. `work` gives its exit code; with
/// several environments it runs on a thread of its own, so it must not touch what they share.
/// Returns the highest exit code: one that failed does not keep the others from going on.
int run_side_by_side(std::vector<OpenEnvironment>& environments, Console& console,
                     const SideBySide& options,
                     const std::function<int(OpenEnvironment& one, Console& console)>& work);

}  // namespace kfctl
