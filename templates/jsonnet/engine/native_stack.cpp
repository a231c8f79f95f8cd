#include "templates/jsonnet/engine/native_stack.h"

#include <utility>

namespace kfctl::jsonnet {

thread_local const char* native_stack_limit = nullptr;

namespace {

// What a function may use after its guard said there is room: leaf calls into the C library.
constexpr size_t kReserve = 256 * 1024;
constexpr size_t kSmallest = 4 * 1024 * 1024;

}  // namespace

StackThread::StackThread(size_t bytes, std::function<void()> work) : job_{std::move(work), bytes} {
  for (; job_.bytes >= kSmallest; job_.bytes /= 2) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, job_.bytes);
    started_ = pthread_create(&thread_, &attributes, run, &job_) == 0;
    pthread_attr_destroy(&attributes);
    if (started_) break;
  }
}

StackThread::~StackThread() {
  if (started_) pthread_join(thread_, nullptr);
}

void* StackThread::run(void* argument) {
  const Job* job = static_cast<const Job*>(argument);
  const char* top = static_cast<const char*>(__builtin_frame_address(0));
  native_stack_limit = top - job->bytes + kReserve;
  job->work();
  return nullptr;
}

void run_on_large_stack(size_t bytes, const std::function<void()>& work) {
  if (StackThread(bytes, work).started()) return;
  // The caller's stack, of which we assume a modest part is left.
  const char* previous = native_stack_limit;
  native_stack_limit = static_cast<const char*>(__builtin_frame_address(0)) - kReserve * 2;
  work();
  native_stack_limit = previous;
}

}  // namespace kfctl::jsonnet
