// Names that completion offers and that only the world knows.
#pragma once

#include <string>
#include <vector>

#include "cli/complete.h"
#include "cli/world.h"

namespace kfctl {

/// The names of that sort in the app around the current directory; none if something is wrong.
std::vector<Candidate> names_of(Completes what, const std::vector<std::string>& words,
                                const World& world);

}  // namespace kfctl
