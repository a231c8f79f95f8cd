// Checks one value against a Schema: unknown and missing fields, types, enumerations, duplicates,
// and what a CustomResourceDefinition limits (numbers, lengths, patterns).
#pragma once

#include <string>

#include "base/json.h"
#include "cluster/schema/facts.h"
#include "cluster/schema/problem.h"
#include "cluster/schema/schema.h"

namespace kfctl {

/// Reports what is wrong with `value`, which lies at `path` of the reporter's object. Types of
/// Kubernetes that the schema names are looked up in `facts`. With `partial` no field is missed:
/// for `status`, which the server fills.
void check_value(const Json& value, const Schema& schema, const std::string& path,
                 const Facts& facts, Reporter& to, bool partial = false);

/// A value in a message: number 3, string 'x', an object. Cut after 40 characters.
std::string value_text(const Json& value);

}  // namespace kfctl
