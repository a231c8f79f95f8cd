// What apply and delete print: a line per object as it is done, a summary, or one JSON document.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "cli/args.h"
#include "cli/console.h"
#include "cluster/report.h"

namespace kfctl {

/// "Deployment/web created", "Deployment/web skipped: needs ConfigMap/web, which failed".
std::string result_text(const ObjectResult& result, const Style& style);

/// {"kind": KIND, "environment": ..., "destination": ..., "dryRun": ..., "objects": [{apiVersion,
/// kind, namespace, name, action, message}]}
Json report_json(std::string_view kind, const ClusterReport& report, const std::string& environment,
                 const std::string& destination, bool dry_run);

/// "2 created, 5 unchanged", or "nothing changed (7 unchanged)".
std::string report_summary(const ClusterReport& report);

/// Prints events as they come: objects to standard output (if `lines`), warnings and what is
/// waited for to standard error.
OnClusterEvent event_printer(Console& console, bool lines);

/// Prints each event as a line of JSON on standard output: {"event": "object", "object": {...}},
/// with the environment where there are several.
OnClusterEvent event_json_printer(Console& console);

}  // namespace kfctl
