// What the system is told of rows that lie in a file.
#pragma once

#include <cstdint>

#include <sys/mman.h>

#include "learn/data/row_array.h"

namespace kfctl {

/// They will be read here and there: reading ahead, 32 pages for one, would be for nothing.
template <typename T>
void advise_random(const RowArray<T>& rows) {
  if (!rows.in_file() || rows.empty()) return;
  ::madvise(const_cast<T*>(rows.data()), rows.size() * sizeof(T), MADV_RANDOM);
}

/// `count` values from `first` on will be read soon: the disk may begin.
template <typename T>
void advise_soon(const RowArray<T>& rows, size_t first, size_t count) {
  constexpr uintptr_t kPage = 4096;  // where pages are larger, the advice is for nothing
  const auto at = reinterpret_cast<uintptr_t>(rows.data() + first);
  const uintptr_t begin = at / kPage * kPage;
  ::madvise(reinterpret_cast<void*>(begin), at + count * sizeof(T) - begin, MADV_WILLNEED);
}

}  // namespace kfctl
