#include "base/http_window.h"

#include <algorithm>
#include <deque>

#include <doctest/doctest.h>

using namespace kfctl;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

const HttpWindow::Clock::time_point kNow = HttpWindow::Clock::time_point() + milliseconds(60'000);

// One round of answers that all took that long, with the window full.
void round(HttpWindow& window, milliseconds took) {
  const size_t answers = window.size();
  for (size_t i = 0; i < answers; ++i) window.answered("PATCH", took, true);
}

// A server that needs `work` for a request, one after the other, and is `way` away. Sends so many
// requests as the window admits; returns how long the server had nothing to do.
microseconds idle_of(HttpWindow& window, microseconds work, microseconds way, int requests) {
  struct Flight {
    microseconds begun, back;
  };
  std::deque<Flight> flights;
  microseconds now{0}, free{0}, idle{0};
  for (int sent = 0; sent < requests;) {
    for (; flights.size() < window.size() && sent < requests; ++sent) {
      const microseconds there = now + way / 2;
      idle += std::max(microseconds(0), there - free);
      free = std::max(free, there) + work;
      flights.push_back({now, free + way / 2});
    }
    const bool full = flights.size() >= window.size();
    const Flight first = flights.front();
    flights.pop_front();
    now = first.back;
    window.answered("PATCH", first.back - first.begun, full);
  }
  return idle;
}

}  // namespace

TEST_CASE("a window grows while answers do not become slower, to its limit") {
  HttpWindow window(100);
  CHECK(window.size() == HttpWindow::kFirst);
  round(window, milliseconds(20));
  CHECK(window.size() == 64);
  round(window, milliseconds(20));
  CHECK(window.size() == 100);
  round(window, milliseconds(20));
  CHECK(window.size() == 100);
  CHECK(HttpWindow(8).size() == 8);
  CHECK(HttpWindow(0).size() == 1);
}

TEST_CASE("a window that is not filled says nothing about a wider one") {
  HttpWindow window(100);
  for (int i = 0; i < 200; ++i) window.answered("GET", milliseconds(5), false);
  CHECK(window.size() == HttpWindow::kFirst);
}

TEST_CASE("answers that queue at the server narrow the window, but not for ever") {
  HttpWindow window(100);
  round(window, milliseconds(10));
  CHECK(window.size() == 64);
  round(window, milliseconds(100));  // 58 of 64 wait
  CHECK(window.size() == 56);
  for (int i = 0; i < 50; ++i) round(window, milliseconds(1'000));
  CHECK(window.size() == 24);  // were all of them waiting, it would be kLongQueue
}

TEST_CASE("each kind of request is compared with its own shortest") {
  HttpWindow window(100);
  for (int i = 0; i < 32; ++i) {
    window.answered(i % 2 == 0 ? "GET" : "PATCH", milliseconds(i % 2 == 0 ? 100 : 5), true);
  }
  CHECK(window.size() == 64);
}

TEST_CASE("a refusal halves the window once for all that were under way together") {
  HttpWindow window(100);
  const int before = window.cuts();
  for (int i = 0; i < 32; ++i) window.refused(before, kNow, milliseconds(1'000));
  CHECK(window.size() == 16);
  CHECK(window.admits(15, kNow));
  CHECK_FALSE(window.admits(16, kNow));
  round(window, milliseconds(10));
  CHECK(window.size() == 17);  // by one, and not by doubling
}

TEST_CASE("a server that goes on refusing is left alone for the time that it asks for") {
  HttpWindow window(100);
  while (window.size() > HttpWindow::kLeast) window.refused(window.cuts(), kNow, milliseconds(700));
  CHECK(window.admits(0, kNow));
  window.refused(window.cuts(), kNow, milliseconds(700));
  CHECK(window.size() == HttpWindow::kLeast);
  CHECK_FALSE(window.admits(0, kNow + milliseconds(699)));
  CHECK(window.admits(HttpWindow::kLeast - 1, kNow + milliseconds(700)));
  CHECK_FALSE(window.admits(HttpWindow::kLeast, kNow + milliseconds(700)));
  window.refused(window.cuts(), kNow, std::chrono::hours(1));
  CHECK(window.closed_until() == kNow + HttpWindow::kLongestPause);
}

TEST_CASE("the window comes back after the trouble is over") {
  HttpWindow window(100);
  for (int i = 0; i < 10; ++i) window.refused(window.cuts(), kNow, milliseconds(0));
  CHECK(window.size() == HttpWindow::kLeast);
  for (int i = 0; i < 100; ++i) round(window, milliseconds(10));
  CHECK(window.size() == 100);
}

TEST_CASE("a server is kept busy, near and far") {
  for (const int work_us : {200, 1'000, 5'000}) {
    for (const int way_us : {100, 2'000, 20'000}) {
      HttpWindow window(100);
      const microseconds work(work_us), way(way_us);
      idle_of(window, work, way, 1'000);  // to find its width
      const microseconds idle = idle_of(window, work, way, 1'000);
      // What no window of 100 can avoid, and a tenth of the work.
      const microseconds least = std::max(microseconds(0), way + work - 100 * work) * 10 + way;
      CHECK_MESSAGE(idle <= least + work * 100, "work ", work_us, " way ", way_us);
    }
  }
  // Work that comes one by one does not need 100 of them waiting.
  HttpWindow window(100);
  idle_of(window, milliseconds(5), milliseconds(2), 2'000);
  CHECK(window.size() <= 40);
}
