// What the ops of the CPU compute with: threads and scratch memory. The ops are compiled for
// several instruction sets (isa.h) and therefore see no type of the standard library here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kfctl::cpu {

class Team;

class Context {
 public:
  /// `threads` as for Team.
  explicit Context(int threads);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  int threads() const;

  /// Team::for_each.
  void for_each(int64_t count, void (*work)(void* closure, int64_t piece, int worker),
                void* closure);

  /// At least `bytes` bytes, 256-byte aligned, with what the last user left in them; valid until
  /// the next call with the same slot. Not from inside of for_each.
  void* scratch(int slot, size_t bytes);

  /// The same for one worker, inside of for_each. It grows only, so a step that was done once
  /// allocates nothing.
  void* worker_scratch(int worker, size_t bytes);

  static constexpr int kSlots = 4;

 private:
  struct Parts;
  Parts* parts_;
};

}  // namespace kfctl::cpu
