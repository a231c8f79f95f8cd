// The parser for those outside of the engine: no exceptions, and on a stack of its own.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "templates/jsonnet/engine/ast.h"

namespace kfctl::jsonnet {

/// The tree of a text, names not resolved. Bytes that are not UTF-8 are replaced, as where a file
/// is evaluated. Errors: kProject with the place, its line and a caret.
Result<AstDraft> parse_file(const std::string& path, std::shared_ptr<const std::string> source);

/// What the resolver says of a tree: unknown variables, names that are there twice. Takes a copy,
/// which it changes. Errors: kProject, as above.
Status check_names(AstDraft draft);

}  // namespace kfctl::jsonnet
