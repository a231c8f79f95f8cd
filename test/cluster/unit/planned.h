// Planned objects out of YAML, without a server: every kind's resource is its plural.
#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.h"
#include "base/yaml.h"
#include "cluster/plan.h"

namespace kfctl {

inline Json yaml_object(const std::string& text) {
  Result<std::vector<Json>> parsed = parse_yaml_stream(text, "test.yaml");
  REQUIRE_MESSAGE(parsed.ok(), (parsed.ok() ? "" : parsed.error().to_text()));
  REQUIRE(parsed.value().size() == 1);
  return std::move(parsed.value()[0]);
}

/// The documents of a YAML text, in the order they are written.
inline std::vector<PlannedObject> planned(const std::string& text) {
  Result<std::vector<Json>> parsed = parse_yaml_stream(text, "test.yaml");
  REQUIRE_MESSAGE(parsed.ok(), (parsed.ok() ? "" : parsed.error().to_text()));
  std::vector<PlannedObject> out;
  for (Json& object : parsed.value()) {
    PlannedObject one;
    one.id = object_id(object);
    one.resource = {one.id.api_version,
                    one.id.kind,
                    to_lower_ascii(one.id.kind) + "s",
                    !one.id.namespace_.empty(),
                    {}};
    one.object = std::move(object);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace kfctl
