#include "cluster/result_order.h"

#include <string>

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

struct Told {
  std::vector<ObjectResult> results;
  std::vector<std::string> names;
  std::string default_namespace = "default";
  OnClusterEvent on_event = [this](const ClusterEvent& event) {
    names.push_back(event.result->id.name);
  };

  Told() : results(4) {
    for (size_t i = 0; i < results.size(); ++i) results[i].id.name = std::to_string(i);
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Told, "results are told in their order, each as early as that allows") {
  ResultOrder order(on_event, results, {0, 1, 2, 3});
  order.finish(1);
  CHECK(names.empty());
  order.finish(0);
  CHECK(names == Names{"0", "1"});
  order.finish(3);
  order.finish(2);
  CHECK(names == Names{"0", "1", "2", "3"});
}

TEST_CASE_FIXTURE(Told, "what stands behind a result that never comes is told at the end") {
  ResultOrder order(on_event, results, {0, 1, 2, 3});
  order.finish(2);
  order.finish(0);
  order.flush();
  order.flush();
  CHECK(names == Names{"0", "2"});
}

TEST_CASE_FIXTURE(Told, "a result that changes after it was told is told again") {
  ResultOrder order(on_event, results, {0, 1, 2, 3});
  order.finish(0);
  order.finish(0);
  CHECK(names == Names{"0", "0"});
}

TEST_CASE_FIXTURE(Told, "the order need not be that of the objects") {
  ResultOrder order(on_event, results, {2, 0, 3, 1});
  order.finish(0);
  CHECK(names.empty());
  order.finish(2);
  CHECK(names == Names{"2", "0"});
  order.finish(1);
  order.finish(0);
  CHECK(names == Names{"2", "0", "0"});
  order.flush();
  CHECK(names == Names{"2", "0", "0", "1"});
}
