// The findings of `kfctl lint` in the forms of its -o.
#pragma once

#include <span>
#include <string>

#include "base/json.h"
#include "cli/console.h"
#include "templates/jsonnet/lint/finding.h"

namespace kfctl {

/// Each finding as "path:line:column: message [rule]", its line with a caret, and a hint.
std::string lint_text(std::span<const lint::Finding> findings, const Style& style);

/// {"kind": "lint", "findings": [{path, line, column, rule, message, hint}]}
Json lint_json(std::span<const lint::Finding> findings);

/// SARIF 2.1.0, which code hosts show beside the code.
Json lint_sarif(std::span<const lint::Finding> findings);

/// Workflow commands, one a line: GitHub shows them beside the code.
std::string lint_github(std::span<const lint::Finding> findings);

}  // namespace kfctl
