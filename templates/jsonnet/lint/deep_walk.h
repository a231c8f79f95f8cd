// Walks that recurse as deep as a tree is.
#pragma once

#include <functional>

#include "base/result.h"
#include "templates/jsonnet/engine/ast.h"

namespace kfctl::lint {

/// Runs `walk`, which goes over `tree` and calls check_depth on its way, on a large stack.
/// Errors: kProject with the place where the tree is deeper than the stack.
Status walk_deep(const jsonnet::AstDraft& tree, const std::function<void()>& walk);

/// Throws what walk_deep catches if there is no room to go into `node`.
void check_depth(const jsonnet::Node& node);

}  // namespace kfctl::lint
