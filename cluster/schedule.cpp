#include "cluster/schedule.h"

#include <algorithm>
#include <utility>

namespace kfctl {
namespace {

int level_of(Gate gate) { return static_cast<int>(gate); }

}  // namespace

Schedule::Schedule(const Graph& graph) : objects_(graph.objects()), nodes_(graph.nodes()) {
  for (size_t node = 0; node < graph.nodes(); ++node) {
    nodes_[node].unmet = graph.needs(node).size();
    for (const Need& need : graph.needs(node)) {
      nodes_[need.node].dependents.push_back({node, need.gate});
    }
  }
  for (size_t node = 0; node < graph.nodes(); ++node) {
    if (start_if_free(node) && node >= objects_) raise(node, level_of(Gate::kReady));
  }
}

std::vector<size_t> Schedule::take_startable() {
  std::vector<size_t> out = std::exchange(startable_, {});
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Schedule::Skipped> Schedule::take_skipped() {
  std::vector<Skipped> out = std::exchange(skipped_, {});
  std::sort(out.begin(), out.end(),
            [](const Skipped& a, const Skipped& b) { return a.object < b.object; });
  return out;
}

void Schedule::reach(size_t object, Gate gate) { raise(object, level_of(gate)); }

void Schedule::fail(size_t object) {
  raise(object, level_of(Gate::kTried));
  give_up_dependents(object, object);
}

bool Schedule::is_awaited(size_t object, Gate gate) const {
  const Node& node = nodes_[object];
  if (node.level >= level_of(gate)) return false;
  return std::any_of(node.dependents.begin(), node.dependents.end(), [&](const Need& dependent) {
    return level_of(dependent.gate) >= level_of(gate) &&
           nodes_[dependent.node].state == State::kWaiting;
  });
}

// Milestones start themselves, and are then all that anything can need of them, which may set off
// others behind them: hence a list of work and no recursion.
void Schedule::raise(size_t node, int level) {
  std::vector<std::pair<size_t, int>> work = {{node, level}};
  while (!work.empty()) {
    const auto [at, to] = work.back();
    work.pop_back();
    const int from = std::exchange(nodes_[at].level, std::max(nodes_[at].level, to));
    for (const Need& dependent : nodes_[at].dependents) {
      if (level_of(dependent.gate) <= from || level_of(dependent.gate) > to) continue;
      --nodes_[dependent.node].unmet;
      if (start_if_free(dependent.node) && dependent.node >= objects_) {
        work.emplace_back(dependent.node, level_of(Gate::kReady));
      }
    }
  }
}

void Schedule::give_up_dependents(size_t node, size_t because) {
  std::vector<size_t> work = {node};
  while (!work.empty()) {
    const size_t at = work.back();
    work.pop_back();
    for (const Need& dependent : nodes_[at].dependents) {
      Node& other = nodes_[dependent.node];
      if (level_of(dependent.gate) <= nodes_[at].level || other.state != State::kWaiting) continue;
      other.state = State::kSkipped;
      if (dependent.node < objects_) skipped_.push_back({dependent.node, because});
      raise(dependent.node, level_of(Gate::kTried));
      work.push_back(dependent.node);
    }
  }
}

bool Schedule::start_if_free(size_t node) {
  Node& it = nodes_[node];
  if (it.unmet > 0 || it.state != State::kWaiting) return false;
  it.state = State::kStarted;
  if (node < objects_) startable_.push_back(node);
  return true;
}

}  // namespace kfctl
