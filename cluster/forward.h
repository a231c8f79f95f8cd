// Forwards ports of this machine to an object of the cluster: every connection to the pod that is
// ready when it comes, through a tunnel and on a thread of its own.
#pragma once

#include "base/byte_stream.h"
#include "base/json.h"
#include "base/result.h"
#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

/// As Session::forward. `on_news` and the events of `place` may come from several threads.
Status forward_to_object(const Workplace& place, const Json& object, const ForwardOptions& options,
                         const OnForwardNews& on_news, const OpenByteStream& open_stream);

}  // namespace kfctl
