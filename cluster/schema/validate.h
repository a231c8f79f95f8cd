// Validation: what the API server would say to objects, without a server.
//
// Built-in kinds are checked against the facts of one version of Kubernetes (facts.h) and the rules
// of rules.h; custom resources against definitions, in the set or given; and all objects against
// each other (references.h). Pure: the same objects and options give the same problems.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/object.h"
#include "base/result.h"
#include "cluster/schema/problem.h"

namespace kfctl {

inline constexpr int kDefaultKubernetesMinor = 34;

struct ValidateOptions {
  int kubernetes_minor = kDefaultKubernetesMinor;
  bool strict = false;                // what is not in the set is not on the cluster either
  std::span<const Json> definitions;  // CustomResourceDefinitions beside those in the set
};

struct Validation {
  std::vector<Problem> problems;    // object by object in the order given
  std::vector<ObjectId> unchecked;  // of kinds that neither Kubernetes nor a definition has
  size_t objects = 0;
  int kubernetes_minor = 0;  // whose facts were used: the nearest that are known

  size_t count(Severity severity) const;
};

Validation validate(const std::vector<Json>& objects, const ValidateOptions& options = {});

/// The minor version of "v1.34.4", "1.34" or "version:v1.34.0".
/// Errors: kUsage.
Result<int> parse_kubernetes_minor(std::string_view text);

}  // namespace kfctl
