// The parser: the text of a file becomes a tree, names not yet resolved.
#pragma once

#include <memory>
#include <string>

#include "templates/jsonnet/engine/ast.h"

namespace kfctl::jsonnet {

/// Parses `source`, which must be valid UTF-8. Throws SyntaxError. REQUIRES: runs under
/// run_on_large_stack; nesting too deep for that stack is a SyntaxError.
AstDraft parse(std::string path, std::shared_ptr<const std::string> source);

}  // namespace kfctl::jsonnet
