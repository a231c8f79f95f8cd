// Completion: what could stand in place of the last word of a command line.
//
// The scripts of `kfctl completion` know nothing themselves; they run `kfctl __complete`, which is
// as fast as the start of the program, so that completion cannot drift from the table.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace kfctl {

struct Candidate {
  std::string text;
  std::string help;
};

struct Completion {
  std::vector<Candidate> candidates;      // those that begin with the last word
  Completes files = Completes::kNothing;  // kFile or kDirectory: the shell completes paths
};

/// Names that only the world knows: environments, components, prototypes. `words` are the
/// arguments before the one to complete. Failing is having none: completion must not print errors.
using Names =
    std::function<std::vector<Candidate>(Completes what, const std::vector<std::string>& words)>;

/// `words` as typed behind "kfctl"; the last one, which may be empty, is to be completed.
Completion complete(const std::vector<std::string>& words, const Names& names);

}  // namespace kfctl
