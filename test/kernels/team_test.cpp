#include "kernels/cpu/team.h"

#include <chrono>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

/// How often each of `count` pieces was done, by threads that write without a lock.
std::vector<int> done_by(cpu::Team& team, int64_t count) {
  std::vector<int> times(static_cast<size_t>(count), 0);
  team.for_each(
      count,
      [](void* closure, int64_t piece, int) {
        ++(*static_cast<std::vector<int>*>(closure))[static_cast<size_t>(piece)];
      },
      &times);
  return times;
}

}  // namespace

TEST_CASE("a team does each piece once, however many there are and one job after the other") {
  for (const int threads : {1, 2, 4}) {
    cpu::Team team(threads);
    CHECK(team.threads() == threads);
    for (int job = 0; job < 300; ++job) {
      const int64_t count = job % 17;
      const std::vector<int> once(static_cast<size_t>(count), 1);
      CHECK(done_by(team, count) == once);
    }
  }
}

TEST_CASE("a team that has gone to sleep wakes up for the next job") {
  cpu::Team team(3);
  for (int job = 0; job < 5; ++job) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(done_by(team, 64) == std::vector<int>(64, 1));
  }
}

TEST_CASE("workers have numbers below that of the threads") {
  cpu::Team team(3);
  std::vector<int> workers(200, -1);
  team.for_each(
      200,
      [](void* closure, int64_t piece, int worker) {
        (*static_cast<std::vector<int>*>(closure))[static_cast<size_t>(piece)] = worker;
      },
      &workers);
  for (const int worker : workers) CHECK((worker >= 0 && worker < 3));
}
