// Threads that share one piece of work after the other, in microseconds.
//
// A training step of a small model is a dozen jobs of some ten microseconds, too short for the
// mutex of base/thread_pool: here pieces are claimed by one atomic, and a thread that finds none
// looks a little while longer before it sleeps. No thread has a share of its own and none is waited
// for that has claimed nothing, so a neighbour who takes a core away delays the piece on that core
// and no more.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace kfctl::cpu {

/// While it lives, this thread takes numbers below 2^-126 for 0. Moments of weights whose gradient
/// is 0 shrink until they are such numbers and would stay so for ever, at a hundred times the cost.
class FlushTiny {
 public:
  FlushTiny();
  ~FlushTiny();
  FlushTiny(const FlushTiny&) = delete;
  FlushTiny& operator=(const FlushTiny&) = delete;

 private:
  uint32_t before_;
};

class Team {
 public:
  using Work = void (*)(void* closure, int64_t piece, int worker);

  /// `threads` counts the caller, who works too as worker 0: 1 makes no thread.
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls work(closure, piece, worker) for each piece in [0, count), each once, in any order, on
  /// any thread, and returns when all are done. `work` must not call for_each. From one thread at a
  /// time. REQUIRES: count < 2^32.
  void for_each(int64_t count, Work work, void* closure);

 private:
  void serve(int worker);
  void take_pieces(int worker);
  bool wait_for_work(uint32_t seen) const;

  // The job's number in the upper half, how many of its pieces nobody has claimed in the lower:
  // what is claimed belongs to that job and no later one.
  std::atomic<uint64_t> unclaimed_{0};
  std::atomic<uint32_t> undone_{0};
  std::atomic<uint32_t> job_{0};  // what sleepers wait on
  std::atomic<bool> ending_{false};
  Work work_ = nullptr;
  void* closure_ = nullptr;
  std::vector<std::thread> workers_;
};

}  // namespace kfctl::cpu
