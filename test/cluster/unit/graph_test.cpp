#include "cluster/graph.h"

#include <doctest/doctest.h>

using namespace kfctl;

TEST_CASE("a cycle is found with the nodes that make it, in the order of need") {
  Graph graph(5);
  graph.add(0, 1, Gate::kApplied);
  graph.add(1, 2, Gate::kApplied);
  graph.add(2, 3, Gate::kReady);
  CHECK(graph.find_cycle().empty());
  graph.add(3, 1, Gate::kTried);
  CHECK(graph.find_cycle() == std::vector<size_t>{1, 2, 3});
}

TEST_CASE("two ways to one node are no cycle, nor is a node that names itself") {
  Graph graph(4);
  graph.add(0, 1, Gate::kApplied);
  graph.add(0, 2, Gate::kApplied);
  graph.add(1, 3, Gate::kApplied);
  graph.add(2, 3, Gate::kApplied);
  graph.add(3, 3, Gate::kApplied);
  CHECK(graph.find_cycle().empty());
}

// A walk that calls itself would end the stack here.
TEST_CASE("a chain may be as long as the set") {
  constexpr size_t kLong = 300'000;
  Graph graph(kLong);
  for (size_t i = 1; i < kLong; ++i) graph.add(i - 1, i, Gate::kApplied);
  CHECK(graph.find_cycle().empty());
  graph.add(kLong - 1, 0, Gate::kApplied);
  CHECK(graph.find_cycle().size() == kLong);
}

TEST_CASE("reversed, what was needed needs to see the other gone; mere order stays mere order") {
  Graph graph(2);
  const size_t milestone = graph.add_milestone();
  graph.add(0, 1, Gate::kReady);
  graph.add(0, milestone, Gate::kApplied);
  graph.add(milestone, 1, Gate::kTried);
  const Graph back = graph.reversed();
  CHECK(back.objects() == 2);
  CHECK(back.nodes() == 3);
  CHECK(back.needs(0).empty());
  REQUIRE(back.needs(1).size() == 2);
  CHECK(back.needs(1)[0].node == 0);
  CHECK(back.needs(1)[0].gate == Gate::kApplied);
  CHECK(back.needs(1)[1].gate == Gate::kTried);
}

TEST_CASE("the order is that of the objects, but for what has to wait") {
  Graph graph(5);
  CHECK(graph.order() == std::vector<size_t>{0, 1, 2, 3, 4});
  graph.add(1, 3, Gate::kReady);
  graph.add(1, 3, Gate::kApplied);
  CHECK(graph.order() == std::vector<size_t>{0, 2, 3, 1, 4});
  const size_t milestone = graph.add_milestone();
  graph.add(0, milestone, Gate::kApplied);
  graph.add(milestone, 2, Gate::kTried);
  graph.add(milestone, 1, Gate::kTried);
  CHECK(graph.order() == std::vector<size_t>{2, 3, 1, 0, 4});
}
