// What is wrong with a file, as an Error of kfctl.
#pragma once

#include <string>

#include "base/result.h"
#include "templates/jsonnet/engine/lexer.h"

namespace kfctl::jsonnet {

/// `error` with its place in `source`, the line and a caret.
Error syntax_error(const std::string& path, const std::string& source, const SyntaxError& error);

}  // namespace kfctl::jsonnet
