#include "cluster/graph.h"

#include <algorithm>
#include <set>

namespace kfctl {
namespace {

enum class Mark : char { kNew, kOpen, kDone };

// A depth-first walk with its own stack: a chain of dependencies may be as long as the set.
class CycleSearch {
 public:
  explicit CycleSearch(const Graph& graph) : graph_(graph), marks_(graph.nodes(), Mark::kNew) {}

  std::vector<size_t> run() {
    for (size_t node = 0; node < graph_.nodes(); ++node) {
      if (marks_[node] == Mark::kNew && walk(node)) return cycle();
    }
    return {};
  }

 private:
  struct Step {
    size_t node;
    size_t next = 0;  // which of its needs comes next
  };

  // True if it met a node that is open: the cycle is then the end of the path.
  bool walk(size_t start) {
    open(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      const std::vector<Need>& needs = graph_.needs(step.node);
      if (step.next == needs.size()) {
        marks_[step.node] = Mark::kDone;
        path_.pop_back();
        continue;
      }
      const size_t node = needs[step.next++].node;
      if (marks_[node] == Mark::kOpen) {
        closed_by_ = node;
        return true;
      }
      if (marks_[node] == Mark::kNew) open(node);
    }
    return false;
  }

  void open(size_t node) {
    marks_[node] = Mark::kOpen;
    path_.push_back({node});
  }

  std::vector<size_t> cycle() const {
    std::vector<size_t> out;
    const auto begin = std::find_if(path_.begin(), path_.end(),
                                    [this](const Step& step) { return step.node == closed_by_; });
    for (auto step = begin; step != path_.end(); ++step) out.push_back(step->node);
    return out;
  }

  const Graph& graph_;
  std::vector<Mark> marks_;
  std::vector<Step> path_;
  size_t closed_by_ = 0;
};

}  // namespace

void Graph::add(size_t node, size_t other, Gate gate) {
  if (node != other) needs_[node].push_back({other, gate});
}

size_t Graph::add_milestone() {
  needs_.emplace_back();
  return needs_.size() - 1;
}

std::vector<size_t> Graph::find_cycle() const { return CycleSearch(*this).run(); }

// Of the nodes that wait for nothing more, milestones go first and then the first object.
std::vector<size_t> Graph::order() const {
  std::vector<size_t> unmet(nodes());
  std::vector<std::vector<size_t>> dependents(nodes());
  std::vector<size_t> milestones;
  std::set<size_t> objects;
  const auto free = [&](size_t node) {
    if (node < objects_) {
      objects.insert(node);
    } else {
      milestones.push_back(node);
    }
  };
  for (size_t node = 0; node < nodes(); ++node) {
    unmet[node] = needs_[node].size();
    for (const Need& need : needs_[node]) dependents[need.node].push_back(node);
    if (unmet[node] == 0) free(node);
  }
  std::vector<size_t> out;
  while (!milestones.empty() || !objects.empty()) {
    size_t node = 0;
    if (!milestones.empty()) {
      node = milestones.back();
      milestones.pop_back();
    } else {
      node = objects.extract(objects.begin()).value();
      out.push_back(node);
    }
    for (const size_t dependent : dependents[node]) {
      if (--unmet[dependent] == 0) free(dependent);
    }
  }
  return out;
}

Graph Graph::reversed() const {
  Graph out(objects_);
  out.needs_.resize(needs_.size());
  for (size_t node = 0; node < needs_.size(); ++node) {
    for (const Need& need : needs_[node]) {
      out.add(need.node, node, need.gate == Gate::kTried ? Gate::kTried : Gate::kApplied);
    }
  }
  return out;
}

}  // namespace kfctl
