#include "kernels/cpu/team.h"

#include <immintrin.h>

namespace kfctl::cpu {
namespace {

// About 20 microseconds: what lies between two ops of a step, and less than a sleep costs.
constexpr int kLooks = 400;

void look_away() { _mm_pause(); }

constexpr uint64_t kCountMask = 0xffffffff;

}  // namespace

FlushTiny::FlushTiny() : before_(_mm_getcsr()) {
  constexpr uint32_t kResultsAndOperands = 0x8040;  // FTZ and DAZ
  _mm_setcsr(before_ | kResultsAndOperands);
}

FlushTiny::~FlushTiny() { _mm_setcsr(before_); }

Team::Team(int threads) {
  for (int worker = 1; worker < threads; ++worker) {
    workers_.emplace_back([this, worker] { serve(worker); });
  }
}

Team::~Team() {
  ending_.store(true, std::memory_order_release);
  job_.fetch_add(1, std::memory_order_release);
  job_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Team::for_each(int64_t count, Work work, void* closure) {
  if (workers_.empty() || count < 2) {
    for (int64_t piece = 0; piece < count; ++piece) work(closure, piece, 0);
    return;
  }
  work_ = work;
  closure_ = closure;
  undone_.store(static_cast<uint32_t>(count), std::memory_order_relaxed);
  const uint64_t job = (unclaimed_.load(std::memory_order_relaxed) >> 32) + 1;
  unclaimed_.store(job << 32 | static_cast<uint64_t>(count), std::memory_order_release);
  job_.fetch_add(1, std::memory_order_release);
  job_.notify_all();

  take_pieces(0);
  for (int look = 0; look < kLooks && undone_.load(std::memory_order_acquire) != 0; ++look) {
    look_away();
  }
  while (const uint32_t undone = undone_.load(std::memory_order_acquire)) undone_.wait(undone);
}

void Team::take_pieces(int worker) {
  uint64_t seen = unclaimed_.load(std::memory_order_acquire);
  while ((seen & kCountMask) != 0) {
    if (!unclaimed_.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel,
                                          std::memory_order_acquire)) {
      continue;
    }
    work_(closure_, static_cast<int64_t>((seen & kCountMask) - 1), worker);
    if (undone_.fetch_sub(1, std::memory_order_acq_rel) == 1) undone_.notify_one();
    seen = unclaimed_.load(std::memory_order_acquire);
  }
}

bool Team::wait_for_work(uint32_t seen) const {
  for (int look = 0; look < kLooks; ++look) {
    if (job_.load(std::memory_order_acquire) != seen) return true;
    look_away();
  }
  job_.wait(seen, std::memory_order_acquire);
  return job_.load(std::memory_order_acquire) != seen;
}

void Team::serve(int worker) {
  const FlushTiny flush;
  uint32_t seen = 0;
  while (!ending_.load(std::memory_order_acquire)) {
    if (wait_for_work(seen)) seen = job_.load(std::memory_order_acquire);
    take_pieces(worker);
  }
}

}  // namespace kfctl::cpu
