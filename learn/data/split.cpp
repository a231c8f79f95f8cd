#include "learn/data/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "learn/data/hash.h"

namespace kfctl {
namespace {

// Rows that are hashed at once, a column after the other: long enough reads where columns lie in a
// file, and the hashes stay in the cache.
constexpr size_t kBlockRows = 32768;

// Goes on with the hash of row `begin` + i, which is hashes[i], by the content of one column.
void hash_column(const Column& column, size_t begin, std::span<uint64_t> hashes) {
  const TensorCells& tensor = column.tensor;
  const size_t width = tensor.width();
  for (size_t i = 0; i < hashes.size(); ++i) {
    const size_t row = begin + i;
    uint64_t& hash = hashes[i];
    if (column.kind == ColumnKind::kNumber) {
      // Every NaN is the same missing value, and -0 is 0.
      const double value = column.numbers[row];
      const double settled = std::isnan(value) ? NAN : value + 0.0;
      hash = hash_bytes(&settled, sizeof settled, hash);
    } else if (column.kind == ColumnKind::kText) {
      hash = hash_text(column.text[row], hash);
    } else {
      hash = tensor.is_bytes
                 ? hash_bytes(tensor.bytes.data() + row * width, width, hash)
                 : hash_bytes(tensor.floats.data() + row * width, width * sizeof(float), hash);
    }
  }
}

void by_hash(const Frame& frame, const SplitOptions& options, Split& split) {
  const double sum = options.train + options.validation + options.test;
  std::vector<uint64_t> hashes;
  for (size_t begin = 0; begin < frame.rows; begin += kBlockRows) {
    hashes.assign(std::min(kBlockRows, frame.rows - begin), options.seed);
    for (const Column& column : frame.columns) hash_column(column, begin, hashes);
    for (size_t i = 0; i < hashes.size(); ++i) {
      const double u = static_cast<double>(hashes[i] >> 11) * 0x1p-53 * sum;
      const auto number = static_cast<uint32_t>(begin + i);
      if (u < options.train) {
        split.train.push_back(number);
      } else if (u < options.train + options.validation) {
        split.validation.push_back(number);
      } else {
        split.test.push_back(number);
      }
    }
  }
}

void by_fraction(size_t rows, const SplitOptions& options, Split& split) {
  const double sum = options.train + options.validation + options.test;
  std::vector<uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&options](uint32_t a, uint32_t b) {
    const uint64_t x = mix64(options.seed ^ mix64(a)), y = mix64(options.seed ^ mix64(b));
    return x != y ? x < y : a < b;
  });
  const auto share = [&](double fraction) {
    return static_cast<size_t>(std::llround(static_cast<double>(rows) * fraction / sum));
  };
  const size_t test = std::min(share(options.test), rows);
  const size_t validation = std::min(share(options.validation), rows - test);
  const auto at = [&order](size_t index) { return order.begin() + static_cast<ptrdiff_t>(index); };
  split.test.assign(at(0), at(test));
  split.validation.assign(at(test), at(test + validation));
  split.train.assign(at(test + validation), order.end());
  for (auto* part : {&split.train, &split.validation, &split.test}) {
    std::sort(part->begin(), part->end());
  }
}

Status by_column(const Dataset& dataset, const SplitOptions& options, Split& split) {
  const Column* column = dataset.frame.find(options.column);
  if (column == nullptr || column->kind == ColumnKind::kTensor) {
    return project_error("no column '" + options.column + "' to split by");
  }
  for (size_t row = 0; row < dataset.frame.rows; ++row) {
    const std::string value = cell_text(*column, row);
    const auto number = static_cast<uint32_t>(row);
    if (value == "0" || value == "train") {
      split.train.push_back(number);
    } else if (value == "1" || value == "validation") {
      split.validation.push_back(number);
    } else if (value == "2" || value == "test") {
      split.test.push_back(number);
    } else {
      return project_error(
          dataset.place(row) + ": column '" + options.column + "': '" + value + "' is no split",
          "it is 0, 1, 2, train, validation or test");
    }
  }
  return Ok{};
}

}  // namespace

Result<Split> split_rows(const Dataset& dataset, const SplitOptions& options) {
  for (const double share : {options.train, options.validation, options.test}) {
    if (!(share >= 0) || !std::isfinite(share)) {
      return usage_error("the shares of a split are numbers from 0");
    }
  }
  if (options.train <= 0) return usage_error("the share of the training split is 0");
  Split split;
  if (options.by == "column") {
    KF_DO(by_column(dataset, options, split));
  } else if (options.by == "hash") {
    by_hash(dataset.frame, options, split);
  } else if (options.by == "fraction") {
    by_fraction(dataset.frame.rows, options, split);
  } else {
    return usage_error("unknown split '" + options.by + "'", "hash, fraction or column");
  }
  if (split.train.empty()) {
    return project_error("no row is left to train on",
                         "the data are too few, or the split gives all to the others");
  }
  return split;
}

}  // namespace kfctl
