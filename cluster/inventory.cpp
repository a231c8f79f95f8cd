#include "cluster/inventory.h"

#include <string>

#include "cluster/object_set.h"
#include "cluster/remove.h"

namespace kfctl {

Result<Inventory> take_inventory(const Workplace& place, const std::vector<Json>& objects,
                                 std::string_view apply_set) {
  Inventory out;
  KF_TRY(out.discovery, place.kinds.ask());
  KF_TRY(out.objects, plan_objects(objects, out.discovery, place.default_namespace));
  out.rendered = out.objects.size();
  if (apply_set.empty()) return out;
  KF_TRY(const ApplySet set,
         fetch_apply_set(place.client, std::string(apply_set), place.default_namespace));
  if (set.refused) {
    ClusterEvent event;
    event.kind = ClusterEvent::Kind::kWarning;
    event.message = "this user may not read Secret/" + set.name + " in namespace " +
                    set.namespace_ + ": only what is rendered now is looked at";
    place.tell(std::move(event));
  }
  if (!set.exists || set.refused) return out;
  KF_TRY(const std::vector<SetMember> members,
         fetch_members(place.client, place.kinds, out.discovery, set, set.recorded));
  ObjectSet known;
  for (const PlannedObject& one : out.objects) known.add(one.id);
  for (const SetMember& member : members) {
    if (known.add(member.id)) out.objects.push_back(target_of(member).planned);
  }
  return out;
}

}  // namespace kfctl
