// A directory of manifests as a Target.
#pragma once

#include <memory>

#include "cli/target.h"
#include "cli/world.h"
#include "templates/manifest/manifest_tree.h"

namespace kfctl {

/// REQUIRES: the environment's destination is a directory.
std::unique_ptr<Target> open_tree_target(const Deployment& deployment, World& world);

/// A plan in the words of a cluster: what would change, Secret values masked. Without `prune`
/// files that would be removed are left out.
DiffReport tree_diff(const TreePlan& plan, bool prune);

/// What carrying it out did. `removed` says what removing a file is called here.
ClusterReport tree_report(const TreePlan& plan, bool prune, Action removed);

/// Whether its files are as rendered: kCurrent if so, kNotFound if one is yet to be written.
StatusReport tree_status(const TreePlan& plan);

}  // namespace kfctl
