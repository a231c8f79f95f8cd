// From a data set that lies on the device to a batch that a model can take.
//
// Shapes: row-major. Memory, order and errors as in dense.h. Row numbers are int32.
#pragma once

#include <cstdint>

#include "kernels/ops/step_state.h"

namespace kfctl {

/// The rows of the batch that begins at state->position + offset: indices[i] = rows_of[p], where p
/// is state->position + offset + i, through Permutation(population, state->seed, state->epoch) if
/// `shuffle`. A position past the end of the epoch gives -1: a row that is not there.
struct BatchIndices {
  int32_t* indices = nullptr;        // (rows)
  const int32_t* rows_of = nullptr;  // (population): the rows of a split; null for the row itself
  const StepState* state = nullptr;
  int64_t rows = 0;
  int64_t population = 0;  // >= 1
  int64_t offset = 0;      // for a batch in several parts (gradient accumulation)
  bool shuffle = true;
};

enum class ElementType : int32_t { kFloat, kUint8, kInt32 };

/// y[r,c] = (source[indices[r], c] - mean[c]) * scale[c]. A NaN of the source (a missing value)
/// becomes `missing[c]` before that. Index -1 gives a row of zeros.
struct GatherRows {
  const void* source = nullptr;      // (any, width) of `type`, kFloat or kUint8
  const int32_t* indices = nullptr;  // (rows); null for the first `rows` rows
  const float* mean = nullptr;       // (width), or null for 0
  const float* scale = nullptr;      // (width), or null for 1
  const float* missing = nullptr;    // (width), or null to keep NaN
  float* y = nullptr;                // (rows), each `y_stride` floats after the last
  int64_t rows = 0;
  int64_t width = 0;
  int64_t y_stride = 0;  // >= width
  ElementType type = ElementType::kFloat;
};

/// y[r,c] = source[indices[r], c] for what is copied as it is: labels, ids, weights. Index -1 gives
/// `otherwise` (-1 makes a label that no loss counts).
struct GatherInts {
  const int32_t* source = nullptr;   // (any, width)
  const int32_t* indices = nullptr;  // (rows); null for the first `rows` rows
  int32_t* y = nullptr;              // (rows, width)
  int64_t rows = 0;
  int64_t width = 1;
  int32_t otherwise = -1;
};

/// The mean and the population's variance of each column, NaN left out; of no number at all: 0 and
/// 0. Sums in double.
struct ColumnMoments {
  const void* source = nullptr;      // (any, width) of `type`, kFloat or kUint8
  const int32_t* indices = nullptr;  // (rows): only these rows; null for the first `rows` rows
  double* mean = nullptr;            // (width)
  double* variance = nullptr;        // (width)
  int64_t* count = nullptr;          // (width): how many are not NaN
  int64_t rows = 0;
  int64_t width = 0;
  ElementType type = ElementType::kFloat;
};

}  // namespace kfctl
