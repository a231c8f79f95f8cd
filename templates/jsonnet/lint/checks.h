// The rules, in groups. Each adds what it finds in one file to the report.
// REQUIRES: a file without an error; a large stack.
#pragma once

#include "templates/jsonnet/lint/report.h"
#include "templates/jsonnet/lint/values.h"

namespace kfctl::lint {

/// unused-*, shadowing, endless.
void check_names(const File& file, Report& report);

/// unknown-field, wrong-arguments, type-error, constant-*, same-*.
void check_expressions(const File& file, Values& values, Report& report);

/// True if both expressions of the file say the same. False where that would take long to tell.
bool same_expression(const File& file, NodeId a, NodeId b);

}  // namespace kfctl::lint
