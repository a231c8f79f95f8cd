#include "cluster/former_owner.h"

#include <algorithm>
#include <string_view>

#include "cluster/owned_fields.h"
#include "cluster/session.h"

namespace kfctl {
namespace {

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr std::string_view kKsManaged = "ksonnet.io/managed";

const Json::Array& entries_of(const Json& live) {
  static const Json::Array kNone;
  const Json* const entries = live.at({"metadata", "managedFields"});
  return entries != nullptr && entries->is_array() ? entries->items() : kNone;
}

bool has_annotation(const Json& live, std::string_view name) {
  return live.at({"metadata", "annotations", name}) != nullptr;
}

bool owns_annotation(const Json& entry, std::string_view name) {
  const std::string field = "f:" + std::string(name);
  return entry.at({"fieldsV1", "f:metadata", "f:annotations", field}) != nullptr;
}

// Whoever wrote the annotation wrote the rest of the object with it, under whatever name.
std::vector<std::string> writers_of(const Json& live, std::string_view annotation) {
  std::vector<std::string> out = {"kubectl-client-side-apply", "before-first-apply", "ks"};
  for (const Json& entry : entries_of(live)) {
    const std::string manager(entry.string_at({"manager"}));
    if (entry.string_at({"operation"}) == "Update" && owns_annotation(entry, annotation) &&
        std::find(out.begin(), out.end(), manager) == out.end()) {
      out.push_back(manager);
    }
  }
  return out;
}

bool is_leaf(const Json& set) { return set.is_object() && set.members().empty(); }

// The union of two sets. A leaf is the path itself; beside paths below it, it is written ".".
Json united(const Json& a, const Json& b) {
  if (!a.is_object() || !b.is_object()) return a;
  Json out = a;
  if (is_leaf(a) != is_leaf(b)) out["."] = Json::object();
  for (const auto& [name, set] : b.members()) {
    const Json* const there = a.find(name);
    out[name] = there == nullptr ? set : united(*there, set);
  }
  return out;
}

}  // namespace

std::optional<FormerOwner> former_owner(const Json& live) {
  if (applied_entry(live, kFieldManager) != nullptr) return std::nullopt;
  const std::string_view release =
      live.string_at({"metadata", "annotations", "meta.helm.sh/release-name"});
  const std::string_view by =
      live.string_at({"metadata", "labels", "app.kubernetes.io/managed-by"});
  if (by == "Helm" && !release.empty()) {
    const std::string_view space =
        live.string_at({"metadata", "annotations", "meta.helm.sh/release-namespace"});
    return FormerOwner{
        FormerOwner::Tool::kHelm,
        "the helm release '" + std::string(release) + "' in namespace " + std::string(space),
        {"helm", "Helm"}};
  }
  if (has_annotation(live, kKsManaged)) {
    return FormerOwner{FormerOwner::Tool::kKs, "ks", writers_of(live, kKsManaged)};
  }
  const bool by_kubectl =
      std::any_of(entries_of(live).begin(), entries_of(live).end(), [](const Json& entry) {
        return entry.string_at({"manager"}) == "kubectl-client-side-apply";
      });
  if (!by_kubectl && !has_annotation(live, kLastApplied)) return std::nullopt;
  return FormerOwner{FormerOwner::Tool::kKubectl, "kubectl", writers_of(live, kLastApplied)};
}

std::optional<Json> taken_over_fields(const Json& live, const std::vector<std::string>& managers) {
  Json ours;
  Json::Array kept;
  for (const Json& entry : entries_of(live)) {
    const std::string manager(entry.string_at({"manager"}));
    const bool former = std::find(managers.begin(), managers.end(), manager) != managers.end();
    if (!former || entry.find("subresource") != nullptr || entry.find("fieldsV1") == nullptr) {
      kept.push_back(entry);
    } else if (ours.is_null()) {
      ours = entry;
      ours["manager"] = kFieldManager;
      ours["operation"] = "Apply";
    } else if (entry.string_at({"apiVersion"}) == ours.string_at({"apiVersion"})) {
      ours["fieldsV1"] = united(ours["fieldsV1"], *entry.find("fieldsV1"));
    }
  }
  if (ours.is_null()) return std::nullopt;
  kept.insert(kept.begin(), std::move(ours));
  return Json(std::move(kept));
}

}  // namespace kfctl
