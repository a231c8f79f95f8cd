#include "templates/jsonnet/engine/pages.h"

#include <cstdint>
#include <new>

#include <sys/mman.h>

namespace kfctl::jsonnet {
namespace {

constexpr size_t kHugePage = 2 * 1024 * 1024;

void* map(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* allocate_pages(size_t bytes, bool huge) {
  if (!huge || bytes < kHugePage) return map(bytes);
  // Mapped with room to spare, and then cut to begin where a huge page may.
  char* memory = static_cast<char*>(map(bytes + kHugePage));
  const size_t skipped = (kHugePage - reinterpret_cast<uintptr_t>(memory) % kHugePage) % kHugePage;
  if (skipped > 0) munmap(memory, skipped);
  char* begin = memory + skipped;
  const size_t page = 4096;
  char* end = begin + (bytes + page - 1) / page * page;
  if (end < memory + bytes + kHugePage)
    munmap(end, static_cast<size_t>(memory + bytes + kHugePage - end));
  madvise(begin, bytes, MADV_HUGEPAGE);  // a wish: where it is not granted nothing is lost
  return begin;
}

void free_pages(void* memory, size_t bytes) { munmap(memory, bytes); }

}  // namespace kfctl::jsonnet
