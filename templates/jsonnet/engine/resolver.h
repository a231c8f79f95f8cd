// The resolver: static checks, and every name becomes a place known before evaluation.
#pragma once

#include "templates/jsonnet/engine/ast.h"

namespace kfctl::jsonnet {

/// Resolves the names of a parsed tree in place. Throws SyntaxError for an unknown variable and
/// for fields, parameters, arguments or locals that are there twice. REQUIRES: as for parse().
void resolve(AstDraft& ast);

}  // namespace kfctl::jsonnet
