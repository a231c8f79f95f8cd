// Embeddings: rows of a table, chosen by number, into columns of a wider matrix.
//
// An id outside of [0, vocabulary) stands for a missing value: it gives zeros and takes no
// gradient. Shapes: row-major fp32; ids int32. Memory, order and errors as in dense.h.
#pragma once

#include <cstdint>

namespace kfctl {

/// y[r, 0..width) = table[ids[r], 0..width)
struct EmbeddingForward {
  const float* table = nullptr;  // (vocabulary, width)
  const int32_t* ids = nullptr;  // (rows), `ids_stride` apart
  float* y = nullptr;            // (rows), each `y_stride` floats after the last
  int64_t rows = 0;
  int64_t vocabulary = 0;
  int64_t width = 0;
  int64_t ids_stride = 1;
  int64_t y_stride = 0;  // >= width
};

/// dtable[v] = sum of dy[r] over the rows with ids[r] == v, in the order of the rows whatever the
/// number of threads; zero for what no row names.
struct EmbeddingBackward {
  const int32_t* ids = nullptr;
  const float* dy = nullptr;  // (rows), each `dy_stride` floats after the last
  float* dtable = nullptr;    // (vocabulary, width)
  int64_t rows = 0;
  int64_t vocabulary = 0;
  int64_t width = 0;
  int64_t ids_stride = 1;
  int64_t dy_stride = 0;
  bool accumulate = false;  // add to dtable
};

}  // namespace kfctl
