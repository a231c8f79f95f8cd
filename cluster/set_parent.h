// The parent of an apply set as an apply writes it: widened before any member is, narrowed once
// everything is done.
//
// Two applies of one environment may run at once (two people, a pipeline that is started twice).
// What one of them has recorded must not be lost to the other, or its objects would be in no set:
// the parent is written only in the state in which it was read, and read again if it has moved on.
#pragma once

#include "base/result.h"
#include "cluster/apply_set.h"
#include "cluster/client.h"

namespace kfctl {

/// Makes the parent say `scope` beside what it says, and `set` what it says then.
/// Errors: of the server; where this user may not write it, set.refused has it too.
Status widen_parent(KubeClient& client, ApplySet& set, const ApplySetScope& scope);

/// Makes the parent say `scope` and no more, unless somebody else has written it since `set` was
/// read or written: then it is widened. Errors: as widen_parent.
Status narrow_parent(KubeClient& client, ApplySet& set, const ApplySetScope& scope);

}  // namespace kfctl
