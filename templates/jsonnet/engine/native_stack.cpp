#include "templates/jsonnet/engine/native_stack.h"

#include <cstdint>
#include <utility>

#include <sys/mman.h>
#include <ucontext.h>

namespace kfctl::jsonnet {

thread_local const char* native_stack_limit = nullptr;

namespace {

// What a function may use after its guard said there is room: leaf calls into the C library.
constexpr size_t kReserve = 256 * 1024;
constexpr size_t kSmallest = 4 * 1024 * 1024;
constexpr size_t kGuard = 64 * 1024;  // below a stack; a multiple of every page size

// The sanitizers know threads, but not that a thread goes on on another stack.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMayChangeStacks = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kMayChangeStacks = false;
#else
constexpr bool kMayChangeStacks = true;
#endif
#else
constexpr bool kMayChangeStacks = true;
#endif

// Memory for a stack with a guard below it; less than was asked for if the system refuses that
// much.
class StackMemory {
 public:
  explicit StackMemory(size_t wanted) {
    for (bytes_ = wanted; bytes_ >= kSmallest; bytes_ /= 2) {
      memory_ = mmap(nullptr, kGuard + bytes_, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
      if (memory_ != MAP_FAILED) break;
    }
    if (there()) mprotect(memory_, kGuard, PROT_NONE);
  }
  ~StackMemory() {
    if (there()) munmap(memory_, kGuard + bytes_);
  }
  StackMemory(const StackMemory&) = delete;
  StackMemory& operator=(const StackMemory&) = delete;

  bool there() const { return memory_ != MAP_FAILED; }
  char* bottom() const { return static_cast<char*>(memory_) + kGuard; }
  size_t bytes() const { return bytes_; }

 private:
  void* memory_ = MAP_FAILED;
  size_t bytes_;  // above the guard
};

// makecontext() hands over integers and no pointers.
void enter(unsigned high, unsigned low) {
  const uintptr_t work = uintptr_t{high} << 32 | low;
  (*reinterpret_cast<const std::function<void()>*>(work))();
}

// Runs `work` on the calling thread, on a stack of its own. False: there is none to be had.
bool run_on_own_stack(size_t bytes, const std::function<void()>& work) {
  const StackMemory stack(bytes);
  ucontext_t here, there;
  if (!stack.there() || getcontext(&there) != 0) return false;
  there.uc_stack.ss_sp = stack.bottom();
  there.uc_stack.ss_size = stack.bytes();
  there.uc_link = &here;
  const uintptr_t address = reinterpret_cast<uintptr_t>(&work);
  makecontext(&there, reinterpret_cast<void (*)()>(enter), 2, static_cast<unsigned>(address >> 32),
              static_cast<unsigned>(address));
  const char* const previous = std::exchange(native_stack_limit, stack.bottom() + kReserve);
  const bool done = swapcontext(&here, &there) == 0;
  native_stack_limit = previous;
  return done;
}

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
  if (kMayChangeStacks ? run_on_own_stack(bytes, work) : StackThread(bytes, work).started()) return;
  // The caller's stack, of which we assume a modest part is left.
  const char* previous = native_stack_limit;
  native_stack_limit = static_cast<const char*>(__builtin_frame_address(0)) - kReserve * 2;
  work();
  native_stack_limit = previous;
}

}  // namespace kfctl::jsonnet
