// PodFinder: the pod that connections to an object go to, as it is now. Every connection asks, so
// that one after a pod was replaced goes to its successor.
//
// May be called from several threads: the client, which belongs to one, is used by one at a time.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/client.h"
#include "cluster/plan.h"
#include "cluster/situation.h"

namespace kfctl {

struct FoundPod {
  Json object;                // what was named, as it is
  Json pod;                   // one that takes connections; null if there is none
  std::string why;            // there is none, "" if there is one
  KubeClient::Access access;  // with what to connect to it
};

class PodFinder {
 public:
  /// `object` is a Service, a Pod, or anything that makes pods. `place` must outlive this.
  PodFinder(const Workplace& place, Discovery discovery, PlannedObject object)
      : place_(place), discovery_(std::move(discovery)), object_(std::move(object)) {}

  /// Errors: kCluster if the object is not there, or the server says no; kUsage if it has no pods
  /// of its own (a Service without a selector); kNetwork.
  Result<FoundPod> find();

  const ObjectId& id() const { return object_.id; }

 private:
  Result<std::vector<Json>> pods(const Json& object);
  Result<std::vector<Json>> selected(const std::string& query);
  Result<std::vector<Json>> made_from();

  const Workplace& place_;
  Discovery discovery_;
  PlannedObject object_;
  std::mutex mutex_;
};

}  // namespace kfctl
