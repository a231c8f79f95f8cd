#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/simd.h"

namespace kfctl::cpu::KFCTL_ISA {

void run(const EmbeddingForward& op, Context& context) {
  constexpr int64_t kRows = 256;
  for_parts(context, op.rows, kRows, op.rows * op.width,
            [&op](int64_t first, int64_t last, int64_t) {
              for (int64_t row = first; row < last; ++row) {
                const int64_t id = op.ids[row * op.ids_stride];
                const bool known = id >= 0 && id < op.vocabulary;
                const float* const from = op.table + (known ? id * op.width : 0);
                float* const y = op.y + row * op.y_stride;
                for (int64_t c = 0; c < op.width; ++c) y[c] = known ? from[c] : 0.0f;
              }
            });
}

// Each piece owns a range of the vocabulary and looks through all rows for it, in order: no two
// threads add to one place, and every sum has the order of the rows.
void run(const EmbeddingBackward& op, Context& context) {
  constexpr int64_t kRanges = 8;
  const int64_t each = greater(16, pieces(op.vocabulary, kRanges));
  const int64_t work = op.vocabulary * op.width / 4 + op.rows * op.width;
  for_parts(context, op.vocabulary, each, work, [&op](int64_t first, int64_t last, int64_t) {
    float* const table = op.dtable;
    if (!op.accumulate) {
      for (int64_t i = first * op.width; i < last * op.width; ++i) table[i] = 0.0f;
    }
    for (int64_t row = 0; row < op.rows; ++row) {
      const int64_t id = op.ids[row * op.ids_stride];
      if (id < first || id >= last) continue;
      const float* const dy = op.dy + row * op.dy_stride;
      float* const to = table + id * op.width;
      for (int64_t c = 0; c < op.width; ++c) to[c] += dy[c];
    }
  });
}

}  // namespace kfctl::cpu::KFCTL_ISA
