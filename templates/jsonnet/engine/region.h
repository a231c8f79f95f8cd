// Memory of one evaluation: taken by moving a pointer, given back all at once.
//
// Nothing in a region is ever destroyed, so only trivially destructible types live here. Belongs
// to one thread. Throws MemoryLimit when an evaluation takes more than it may, in the region or
// beside it: what is gathered in buffers elsewhere is to be announced by reserve() or keep().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
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
  /// `limit` says how many bytes may be taken. Asked once, and only when it is not little.
  explicit Region(std::function<size_t()> limit) : ask_(std::move(limit)) {}
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() {
    for (const Chunk& chunk : chunks_) free_pages(chunk.memory, chunk.size);
    for (const Chunk& spare : spares_)
      if (spare.memory != nullptr) free_pages(spare.memory, spare.size);
  }

  /// `bytes` of uninitialised memory, aligned to 8.
  void* allocate(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (bytes > static_cast<size_t>(end_ - at_)) return allocate_slow(bytes);
    void* result = at_;
    at_ += bytes;
    return result;
  }

  /// Takes back memory that nobody refers to: what was allocated last, or a large piece, which is
  /// kept for the next one. Does nothing for any other.
  void give_back(void* memory, size_t bytes) {
    const size_t size = (bytes + 7) & ~size_t{7};
    if (static_cast<char*>(memory) + size == at_) {
      at_ = static_cast<char*>(memory);
    } else if (bytes >= kSmallestAlone) {
      give_back_chunk(memory);
    }
  }

  /// Makes what was allocated last longer where it lies. False: it is not, or there is no room.
  bool extend(void* memory, size_t bytes, size_t more) {
    char* const end = static_cast<char*>(memory) + ((bytes + 7) & ~size_t{7});
    const size_t size = (bytes + more + 7) & ~size_t{7};
    if (end != at_ || size > static_cast<size_t>(end_ - static_cast<char*>(memory))) return false;
    at_ = static_cast<char*>(memory) + size;
    return true;
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
  /// What was allocated, without what is left of the chunks.
  size_t bytes_used() const { return taken_ - wasted_ - static_cast<size_t>(end_ - at_); }

  /// Throws MemoryLimit if `bytes` more, which somebody is about to take elsewhere, are too many.
  void reserve(size_t bytes) {
    if (has_room(bytes)) return;
    if (ask_) limit_ = std::exchange(ask_, nullptr)();
    if (!has_room(bytes)) throw MemoryLimit{limit_};
  }
  /// Counts `bytes` that were taken elsewhere and are needed until the end. Throws MemoryLimit.
  void keep(size_t bytes) {
    reserve(bytes);
    kept_ += bytes;
  }

  /// Makes `limit` the limit. False, and nothing is changed, if more is taken already.
  bool lower_limit(size_t limit) {
    if (taken_ + kept_ > limit) return false;
    limit_ = limit;
    ask_ = nullptr;
    return true;
  }

 private:
  struct Chunk {
    void* memory = nullptr;
    size_t size = 0;
    bool alone = false;  // holds one piece and nothing else
  };

  void* allocate_slow(size_t bytes) {
    size_t size = next_size_;
    if (bytes > size / 4) {  // a chunk of its own, so that the rest of this one is not wasted
      return new_chunk(bytes, true);
    }
    if (next_size_ < kLargest) next_size_ *= 2;
    wasted_ += static_cast<size_t>(end_ - at_);
    at_ = static_cast<char*>(new_chunk(size, false));
    end_ = at_ + size;
    void* result = at_;
    at_ += bytes;
    return result;
  }
  // A spare chunk may be larger than what was asked for, so taken_ can pass the limit.
  bool has_room(size_t bytes) const { return bytes <= limit_ && taken_ + kept_ <= limit_ - bytes; }
  void* new_chunk(size_t size, bool alone) {
    reserve(size);
    chunks_.push_back({});
    if (!alone || !take_spare(size))
      chunks_.back() = {allocate_pages(size, taken_ >= kHugeFrom), size, alone};
    taken_ += chunks_.back().size;
    return chunks_.back().memory;
  }
  // Makes the last chunk one that was given back and is not much larger than `size`.
  bool take_spare(size_t size) {
    for (Chunk& spare : spares_) {
      if (spare.size < size || spare.size / 2 > size) continue;
      chunks_.back() = std::exchange(spare, {});
      return true;
    }
    return false;
  }
  void give_back_chunk(void* memory) {
    for (size_t i = chunks_.size(); i-- > 0 && i + 4 > chunks_.size();) {
      if (chunks_[i].memory != memory || !chunks_[i].alone) continue;
      Chunk& oldest = spares_[next_spare_++ % std::size(spares_)];
      if (oldest.memory != nullptr) free_pages(oldest.memory, oldest.size);
      oldest = chunks_[i];
      taken_ -= oldest.size;
      chunks_.erase(chunks_.begin() + static_cast<ptrdiff_t>(i));
      return;
    }
  }

  static constexpr size_t kSmallestAlone = 16 * 1024;  // a quarter of the first chunk
  static constexpr size_t kUnasked = 16 * 1024 * 1024;
  static constexpr size_t kLargest = 4 * 1024 * 1024;
  // Huge pages are faster to get and coarser: an evaluation of a few megabytes is to use no more.
  static constexpr size_t kHugeFrom = 3 * 1024 * 1024;
  char* at_ = nullptr;
  char* end_ = nullptr;
  size_t next_size_ = 64 * 1024;
  size_t taken_ = 0;
  size_t wasted_ = 0;  // at the ends of chunks that were given up
  size_t kept_ = 0;    // of what lies elsewhere
  size_t limit_ = kUnasked;
  std::function<size_t()> ask_;
  std::vector<Chunk> chunks_;
  Chunk spares_[2];  // chunks of their own that were given back
  size_t next_spare_ = 0;
};

}  // namespace kfctl::jsonnet
