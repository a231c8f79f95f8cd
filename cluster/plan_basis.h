// What the decisions of a plan rest on: where it was made, which objects were there, and a digest
// of what an apply looks at in them. If all of it is as it was, applying does what was planned.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/object.h"
#include "base/result.h"

namespace kfctl {

struct ObjectBasis {
  ObjectId id;
  std::string uid;     // "" if it was not there, or has none (a file)
  std::string digest;  // salted SHA-256; "" if it was not there, or where the UID is enough

  bool is_there() const { return !uid.empty() || !digest.empty(); }
};

struct PlanBasis {
  std::string destination;           // for people: "cluster https://10.0.0.1:6443, namespace ml"
  std::string place;                 // what tells it from others: its cluster's UID and namespace
  std::string salt;                  // of the digests, so that those of Secrets cannot be looked up
  std::vector<ObjectBasis> objects;  // what is applied
  std::vector<ObjectBasis> pruned;   // what is deleted
};

/// SHA-256 of salt and text, hexadecimal.
std::string salted_digest(std::string_view salt, std::string_view text);

/// Errors: kCluster if `now` is not what was planned for, naming every object that moved and what
/// to do.
Status check_basis(const PlanBasis& planned, const PlanBasis& now);

}  // namespace kfctl
