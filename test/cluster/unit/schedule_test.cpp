#include "cluster/schedule.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

using Nodes = std::vector<size_t>;

// "3<1": 3 was skipped because 1 failed.
std::string skipped(Schedule& schedule) {
  std::string out;
  for (const Schedule::Skipped& one : schedule.take_skipped()) {
    out +=
        (out.empty() ? "" : " ") + std::to_string(one.object) + "<" + std::to_string(one.because);
  }
  return out;
}

}  // namespace

TEST_CASE("what needs nothing begins at once, the rest when its needs have come far enough") {
  Graph graph(4);
  graph.add(1, 0, Gate::kApplied);
  graph.add(2, 0, Gate::kReady);
  graph.add(3, 1, Gate::kApplied);
  graph.add(3, 2, Gate::kApplied);
  Schedule schedule(graph);
  CHECK(schedule.take_startable() == Nodes{0});
  CHECK(schedule.take_startable().empty());
  CHECK(schedule.is_awaited(0, Gate::kReady));
  schedule.reach(0, Gate::kApplied);
  CHECK(schedule.take_startable() == Nodes{1});
  schedule.reach(0, Gate::kReady);
  CHECK_FALSE(schedule.is_awaited(0, Gate::kReady));
  CHECK(schedule.take_startable() == Nodes{2});
  schedule.reach(1, Gate::kReady);
  CHECK(schedule.take_startable().empty());
  schedule.reach(2, Gate::kApplied);
  CHECK(schedule.take_startable() == Nodes{3});
}

TEST_CASE("a failure skips what needs it, directly or not, and nothing else") {
  Graph graph(5);
  graph.add(1, 0, Gate::kApplied);
  graph.add(2, 1, Gate::kApplied);
  graph.add(3, 0, Gate::kTried);
  Schedule schedule(graph);
  CHECK(schedule.take_startable() == Nodes{0, 4});
  schedule.fail(0);
  CHECK(skipped(schedule) == "1<0 2<0");
  CHECK(schedule.take_startable() == Nodes{3});
  schedule.reach(4, Gate::kReady);
  CHECK(skipped(schedule) == "");
}

TEST_CASE("an object that was applied and never became ready stops only those that wait for that") {
  Graph graph(3);
  graph.add(1, 0, Gate::kApplied);
  graph.add(2, 0, Gate::kReady);
  Schedule schedule(graph);
  schedule.take_startable();
  schedule.reach(0, Gate::kApplied);
  CHECK(schedule.take_startable() == Nodes{1});
  schedule.fail(0);
  CHECK(skipped(schedule) == "2<0");
}

TEST_CASE("an object is skipped once, and not started when its other needs are met later") {
  Graph graph(3);
  graph.add(2, 0, Gate::kApplied);
  graph.add(2, 1, Gate::kApplied);
  Schedule schedule(graph);
  schedule.take_startable();
  schedule.fail(0);
  schedule.fail(1);
  CHECK(skipped(schedule) == "2<0");
  schedule.reach(0, Gate::kReady);
  schedule.reach(1, Gate::kReady);
  CHECK(schedule.take_startable().empty());
}

TEST_CASE("a milestone is passed when all of it is there, one behind another too") {
  Graph graph(4);
  const size_t first = graph.add_milestone();
  const size_t second = graph.add_milestone();
  graph.add(first, 0, Gate::kApplied);
  graph.add(first, 1, Gate::kTried);
  graph.add(second, first, Gate::kApplied);
  graph.add(2, second, Gate::kApplied);
  Schedule schedule(graph);
  CHECK(schedule.take_startable() == Nodes{0, 1, 3});
  schedule.fail(1);
  CHECK(schedule.take_startable().empty());
  schedule.reach(0, Gate::kApplied);
  CHECK(schedule.take_startable() == Nodes{2});
  CHECK(skipped(schedule) == "");
}

TEST_CASE("a failure passes through milestones to the objects behind them") {
  Graph graph(2);
  const size_t milestone = graph.add_milestone();
  graph.add(milestone, 0, Gate::kApplied);
  graph.add(1, milestone, Gate::kApplied);
  Schedule schedule(graph);
  schedule.take_startable();
  schedule.fail(0);
  CHECK(skipped(schedule) == "1<0");
}

TEST_CASE("a milestone of nothing holds nobody up") {
  Graph graph(1);
  graph.add(0, graph.add_milestone(), Gate::kApplied);
  Schedule schedule(graph);
  CHECK(schedule.take_startable() == Nodes{0});
}
