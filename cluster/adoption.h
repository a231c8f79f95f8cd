// Taking an object over from the tool that applied it before (former_owner.h), on the server.
#pragma once

#include <functional>

#include "base/result.h"
#include "cluster/former_owner.h"
#include "cluster/plan.h"
#include "cluster/situation.h"

namespace kfctl {

/// Makes the fields of `former` kfctl's, unless somebody else has changed the object since `live`
/// was read: then it is read again, up to five times. Only who owns what is changed. `done` is
/// called once, from the client's run(). `planned` must live until then.
/// Errors: of the server; kCluster if the object never stood still.
void adopt(const Workplace& place, const PlannedObject& planned, const Json& live,
           const FormerOwner& former, std::function<void(Status)> done);

}  // namespace kfctl
