// Objects that another tool applied before kfctl, and how they are taken over.
//
// Fields that a tool wrote by update, not by server-side apply, belong to its own field manager.
// Were kfctl only to apply on top, each field would be a conflict, and what the environment no
// longer has would stay for ever. So the entries of the former tool become ours first, as kubectl
// does it when it moves to server-side apply (client-go's csaupgrade). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace kfctl {

struct FormerOwner {
  enum class Tool { kKubectl, kKs, kHelm };
  Tool tool = Tool::kKubectl;
  std::string text;                   // "kubectl", "the helm release 'web' in namespace ml"
  std::vector<std::string> managers;  // the field managers that hold its fields
};

/// The tool that applied `live` last, or nothing: nobody did, or kfctl has since.
std::optional<FormerOwner> former_owner(const Json& live);

/// `live`'s managedFields with the entries of `managers` (but for subresources) turned into what
/// kfctl applied, or nothing if there is none to turn.
std::optional<Json> taken_over_fields(const Json& live, const std::vector<std::string>& managers);

}  // namespace kfctl
