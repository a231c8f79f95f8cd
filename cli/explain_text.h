// What explain prints: where values come from, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "cli/console.h"
#include "templates/jsonnet/provenance.h"

namespace kfctl {

/// "set at components/params.libsonnet:9:17", "computed at ...", "added by kfctl: the component's
/// name". Without a place of its own the origin says what it is.
std::string origin_text(const Origin& origin);

/// The value of `object` at the path, its origin with an excerpt, the way to it, what it overrides
/// and what it is computed from.
std::string explanation_text(const Json& object, const Provenance& provenance, const Style& style);

/// One line for each: path, value, place.
std::string explanations_table(const Json& object, const std::vector<Provenance>& all,
                               const Style& style);

/// {"kind": "explanation", "object": {apiVersion, kind, namespace, name, component}, "values":
/// [{path, value, origin, hops, overridden, inputs}]}; an origin is {kind, file, line, column,
/// text, value}, what is not known left out.
Json explanation_json(const Json& object, const std::vector<Provenance>& all);

}  // namespace kfctl
