#include "base/pages.h"

#include <algorithm>
#include <cstdint>
#include <new>

#include <sys/mman.h>

namespace kfctl {
namespace {

constexpr size_t kPage = 4096;

size_t up_to(size_t multiple, size_t bytes) { return (bytes + multiple - 1) / multiple * multiple; }

char* map(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return static_cast<char*>(memory);
}

void unmap(char* begin, char* end) {
  if (begin < end) munmap(begin, static_cast<size_t>(end - begin));
}

}  // namespace

void* allocate_pages(size_t bytes, bool huge) {
  bytes = up_to(kPage, bytes);
  if (!huge || bytes < kHugePage) return map(bytes);
  // Mapped with room to spare, and then cut to begin where a huge page may.
  char* const memory = map(bytes + kHugePage);
  char* const begin = memory + up_to(kHugePage, reinterpret_cast<uintptr_t>(memory)) -
                      reinterpret_cast<uintptr_t>(memory);
  unmap(memory, begin);
  unmap(begin + bytes, memory + bytes + kHugePage);
  madvise(begin, bytes, MADV_HUGEPAGE);
  return begin;
}

void free_pages(void* memory, size_t bytes) { munmap(memory, up_to(kPage, bytes)); }

// The whole of its first and last page, too: where the allocator mapped the memory by itself, a
// huge page may begin with its header.
void prefer_huge_pages(void* memory, size_t bytes) {
  if (bytes < kHugePage) return;
  const uintptr_t begin = reinterpret_cast<uintptr_t>(memory) / kPage * kPage;
  const uintptr_t end = up_to(kPage, reinterpret_cast<uintptr_t>(memory) + bytes);
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

// What is written first goes to small pages: a text of a megabyte is to take no more than that.
void reserve_ahead(std::string& text) {
  constexpr size_t kLeast = 32 * kHugePage, kSmallPages = kHugePage / 2;
  try {
    text.reserve(std::max(kLeast, text.size() * 8));
  } catch (const std::bad_alloc&) {
    return;
  }
  const size_t begin = std::max(text.size(), kSmallPages);
  prefer_huge_pages(text.data() + begin, text.capacity() - begin);
}

}  // namespace kfctl
