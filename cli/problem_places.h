// Where the values that validation complains of are written.
#pragma once

#include <vector>

#include "cli/args.h"
#include "cli/target.h"
#include "cli/world.h"
#include "cluster/schema/problem.h"
#include "templates/jsonnet/provenance.h"

namespace kfctl {

/// For each problem the place in the files of the user that gives the value at its path, in their
/// order: the innermost one, where a library of kfctl makes it; of a field that must not be there
/// the place that writes it. Line 0 where that cannot be told. `objects` are those that
/// `deployment` rendered. Places in Secrets come without an excerpt. Evaluates again: for when
/// there are problems.
std::vector<SourcePlace> problem_places(const std::vector<Problem>& problems,
                                        const std::vector<Json>& objects,
                                        const Deployment& deployment, const Args& args,
                                        const World& world);

}  // namespace kfctl
