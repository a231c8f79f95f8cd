// View: the part of a cluster that somebody looks at, as it is now: several collections, each
// listed and watched once however many objects of it are of interest.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/health_tree.h"
#include "cluster/plan.h"
#include "cluster/situation.h"
#include "cluster/watch.h"

namespace kfctl {

class View {
 public:
  /// `place` must outlive this, and this the client's run(). With `follow` what is covered is
  /// watched until stop(), else only listed.
  View(const Workplace& place, bool follow) : place_(place), follow_(follow) {}

  /// Called after each change, and when a list is complete.
  void set_on_change(std::function<void()> on_change) { on_change_ = std::move(on_change); }

  /// Looks at a collection, from the client's next run() on. A second time changes nothing.
  void cover(const ResourceInfo& resource, const std::string& namespace_);

  /// Covers an object and everything that is made from its kind: a Deployment's ReplicaSets and
  /// Pods, a custom resource's workloads. Kinds that the server lacks are left out.
  void cover_with_parts(const PlannedObject& object, const Discovery& discovery);

  /// All that is covered was listed, or cannot be.
  bool complete() const;

  /// Why a collection that was covered cannot be looked at, or nothing.
  const Error* problem(const PlannedObject& object) const;

  /// The object as it is, or nullptr. Valid until the next change.
  const Json* find(const PlannedObject& object) const;

  /// Its health with its parts. kNotFound if it is not there, kUnknown if we may not look or the
  /// list has not come yet.
  HealthTree tree(const PlannedObject& object) const;

  /// The object and all below it, itself first.
  std::vector<const Json*> with_parts(const PlannedObject& object) const;

  /// Everything in the collection that the object belongs to. Valid until the next change.
  std::vector<const Json*> all_of(const PlannedObject& object) const;

  void stop();

 private:
  struct Collection {
    std::unique_ptr<Watch> watch;
    bool listed = false;
    std::optional<Error> error;
  };

  const Collection* collection_of(const PlannedObject& object) const;
  void changed(const std::string& path, const Json* before, const Json* after);
  std::vector<const Json*> parts_of(std::string_view uid) const;
  HealthContext context() const;

  const Workplace& place_;
  bool follow_;
  std::function<void()> on_change_;
  std::map<std::string, Collection> collections_;  // by path
  // Owner's UID -> the path of the collection and the key there of each part.
  std::map<std::string, std::set<std::pair<std::string, std::string>>, std::less<>> parts_;
};

/// Seconds since 1970 by this machine's clock.
int64_t seconds_now();

}  // namespace kfctl
