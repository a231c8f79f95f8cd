// Replicas that an autoscaler decides about are not fought over.
//
// Where a HorizontalPodAutoscaler among the objects scales another one that is there already, or an
// autoscaler has scaled it before (the server says so), its number of replicas is left as it is:
// not sent, or, while kfctl still owns the field, sent as the server has it, because a field that
// its only owner no longer sends falls back to 1. Pure.
#pragma once

#include <vector>

#include "cluster/live.h"
#include "cluster/plan.h"

namespace kfctl {

/// Changes spec.replicas of the planned objects that are scaled by autoscalers. One `live` for
/// each.
void leave_replicas(std::vector<PlannedObject>& planned, const std::vector<LiveObject>& live);

}  // namespace kfctl
