// Graph: what has to be in place before what. Pure.
//
// Nodes are the planned objects, in their order, and behind them milestones: nodes that stand for
// "all of these" so that n objects which need m others make n + m edges and not n times m.
// cluster/needs.h knows the rules that make the edges, cluster/schedule.h walks them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace kfctl {

/// How far an object must have come before what needs it may begin. Each includes those before it.
enum class Gate {
  kTried,    // its result is known, whatever it is: order only, a failure stops nothing
  kApplied,  // the server has taken it
  kServed,   // a definition whose kinds can be used
  kReady,    // it does what it is there for (cluster/health.h)
};

struct Need {
  size_t node = 0;
  Gate gate = Gate::kApplied;
};

class Graph {
 public:
  explicit Graph(size_t objects = 0) : objects_(objects), needs_(objects) {}

  size_t objects() const { return objects_; }  // nodes below this are objects
  size_t nodes() const { return needs_.size(); }
  const std::vector<Need>& needs(size_t node) const { return needs_[node]; }

  /// `node` needs `other`. A node does not need itself: that is left out.
  void add(size_t node, size_t other, Gate gate);
  /// Makes a milestone.
  size_t add_milestone();

  /// The nodes of one cycle, each needing the next and the last the first; empty if there is none.
  std::vector<size_t> find_cycle() const;

  /// All objects, each behind those that it needs, and else in their own order. Without a cycle.
  std::vector<size_t> order() const;

  /// For deletion: what needed an object must be gone before it. Every gate but kTried is kApplied.
  Graph reversed() const;

 private:
  size_t objects_;
  std::vector<std::vector<Need>> needs_;
};

}  // namespace kfctl
