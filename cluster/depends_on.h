// The annotation by which an object says that others must be ready before it.
//
// kfctl.io/depends-on: "Deployment/db, Job/migrate, infra/StatefulSet.apps/queue": a list of
// KIND[.GROUP]/NAME, in the object's own namespace or cluster-wide, or NAMESPACE/KIND[.GROUP]/NAME.
// Without a group any kind of that name is meant.
//
// config.kubernetes.io/depends-on is what cli-utils and kpt read: a list of
// GROUP/namespaces/NAMESPACE/KIND/NAME or, cluster-wide, GROUP/KIND/NAME; the core group is empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/object.h"
#include "base/result.h"

namespace kfctl {

inline constexpr std::string_view kDependsOn = "kfctl.io/depends-on";
inline constexpr std::string_view kStandardDependsOn = "config.kubernetes.io/depends-on";

struct Dependency {
  std::string text;                  // as it is written, for messages
  std::optional<std::string> group;  // any group if it is not said
  std::string kind;
  /// Its namespace. Nothing: that of the object, or none if the kind has none.
  std::optional<std::string> namespace_;
  std::string name;

  /// `owner` is the object with the annotation.
  bool is(const ObjectId& id, const ObjectId& owner) const;
};

/// What both annotations of `object` name, in the order written; empty without them.
/// Errors: kProject, with the object, the annotation and the form it should have.
Result<std::vector<Dependency>> depends_on(const Json& object);

}  // namespace kfctl
