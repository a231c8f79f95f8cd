// Memory straight from the kernel, where it is cheaper than what the allocator would do: touching a
// page for the first time is what much of a short evaluation's time goes to.
#pragma once

#include <cstddef>

namespace kfctl::jsonnet {

/// `bytes` of zeroed memory, in huge pages as far as it fills some and the kernel has them.
/// Throws std::bad_alloc.
void* allocate_pages(size_t bytes, bool huge);
void free_pages(void* memory, size_t bytes);

}  // namespace kfctl::jsonnet
