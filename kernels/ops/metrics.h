// What evaluation computes from scores. Memory, order and errors as in dense.h.
#pragma once

#include <cstdint>

namespace kfctl {

/// The k greatest of each row, greatest first; of equals the one with the lower column. NaN counts
/// as less than everything. k = 1 is the arg max.
struct TopK {
  const float* scores = nullptr;  // (rows, columns)
  int32_t* indices = nullptr;     // (rows, k)
  float* values = nullptr;        // (rows, k), or null
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t k = 1;  // <= columns
};

struct Ranking {
  double roc_auc = 0.0;            // NaN if there are no positives or no negatives
  double average_precision = 0.0;  // sum of precision times the gain of recall; NaN: no positives
  double positives = 0.0;          // their weight
  double negatives = 0.0;
};

/// Exact areas by one sort of the scores: ties count half (Mann and Whitney), and are one threshold
/// of the precision. A row whose label is negative or whose
/// score is NaN is left out.
struct RankScores {
  const float* scores = nullptr;    // (count), `stride` apart
  const int32_t* labels = nullptr;  // (count): positive if it is `positive`, left out if below 0
  const float* weights = nullptr;   // (count), or null for 1
  Ranking* result = nullptr;        // one, in device memory
  int64_t count = 0;
  int64_t stride = 1;
  int32_t positive = 1;
};

/// sum[c] = sum over r of x[r,c], in double, in the order of the rows.
struct ColumnSums {
  const float* x = nullptr;  // (rows, columns)
  double* sums = nullptr;    // (columns)
  int64_t rows = 0;
  int64_t columns = 0;
};

}  // namespace kfctl
