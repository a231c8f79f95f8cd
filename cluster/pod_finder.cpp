#include "cluster/pod_finder.h"

#include "base/http.h"
#include "cluster/forward_target.h"
#include "cluster/health_rules.h"
#include "cluster/view.h"

namespace kfctl {

Result<FoundPod> PodFinder::find() {
  const std::lock_guard lock(mutex_);
  FoundPod out;
  KF_TRY(out.object, place_.client.get(object_.path(), "read " + object_.id.full_text()));
  KF_TRY(std::vector<Json> all, pods(out.object));
  std::vector<const Json*> seen;
  for (const Json& pod : all) seen.push_back(&pod);
  if (const Json* const best = choose_pod(seen)) {
    out.pod = *best;
    KF_TRY(out.access, place_.client.access());
  } else {
    out.why = why_no_pod(seen);
  }
  return out;
}

Result<std::vector<Json>> PodFinder::pods(const Json& object) {
  const bool core = object_.id.group().empty();
  if (core && object_.id.kind == "Pod") return std::vector<Json>{object};
  const Json* const selector = selector_of(object);
  const std::string query = selector == nullptr ? "" : selector_query(*selector);
  if (!query.empty()) return selected(query);
  if (core && object_.id.kind == "Service") {
    return usage_error(object_.id.full_text() + " selects no pods",
                       "name what makes the pods: KIND/NAME");
  }
  return made_from();
}

Result<std::vector<Json>> PodFinder::selected(const std::string& query) {
  KF_TRY(const Json list,
         place_.client.get("/api/v1/namespaces/" + url_encode(object_.id.namespace_) +
                               "/pods?labelSelector=" + url_encode(query),
                           "list the pods of " + object_.id.full_text()));
  std::vector<Json> out;
  for (const Json& item : list_at(list, {"items"})) {
    out.push_back(item);
    out.back()["apiVersion"] = "v1";
    out.back()["kind"] = "Pod";
  }
  return out;
}

// By who owns them: a TFJob has no selector.
Result<std::vector<Json>> PodFinder::made_from() {
  View view(place_, false);
  view.cover_with_parts(object_, discovery_);
  place_.client.run();
  if (place_.client.cancel().cancelled()) return cancelled_error();
  if (const Error* const problem = view.problem(object_)) return *problem;
  std::vector<Json> out;
  for (const Json* const part : view.with_parts(object_)) {
    if (part->string_at({"kind"}) == "Pod") out.push_back(*part);
  }
  return out;
}

}  // namespace kfctl
