#include <algorithm>
#include <vector>

#include "kernels/ops.h"

namespace kfctl::reference {

Status run(const EmbeddingForward& op) {
  KF_DO(check(op));
  for (int64_t row = 0; row < op.rows; ++row) {
    const int64_t id = op.ids[row * op.ids_stride];
    float* const y = op.y + row * op.y_stride;
    if (id < 0 || id >= op.vocabulary) {
      std::fill_n(y, op.width, 0.0f);
    } else {
      std::copy_n(op.table + id * op.width, op.width, y);
    }
  }
  return Ok{};
}

Status run(const EmbeddingBackward& op) {
  KF_DO(check(op));
  std::vector<double> sums(static_cast<size_t>(op.vocabulary * op.width), 0.0);
  for (int64_t row = 0; row < op.rows; ++row) {
    const int64_t id = op.ids[row * op.ids_stride];
    if (id < 0 || id >= op.vocabulary) continue;
    for (int64_t c = 0; c < op.width; ++c) {
      sums[static_cast<size_t>(id * op.width + c)] += double{op.dy[row * op.dy_stride + c]};
    }
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    op.dtable[i] = static_cast<float>(op.accumulate ? double{op.dtable[i]} + sums[i] : sums[i]);
  }
  return Ok{};
}

}  // namespace kfctl::reference
