#include "kernels/cpu/context.h"

#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "kernels/cpu/team.h"

namespace kfctl::cpu {
namespace {

constexpr size_t kAlignment = 256;

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

struct Scratch {
  std::unique_ptr<void, Free> memory;
  size_t bytes = 0;

  void* at_least(size_t wanted) {
    if (wanted > bytes) {
      const size_t rounded = (wanted + kAlignment - 1) / kAlignment * kAlignment;
      memory.reset();
      memory.reset(std::aligned_alloc(kAlignment, rounded));
      if (memory == nullptr) throw std::bad_alloc();  // as any small allocation of the program
      bytes = rounded;
    }
    return memory.get();
  }
};

}  // namespace

struct Context::Parts {
  explicit Parts(int threads) : team(threads), of_worker(static_cast<size_t>(threads)) {}
  Team team;
  Scratch shared[kSlots];
  std::vector<Scratch> of_worker;
};

Context::Context(int threads) : parts_(new Parts(threads)) {}
Context::~Context() { delete parts_; }

int Context::threads() const { return parts_->team.threads(); }

void Context::for_each(int64_t count, void (*work)(void*, int64_t, int), void* closure) {
  parts_->team.for_each(count, work, closure);
}

void* Context::scratch(int slot, size_t bytes) { return parts_->shared[slot].at_least(bytes); }

void* Context::worker_scratch(int worker, size_t bytes) {
  return parts_->of_worker[static_cast<size_t>(worker)].at_least(bytes);
}

}  // namespace kfctl::cpu
