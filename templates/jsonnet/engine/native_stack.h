// A large native stack for recursive work, and a guard against running off its end.
//
// The parser and the evaluator recurse as deeply as the program they are given. They run on a stack
// of their own, and ask stack_is_low() before they go deeper, so that a hostile program ends in an
// error and not in a crash.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include <pthread.h>

namespace kfctl::jsonnet {

extern thread_local const char* native_stack_limit;

inline bool stack_is_low() {
  return static_cast<const char*>(__builtin_frame_address(0)) < native_stack_limit;
}

/// A thread with a stack of its own size.
class StackThread {
 public:
  /// Runs `work`, which must not throw, on a stack of `bytes` (less if the system refuses that
  /// much). Memory is taken only for the part of the stack that is used.
  StackThread(size_t bytes, std::function<void()> work);
  StackThread(const StackThread&) = delete;
  StackThread& operator=(const StackThread&) = delete;
  /// Waits for the end of `work`.
  ~StackThread();

  /// False if there was no thread to be had: `work` is not run at all.
  bool started() const { return started_; }

 private:
  struct Job {
    std::function<void()> work;
    size_t bytes;
  };
  static void* run(void* job);

  Job job_;
  pthread_t thread_ = {};
  bool started_ = false;
};

/// Runs `work`, which must not throw, to its end on a stack of `bytes` or, where there is none to
/// be had, on the caller's. It is the caller's thread that goes on there: a new one would cost 0.1
/// ms, and a second heap. (Under the sanitizers it is a StackThread.)
void run_on_large_stack(size_t bytes, const std::function<void()>& work);

}  // namespace kfctl::jsonnet
