#include "cluster/plan_basis.h"

#include <map>

#include "base/hash.h"
#include "base/text.h"

namespace kfctl {
namespace {

// What became of an object that was planned to be as `planned`; "" if nothing.
std::string movement(const ObjectBasis& planned, const ObjectBasis& now) {
  if (!planned.is_there() && now.is_there()) return "has been created";
  if (planned.is_there() && !now.is_there()) return "has been deleted";
  if (planned.uid != now.uid) return "has been deleted and created anew";
  return planned.digest == now.digest ? "" : "has been changed";
}

using ById = std::map<ObjectId, const ObjectBasis*>;

ById by_id(const std::vector<ObjectBasis>& objects) {
  ById out;
  for (const ObjectBasis& one : objects) out[one.id] = &one;
  return out;
}

void compare_objects(const PlanBasis& planned, const PlanBasis& now,
                     std::vector<std::string>& moved) {
  const ById there = by_id(now.objects);
  for (const ObjectBasis& one : planned.objects) {
    const auto found = there.find(one.id);
    const std::string what =
        found == there.end() ? "is no longer applied" : movement(one, *found->second);
    if (!what.empty()) moved.push_back(one.id.full_text() + " " + what);
  }
  const ById known = by_id(planned.objects);
  for (const ObjectBasis& one : now.objects) {
    if (!known.contains(one.id)) moved.push_back(one.id.full_text() + " is not in the plan");
  }
}

void compare_pruned(const PlanBasis& planned, const PlanBasis& now,
                    std::vector<std::string>& moved) {
  const ById there = by_id(now.pruned);
  for (const ObjectBasis& one : planned.pruned) {
    const auto found = there.find(one.id);
    const std::string what =
        found == there.end() ? "is not there to be pruned any more" : movement(one, *found->second);
    if (!what.empty()) moved.push_back(one.id.full_text() + " " + what);
  }
  const ById known = by_id(planned.pruned);
  for (const ObjectBasis& one : now.pruned) {
    if (!known.contains(one.id)) moved.push_back(one.id.full_text() + " would be pruned too");
  }
}

}  // namespace

std::string salted_digest(std::string_view salt, std::string_view text) {
  Sha256 hash;
  hash.update(salt);
  hash.update(text);
  std::string out;
  for (const uint8_t byte : hash.finish()) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Status check_basis(const PlanBasis& planned, const PlanBasis& now) {
  if (planned.place != now.place) {
    return Error(ErrorKind::kCluster,
                 "the plan was made for another destination: " + planned.destination,
                 "nothing was changed; apply it there, or make a plan for this one");
  }
  std::vector<std::string> moved;
  compare_objects(planned, now, moved);
  compare_pruned(planned, now, moved);
  if (moved.empty()) return Ok{};
  return Error(ErrorKind::kCluster,
               "the destination is not as it was when the plan was made:\n  " + join(moved, "\n  "),
               "nothing was changed; make a new plan with 'kfctl plan' and look at it");
}

}  // namespace kfctl
