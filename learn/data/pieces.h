// Rows cut into pieces for a pool of threads.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/thread_pool.h"

namespace kfctl {

inline size_t piece_count(size_t rows, size_t piece) { return (rows + piece - 1) / piece; }

/// Calls work(index, begin, end) for the pieces [begin, end) of `piece` rows each, on the threads
/// of `pool`; one after another if it is null.
template <typename Work>
void for_pieces(ThreadPool* pool, size_t rows, size_t piece, const Work& work) {
  const auto one = [&](size_t index) {
    work(index, index * piece, std::min(rows, (index + 1) * piece));
  };
  const size_t count = piece_count(rows, piece);
  if (pool != nullptr && count > 1) return pool->for_each(count, one);
  for (size_t index = 0; index < count; ++index) one(index);
}

}  // namespace kfctl
