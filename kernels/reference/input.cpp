#include <cmath>

#include "kernels/ops.h"
#include "kernels/reference/functions.h"
#include "kernels/shuffle.h"

namespace kfctl::reference {

Status run(const BatchIndices& op) {
  KF_DO(check(op));
  const Permutation shuffled(static_cast<uint64_t>(op.population), op.state->seed, op.state->epoch);
  for (int64_t i = 0; i < op.rows; ++i) {
    const int64_t position = op.state->position + op.offset + i;
    if (position >= op.population) {
      op.indices[i] = -1;
      continue;
    }
    const uint64_t place =
        op.shuffle ? shuffled(static_cast<uint64_t>(position)) : static_cast<uint64_t>(position);
    op.indices[i] = op.rows_of == nullptr ? static_cast<int32_t>(place) : op.rows_of[place];
  }
  return Ok{};
}

Status run(const GatherRows& op) {
  KF_DO(check(op));
  for (int64_t row = 0; row < op.rows; ++row) {
    const int64_t from = op.indices == nullptr ? row : op.indices[row];
    for (int64_t c = 0; c < op.width; ++c) {
      float& y = op.y[row * op.y_stride + c];
      if (from < 0) {
        y = 0.0f;
        continue;
      }
      double value = element(op.source, op.type, from * op.width + c);
      if (std::isnan(value) && op.missing != nullptr) value = double{op.missing[c]};
      if (op.mean != nullptr) value -= double{op.mean[c]};
      if (op.scale != nullptr) value *= double{op.scale[c]};
      y = static_cast<float>(value);
    }
  }
  return Ok{};
}

Status run(const GatherInts& op) {
  KF_DO(check(op));
  for (int64_t row = 0; row < op.rows; ++row) {
    const int64_t from = op.indices == nullptr ? row : op.indices[row];
    for (int64_t c = 0; c < op.width; ++c) {
      op.y[row * op.width + c] = from < 0 ? op.otherwise : op.source[from * op.width + c];
    }
  }
  return Ok{};
}

Status run(const ColumnMoments& op) {
  KF_DO(check(op));
  for (int64_t c = 0; c < op.width; ++c) {
    const auto value = [&op, c](int64_t row) {
      const int64_t from = op.indices == nullptr ? row : op.indices[row];
      return element(op.source, op.type, from * op.width + c);
    };
    double sum = 0.0;
    int64_t count = 0;
    for (int64_t row = 0; row < op.rows; ++row) {
      if (std::isnan(value(row))) continue;
      sum += value(row);
      ++count;
    }
    const double mean = count == 0 ? 0.0 : sum / static_cast<double>(count);
    double squares = 0.0;
    for (int64_t row = 0; row < op.rows; ++row) {
      if (std::isnan(value(row))) continue;
      squares += (value(row) - mean) * (value(row) - mean);
    }
    op.mean[c] = mean;
    op.variance[c] = count == 0 ? 0.0 : squares / static_cast<double>(count);
    op.count[c] = count;
  }
  return Ok{};
}

}  // namespace kfctl::reference
