#include "templates/jsonnet/engine/native_stack.h"

#include <pthread.h>

namespace kfctl::jsonnet {

thread_local const char* native_stack_limit = nullptr;

namespace {

// What a function may use after its guard said there is room: leaf calls into the C library.
constexpr size_t kReserve = 256 * 1024;
constexpr size_t kSmallest = 4 * 1024 * 1024;

struct Job {
  const std::function<void()>* work;
  size_t bytes;
};

void* run_job(void* argument) {
  const Job* job = static_cast<const Job*>(argument);
  const char* top = static_cast<const char*>(__builtin_frame_address(0));
  native_stack_limit = top - job->bytes + kReserve;
  (*job->work)();
  return nullptr;
}

}  // namespace

void run_on_large_stack(size_t bytes, const std::function<void()>& work) {
  for (; bytes >= kSmallest; bytes /= 2) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, bytes);
    Job job{&work, bytes};
    pthread_t thread;
    const int failed = pthread_create(&thread, &attributes, run_job, &job);
    pthread_attr_destroy(&attributes);
    if (failed != 0) continue;
    pthread_join(thread, nullptr);
    return;
  }
  // No second thread to be had: the caller's stack, of which we assume a modest part is left.
  const char* previous = native_stack_limit;
  native_stack_limit = static_cast<const char*>(__builtin_frame_address(0)) - kReserve * 2;
  work();
  native_stack_limit = previous;
}

}  // namespace kfctl::jsonnet
