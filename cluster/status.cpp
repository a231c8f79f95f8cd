#include "cluster/status.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "base/text.h"
#include "cluster/inventory.h"
#include "cluster/pace.h"
#include "cluster/ready.h"
#include "cluster/view.h"

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBatchMs = 100;  // changes that come together are shown together
constexpr int kTickMs = 1'000;

StatusReport report_of(const Inventory& inventory, const View& view) {
  StatusReport out;
  for (size_t i = 0; i < inventory.objects.size(); ++i) {
    HealthTree tree = view.tree(inventory.objects[i]);
    if (i < inventory.rendered) {
      out.objects.push_back(std::move(tree));
    } else if (tree.health.state != Health::kNotFound) {
      out.stale.push_back(std::move(tree));
    }
  }
  return out;
}

// A server that does not answer is an error; one that forbids to look at a kind is not.
Status check_reached(const Inventory& inventory, const View& view) {
  for (const PlannedObject& object : inventory.objects) {
    const Error* const problem = view.problem(object);
    if (problem != nullptr && problem->kind != ErrorKind::kCluster) return *problem;
  }
  return Ok{};
}

// Looks at everything until it is told that this is enough.
class Lookout {
 public:
  /// `look` says whether that was enough.
  using Look = std::function<bool(const StatusReport& report)>;

  Lookout(const Workplace& place, const Inventory& inventory, Look look)
      : place_(place), inventory_(inventory), view_(place, true), look_(std::move(look)) {}

  Result<StatusReport> run() {
    view_.set_on_change([this] { look_soon(kBatchMs); });
    for (const PlannedObject& object : inventory_.objects) {
      view_.cover_with_parts(object, inventory_.discovery);
    }
    look_soon(kTickMs);
    place_.client.run();
    if (place_.client.cancel().cancelled()) return cancelled_error();
    KF_DO(check_reached(inventory_, view_));
    return report_of(inventory_, view_);
  }

 private:
  void look_soon(int delay_ms) {
    const bool tick = delay_ms == kTickMs;
    if (!tick && std::exchange(due_, true)) return;
    place_.client.after(
        pace_.delay_ms(delay_ms),
        [this, tick] {
          if (tick) look_soon(kTickMs);
          due_ = due_ && tick;
          pace_.time([this] { look(); });
        },
        timers_);
  }

  void look() {
    if (!view_.complete()) return;
    const bool reached = check_reached(inventory_, view_).ok();
    if (reached && !look_(report_of(inventory_, view_))) return;
    view_.stop();
    timers_->cancel();
  }

  const Workplace& place_;
  const Inventory& inventory_;
  View view_;
  Look look_;
  std::shared_ptr<CancelToken> timers_ = std::make_shared<CancelToken>();
  bool due_ = false;
  Pace pace_;
};

void tell_health(const Workplace& place, const StatusReport& report) {
  std::vector<HealthTree> all = report.objects;
  all.insert(all.end(), report.stale.begin(), report.stale.end());
  ClusterEvent event;
  event.kind = ClusterEvent::Kind::kHealth;
  event.trees = &all;
  place.tell(std::move(event));
}

Error still_there(const std::vector<HealthTree>& trees, int timeout_ms) {
  std::vector<std::string> lines;
  for (const HealthTree& tree : trees) {
    if (tree.health.state == Health::kNotFound) continue;
    lines.push_back(tree.id.full_text() + ": is still there after " +
                    std::to_string(timeout_ms / 1000) + " s: " +
                    (tree.health.state == Health::kTerminating ? tree.health.message
                                                               : "nobody has deleted it"));
  }
  return Error(ErrorKind::kCluster, join(lines, "\n"),
               "what waits for a finalizer waits for the controller that removes it: see its log");
}

Result<StatusReport> wait_deleted(const Workplace& place, const Inventory& inventory,
                                  const WaitOptions& options) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(options.timeout_ms);
  std::optional<Error> late;
  const auto gone = [&](const StatusReport& report) {
    tell_health(place, report);
    std::vector<HealthTree> all = report.objects;
    all.insert(all.end(), report.stale.begin(), report.stale.end());
    const bool done = std::all_of(all.begin(), all.end(), [](const HealthTree& tree) {
      return tree.health.state == Health::kNotFound;
    });
    if (done) return true;
    if (options.timeout_ms == 0 || Clock::now() < deadline) return false;
    late = still_there(all, options.timeout_ms);
    return true;
  };
  Result<StatusReport> report = Lookout(place, inventory, gone).run();
  if (late) return *late;
  return report;
}

Result<StatusReport> wait_ready(const Workplace& place, const Inventory& inventory,
                                const WaitOptions& options) {
  ReadyWait ready(place, inventory.discovery, options.timeout_ms);
  StatusReport report;
  ready.set_on_health([&](const std::vector<HealthTree>& trees) {
    report.objects = trees;
    tell_health(place, report);
  });
  std::optional<Error> failure;
  for (size_t i = 0; i < inventory.objects.size(); ++i) {
    ready.start(i, inventory.objects[i], Json(), [&, i](Status status) {
      if (status.ok()) {
        ObjectResult result;
        result.id = inventory.objects[i].id;
        ClusterEvent event;
        event.kind = ClusterEvent::Kind::kReady;
        event.result = &result;
        return place.tell(std::move(event));
      }
      if (!failure) failure = status.error();
      ready.abandon([](size_t) { return true; });
    });
  }
  place.client.run();
  ready.interrupt();
  if (failure) return *failure;
  return report;
}

}  // namespace

Result<StatusReport> status_of_objects(const Workplace& place, const std::vector<Json>& objects,
                                       const StatusOptions& options) {
  KF_TRY(const Inventory inventory, take_inventory(place, objects, options.apply_set));
  if (options.on_change) {
    return Lookout(place, inventory,
                   [&options](const StatusReport& report) {
                     options.on_change(report);
                     return false;
                   })
        .run();
  }
  View view(place, false);
  for (const PlannedObject& object : inventory.objects) {
    view.cover_with_parts(object, inventory.discovery);
  }
  place.client.run();
  if (place.client.cancel().cancelled()) return cancelled_error();
  KF_DO(check_reached(inventory, view));
  return report_of(inventory, view);
}

Result<StatusReport> wait_for_objects(const Workplace& place, const std::vector<Json>& objects,
                                      const WaitOptions& options) {
  KF_TRY(const Inventory inventory, take_inventory(place, objects, ""));
  return options.deleted ? wait_deleted(place, inventory, options)
                         : wait_ready(place, inventory, options);
}

}  // namespace kfctl
