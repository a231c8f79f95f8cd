#include "cluster/pace.h"

#include <thread>

#include <doctest/doctest.h>

using namespace kfctl;

TEST_CASE("a look that takes no time may follow at once, a long one only after a rest") {
  Pace pace;
  CHECK(pace.delay_ms(20) == 20);
  pace.time([] {});
  CHECK(pace.delay_ms(20) == 20);
  pace.time([] { std::this_thread::sleep_for(std::chrono::milliseconds(30)); });
  CHECK(pace.delay_ms(20) >= 30 * Pace::kRest);
  CHECK(pace.delay_ms(100'000) == 100'000);
  pace.time([] {});
  CHECK(pace.delay_ms(20) == 20);
}
