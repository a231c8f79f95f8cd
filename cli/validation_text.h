// What validate prints: problems for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "cli/console.h"
#include "cluster/report.h"
#include "cluster/schema/validate.h"
#include "templates/jsonnet/provenance.h"

namespace kfctl {

/// Object by object; empty if there are no problems. `places` has one for each problem.
std::string validation_text(const Validation& validation, const std::vector<SourcePlace>& places,
                            const Style& style);

/// {"kind": "validation", "kubernetes": "1.34", "objects": N, "problems": [{severity, apiVersion,
/// kind, namespace, name, component, path, message, hint, place}], "unchecked": [{apiVersion, kind,
/// namespace, name}]}; `place` is "file:line:column", or "" where it is not known.
Json validation_json(const Validation& validation, const std::vector<SourcePlace>& places);

/// "12 objects, Kubernetes 1.34: 1 error, 2 warnings, 1 not checked (no definition of Widget)".
std::string validation_summary(const Validation& validation);

/// True if `result` is of the object with that identity, whose namespace may be left to the server.
bool is_result_of(const ObjectResult& result, const ObjectId& id);

/// Adds what a server said to a dry run of `objects`: one problem for each that it refused, behind
/// what is known of that object already.
void add_verdicts(const ClusterReport& report, const std::vector<Json>& objects,
                  Validation& validation);

}  // namespace kfctl
