// The health of an environment for people and for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cli/console.h"
#include "cluster/session.h"

namespace kfctl {

/// A table with a line for each object, what was made from it indented below it. Parts of what is
/// current are left out unless `all`.
std::string health_text(const StatusReport& report, const Style& style, bool all);

/// "7 objects: 5 current, 2 in progress".
std::string health_summary(const StatusReport& report);

/// {"kind": "status", "environment", "destination", "healthy", "objects": [{apiVersion, kind,
/// namespace, name, health, message, rendered, parts: [...]}]}
Json health_json(const StatusReport& report, const std::string& environment,
                 const std::string& destination);

/// An object as in health_json, without `rendered`.
Json health_object(const HealthTree& tree);

/// The text without line ends and control characters: a server's words cannot steer the terminal.
std::string one_line(std::string_view text);

/// What is waited for, to be drawn over and over: a summary, then what is not ready, in at most
/// `height` lines of `width` columns.
std::vector<std::string> health_lines(const std::vector<HealthTree>& trees, const Style& style,
                                      int width, int height);

}  // namespace kfctl
