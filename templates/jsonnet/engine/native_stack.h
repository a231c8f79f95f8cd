// A large native stack for recursive work, and a guard against running off its end.
//
// The parser and the evaluator recurse as deeply as the program they are given. They run on a
// thread with a stack of its own, and ask stack_is_low() before they go deeper, so that a hostile
// program ends in an error and not in a crash.
#pragma once

#include <cstddef>
#include <functional>

namespace kfctl::jsonnet {

extern thread_local const char* native_stack_limit;

inline bool stack_is_low() {
  return static_cast<const char*>(__builtin_frame_address(0)) < native_stack_limit;
}

/// Runs `work` to its end on a stack of `bytes` (less if the system refuses that much). `work`
/// must not throw. Memory is taken only for the part of the stack that is used.
void run_on_large_stack(size_t bytes, const std::function<void()>& work);

}  // namespace kfctl::jsonnet
