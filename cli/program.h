// The program: from the words of the command line to an exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/world.h"

namespace kfctl {

/// Parses, prints help where it is asked for, runs the command, and prints what went wrong.
/// Returns the exit code; the console still has to be finished.
int run_program(const std::vector<std::string>& words, Console& console, World& world);

}  // namespace kfctl
