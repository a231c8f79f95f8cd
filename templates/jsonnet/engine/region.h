// Memory of one evaluation: taken by moving a pointer, given back all at once.
//
// Nothing in a region is ever destroyed, so only trivially destructible types live here. Belongs
// to one thread. Throws MemoryLimit when an evaluation takes more than it may.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/pages.h"

namespace kfctl::jsonnet {

struct MemoryLimit {
  size_t bytes;
};

class Region {
 public:
  explicit Region(size_t limit) : limit_(limit) {}
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() {
    for (const Chunk& chunk : chunks_) free_pages(chunk.memory, chunk.size);
  }

  /// `bytes` of uninitialised memory, aligned to 8.
  void* allocate(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (bytes > static_cast<size_t>(end_ - at_)) return allocate_slow(bytes);
    void* result = at_;
    at_ += bytes;
    return result;
  }

  template <typename T, typename... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
    return new (allocate(sizeof(T))) T{std::forward<Args>(args)...};
  }

  template <typename T>
  T* array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
    return static_cast<T*>(allocate(count * sizeof(T)));
  }

  size_t bytes_taken() const { return taken_; }
  size_t bytes_used() const { return taken_ - static_cast<size_t>(end_ - at_); }

  /// Makes `limit` the limit. False, and nothing is changed, if more is taken already.
  bool lower_limit(size_t limit) {
    if (taken_ > limit) return false;
    limit_ = limit;
    return true;
  }

 private:
  struct Chunk {
    void* memory;
    size_t size;
  };

  void* allocate_slow(size_t bytes) {
    size_t size = next_size_;
    if (bytes > size / 4) {  // a chunk of its own, so that the rest of this one is not wasted
      return new_chunk(bytes);
    }
    if (next_size_ < kLargest) next_size_ *= 2;
    at_ = static_cast<char*>(new_chunk(size));
    end_ = at_ + size;
    void* result = at_;
    at_ += bytes;
    return result;
  }
  void* new_chunk(size_t size) {
    if (size > limit_ - taken_) throw MemoryLimit{limit_};
    chunks_.reserve(chunks_.size() + 1);
    void* memory = allocate_pages(size, taken_ >= kHugeFrom);
    taken_ += size;
    chunks_.push_back({memory, size});
    return memory;
  }

  static constexpr size_t kLargest = 4 * 1024 * 1024;
  // Huge pages are faster to get and coarser: an evaluation of a few megabytes is to use no more.
  static constexpr size_t kHugeFrom = 3 * 1024 * 1024;
  char* at_ = nullptr;
  char* end_ = nullptr;
  size_t next_size_ = 64 * 1024;
  size_t taken_ = 0;
  size_t limit_;
  std::vector<Chunk> chunks_;
};

}  // namespace kfctl::jsonnet
