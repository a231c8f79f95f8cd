// Memory in large pieces. To touch a page for the first time costs more than to fill it, and is
// what much of a short program's time goes to: huge pages are touched 512 times less often.
#pragma once

#include <cstddef>
#include <string>

namespace kfctl {

inline constexpr size_t kHugePage = 2 * 1024 * 1024;

/// `bytes` of zeroed memory straight from the kernel. With `huge`, in huge pages as far as it fills
/// some and the kernel has them. Throws std::bad_alloc.
void* allocate_pages(size_t bytes, bool huge);
void free_pages(void* memory, size_t bytes);

/// Asks for huge pages where this memory, not yet touched, spans some. A wish: nothing is lost
/// where it is not granted.
void prefer_huge_pages(void* memory, size_t bytes);

/// Gives `text`, which is being written, room to become many times as large without being copied:
/// address space, of which only what is written takes memory. A wish, too.
void reserve_ahead(std::string& text);

/// A capacity to reserve for `bytes` that are about to be written. A large one, with the header
/// that the allocator puts before it, is whole huge pages: then the kernel lets it begin with one.
inline size_t round_to_huge_pages(size_t bytes) {
  constexpr size_t kHeader = 64;
  if (bytes < kHugePage) return bytes;
  return (bytes + kHeader + kHugePage - 1) / kHugePage * kHugePage - kHeader;
}

}  // namespace kfctl
