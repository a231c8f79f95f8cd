#include "cluster/happenings.h"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "cluster/health_rules.h"
#include "cluster/inventory.h"
#include "cluster/view.h"

namespace kfctl {
namespace {

constexpr int kBatchMs = 100;
constexpr const char* kClusterSpace = "default";  // where events about cluster-wide objects lie

class HappeningWork {
 public:
  HappeningWork(const Workplace& place, const Inventory& inventory, const HappeningOptions& options,
                const OnHappening& on_happening)
      : place_(place),
        inventory_(inventory),
        on_happening_(on_happening),
        view_(place, options.follow),
        events_{"v1", "Event", "events", true, {}} {}

  Status run() {
    view_.set_on_change([this] { look_soon(); });
    for (const PlannedObject& object : inventory_.objects) {
      view_.cover_with_parts(object, inventory_.discovery);
      const std::string& space = object.id.namespace_;
      spaces_.insert(space.empty() ? kClusterSpace : space);
    }
    for (const std::string& space : spaces_) view_.cover(events_, space);
    place_.client.run();
    if (place_.client.cancel().cancelled()) return cancelled_error();
    for (const std::string& space : spaces_) {
      if (const Error* const problem = view_.problem(collection(space))) return *problem;
    }
    return Ok{};
  }

 private:
  // Something in the collection of events of a namespace, to ask the view about it.
  PlannedObject collection(const std::string& space) const {
    PlannedObject out;
    out.id = {"v1", "Event", space, ""};
    out.resource = events_;
    return out;
  }

  void look_soon() {
    if (std::exchange(due_, true)) return;
    place_.client.after(
        kBatchMs,
        [this] {
          due_ = false;
          look();
        },
        nullptr);
  }

  void look() {
    if (!view_.complete()) return;
    std::set<std::string> uids;
    for (const PlannedObject& object : inventory_.objects) {
      for (const Json* const part : view_.with_parts(object)) {
        uids.emplace(part->string_at({"metadata", "uid"}));
      }
    }
    std::vector<Happening> fresh;
    for (const std::string& space : spaces_) {
      for (const Json* const event : view_.all_of(collection(space))) {
        const bool ours = uids.contains(std::string(event->string_at({"involvedObject", "uid"})));
        if (!ours) continue;
        std::string version(event->string_at({"metadata", "resourceVersion"}));
        std::string uid(event->string_at({"metadata", "uid"}));
        if (told_.emplace(std::move(uid), std::move(version)).second) {
          fresh.push_back(parse_happening(*event));
        }
      }
    }
    std::stable_sort(fresh.begin(), fresh.end(), [](const Happening& a, const Happening& b) {
      return std::tie(a.time, a.object) < std::tie(b.time, b.object);
    });
    for (const Happening& one : fresh) on_happening_(one);
  }

  const Workplace& place_;
  const Inventory& inventory_;
  const OnHappening& on_happening_;
  View view_;
  ResourceInfo events_;
  std::set<std::string> spaces_;
  std::set<std::pair<std::string, std::string>> told_;  // UID and version
  bool due_ = false;
};

}  // namespace

Happening parse_happening(const Json& event) {
  Happening out;
  // The new form has eventTime and a series, the old one lastTimestamp and a count.
  for (const std::string_view time :
       {event.string_at({"series", "lastObservedTime"}), event.string_at({"lastTimestamp"}),
        event.string_at({"eventTime"}), event.string_at({"metadata", "creationTimestamp"})}) {
    if (!time.empty() && out.time.empty()) out.time = time;
  }
  out.warning = event.string_at({"type"}) == "Warning";
  out.reason = event.string_at({"reason"});
  out.message = event.string_at({"message"});
  out.object = {std::string(event.string_at({"involvedObject", "apiVersion"})),
                std::string(event.string_at({"involvedObject", "kind"})),
                std::string(event.string_at({"involvedObject", "namespace"})),
                std::string(event.string_at({"involvedObject", "name"}))};
  const int64_t series = number_at(event, {"series", "count"}).value_or(0);
  out.count = std::max<int64_t>(1, std::max(series, number_at(event, {"count"}).value_or(0)));
  return out;
}

Status happenings_of_objects(const Workplace& place, const std::vector<Json>& objects,
                             const HappeningOptions& options, const OnHappening& on_happening) {
  KF_TRY(const Inventory inventory, take_inventory(place, objects, ""));
  return HappeningWork(place, inventory, options, on_happening).run();
}

}  // namespace kfctl
