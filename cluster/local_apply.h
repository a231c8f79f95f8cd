// What a server-side apply would come to, worked out here: for a diff where the server cannot be
// asked, because this user may not patch or a webhook knows no dry run.
//
// Three sides, as on the server: what we applied last (our set in managedFields), what we want, and
// what is there. Maps and the lists whose keys are known are merged, all else is replaced; what we
// applied last and no longer want goes, unless another manager owns it too. What the server would
// fill in, refuse or convert is not known here. Pure.
#pragma once

#include <string_view>

#include "base/json.h"
#include "cluster/schema/facts.h"

namespace kfctl {

/// `live` after an apply of `wanted` by field manager kfctl. managedFields stay as they are.
Json apply_locally(const Json& wanted, const Json& live, const Facts& facts);

/// `object` without the fields in `owned` (fieldsV1) that are neither in `wanted` nor owned by
/// another manager than kfctl in the managedFields of `live`.
Json without_dropped(Json object, const Json& owned, const Json& wanted, const Json& live);

}  // namespace kfctl
