// Carries the bytes of one connection between a socket of this machine and a tunnel to a pod.
#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "cluster/tunnel.h"

namespace kfctl {

/// Returns when the connection is over: the pod's side ended and all of it was written, or the
/// socket broke. A side that has finished sending is told to the other, which may still send. No
/// more is read than the other side takes. `socket` does not block.
/// Errors: kCluster with the kubelet's words, if it could not connect; kNetwork if the tunnel
/// broke; kInterrupted.
Status pump(int socket, Tunnel& tunnel, const CancelToken& cancel);

}  // namespace kfctl
