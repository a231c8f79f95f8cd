// Objects as people name them on the command line.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

/// The one of `objects` that `name` means: KIND/NAME, with NAMESPACE/ before it where several
/// namespaces have one, the kind in any case and maybe with its group (Deployment.apps/web), or the
/// name alone if it is the only one. The pointer is valid as long as `objects`.
/// Errors: kUsage, with the near word, or with all that are meant.
Result<const Json*> find_named_object(const std::vector<Json>& objects, std::string_view name);

}  // namespace kfctl
