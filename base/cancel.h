// CancelToken: how Ctrl-C reaches long work.
//
// cli/ owns one token for the process and cancels it from its SIGINT and SIGTERM handler; whoever
// does long work is handed a reference, looks at it between steps, and returns cancelled_error().
#pragma once

#include <atomic>

#include "base/result.h"

namespace kfctl {

class CancelToken {
 public:
  /// May be called from a signal handler and from any thread; calling it again does nothing more.
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
  static_assert(std::atomic<bool>::is_always_lock_free, "cancel() runs in a signal handler");
};

/// What work that was cancelled returns. `state` says what was left behind: "3 of 8 objects were
/// applied; run the command again to finish".
inline Error cancelled_error(std::string state = "") {
  return {ErrorKind::kInterrupted, state.empty() ? "interrupted" : "interrupted: " + state};
}

}  // namespace kfctl
