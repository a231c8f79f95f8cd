// Which rows train, validate and test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/data/dataset.h"

namespace kfctl {

struct SplitOptions {
  double train = 0.9;
  double validation = 0.1;
  double test = 0.0;
  /// "hash": by the content of the row, so that equal rows are on one side and a row stays where it
  /// is when the data grow or change their order. "fraction": exact shares, drawn by row number.
  /// "column": as `column` says, 0, 1, 2 or train, validation, test.
  std::string by = "hash";
  std::string column = {};
  uint64_t seed = 42;
};

struct Split {
  std::vector<uint32_t> train;  // row numbers, ascending
  std::vector<uint32_t> validation;
  std::vector<uint32_t> test;
};

/// The same rows and options give the same split. The shares are divided by their sum.
/// Errors: kUsage if an option is wrong; kProject if the column holds something else, with the
/// place, or if no row is left to train on.
Result<Split> split_rows(const Dataset& dataset, const SplitOptions& options);

}  // namespace kfctl
