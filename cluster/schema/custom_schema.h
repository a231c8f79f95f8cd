// Kinds that a CustomResourceDefinition (apiextensions.k8s.io/v1) adds.
//
// Of openAPIV3Schema, this reads what says which fields there are and what their values look like.
// Combinations (allOf, anyOf, oneOf, not) and CEL rules (x-kubernetes-validations) are the
// server's.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "cluster/schema/schema.h"

namespace kfctl {

struct CustomKind {
  std::string api_version;  // "kubeflow.org/v1"
  std::string kind;         // "TFJob"
  bool namespaced = true;
  Schema schema;  // of the whole object; apiVersion, kind and metadata are not in it
};

/// One for each version that is served; none if `definition` is no definition or has no such part.
std::vector<CustomKind> custom_kinds(const Json& definition);

}  // namespace kfctl
