#include "cluster/health_tree.h"

#include <algorithm>
#include <tuple>

#include "cluster/health_rules.h"

namespace kfctl {
namespace {

constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";
constexpr std::string_view kPodRevision = "controller-revision-hash";
constexpr int kMaxDepth = 8;  // an owner that is its own part must not be walked for ever

// An earlier revision of its owner, whose pods are on their way out.
bool is_old(const Json& part, const Json& owner) {
  const std::string_view wanted = owner.string_at({"metadata", "annotations", kRevision});
  if (part.string_at({"kind"}) == "ReplicaSet" && !wanted.empty()) {
    return part.string_at({"metadata", "annotations", kRevision}) != wanted;
  }
  const std::string_view update = owner.string_at({"status", "updateRevision"});
  const std::string_view revision = part.string_at({"metadata", "labels", kPodRevision});
  return !update.empty() && !revision.empty() && revision != update;
}

bool is_empty_revision(const Json& part, const Json& owner) {
  return part.string_at({"kind"}) == "ReplicaSet" && is_old(part, owner) &&
         number_at(part, {"spec", "replicas"}).value_or(0) == 0 &&
         number_at(part, {"status", "replicas"}).value_or(0) == 0;
}

// True if the part's failure keeps its owner from being ready.
bool holds_up(const HealthTree& part, const Json& object, const Json& owner) {
  const bool ended = object.string_at({"status", "phase"}) == "Failed";
  return part.health.state == Health::kFailed && !ended && !is_old(object, owner);
}

HealthTree walk(const Json& object, const PartsOf& parts, const HealthContext& context, int depth) {
  HealthTree out;
  out.id = object_id(object);
  out.health = health_of(object, context);
  const HealthTree* reason = nullptr;
  std::vector<std::pair<HealthTree, bool>> below;  // with whether it holds this one up
  if (depth < kMaxDepth) {
    for (const Json* const part : parts(object.string_at({"metadata", "uid"}))) {
      if (is_empty_revision(*part, object)) continue;
      HealthTree tree = walk(*part, parts, context, depth + 1);
      const bool holds = holds_up(tree, *part, object);
      below.emplace_back(std::move(tree), holds);
    }
  }
  std::sort(below.begin(), below.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.id.kind, a.first.id.name) < std::tie(b.first.id.kind, b.first.id.name);
  });
  for (auto& [tree, holds] : below) out.parts.push_back(std::move(tree));
  for (size_t i = 0; i < below.size() && reason == nullptr; ++i) {
    if (below[i].second) reason = &out.parts[i];
  }
  if (reason != nullptr && out.health.state == Health::kInProgress) {
    // A reason that came from below names its pod already.
    const bool is_pod = reason->id.kind == "Pod";
    const std::string text = (is_pod ? reason->id.text() + ": " : "") + reason->health.message;
    out.health = {Health::kFailed, text, reason->health.patience_s};
  }
  return out;
}

}  // namespace

HealthTree health_tree(const Json& object, const PartsOf& parts, const HealthContext& context) {
  return walk(object, parts, context, 0);
}

HealthTree absent_tree(const ObjectId& id) {
  return {id, {Health::kNotFound, "is not on the cluster"}, {}};
}

const HealthTree* failed_pod(const HealthTree& tree) {
  if (tree.id.kind == "Pod" && tree.health.state == Health::kFailed) return &tree;
  for (const HealthTree& part : tree.parts) {
    if (const HealthTree* const found = failed_pod(part)) return found;
  }
  return nullptr;
}

bool all_current(const std::vector<HealthTree>& trees) {
  return std::all_of(trees.begin(), trees.end(),
                     [](const HealthTree& tree) { return tree.health.state == Health::kCurrent; });
}

}  // namespace kfctl
