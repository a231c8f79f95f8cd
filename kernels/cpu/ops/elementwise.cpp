#include "kernels/cpu/ops/functions.h"
#include "kernels/cpu/ops/ops.h"
#include "kernels/random.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

constexpr int64_t kPart = 16384;  // elements: some microseconds of the cheapest op

}  // namespace

void run(const Fill& op, Context& context) {
  for_parts(context, op.count, kPart, op.count / 8, [&op](int64_t begin, int64_t end, int64_t) {
    for (int64_t i = begin; i < end; ++i) op.y[i] = op.value;
  });
}

void run(const AddScaled& op, Context& context) {
  for_parts(context, op.count, kPart, op.count / 4, [&op](int64_t begin, int64_t end, int64_t) {
    if (op.keep == 0.0f) {
      for (int64_t i = begin; i < end; ++i) op.y[i] = op.scale * op.x[i];
    } else {
      for (int64_t i = begin; i < end; ++i) op.y[i] = op.scale * op.x[i] + op.keep * op.y[i];
    }
  });
}

void run(const ActivationForward& op, Context& context) {
  for_parts(context, op.count, kPart, op.count, [&op](int64_t begin, int64_t end, int64_t) {
    activate(op.activation, op.x + begin, op.y + begin, end - begin);
  });
}

void run(const ActivationBackward& op, Context& context) {
  for_parts(context, op.count, kPart, op.count, [&op](int64_t begin, int64_t end, int64_t) {
    multiply_slope(op.activation, op.x == nullptr ? nullptr : op.x + begin,
                   op.y == nullptr ? nullptr : op.y + begin, op.dy + begin, op.dx + begin,
                   end - begin);
  });
}

// Four numbers come from one block: parts begin at multiples of four.
void run(const Dropout& op, Context& context) {
  const float scale = 1.0f / (1.0f - op.rate);
  const uint64_t seed = op.state->seed;
  const int64_t step = op.state->step;
  for_parts(context, op.count, kPart, op.count * 4, [&](int64_t begin, int64_t end, int64_t) {
    const int64_t whole = begin + (end - begin) / 4 * 4;
    for (int64_t i = begin; i < whole; i += 4) {
      const Philox4 four = random_block(seed, step, op.stream, static_cast<uint64_t>(i) / 4);
      for (int j = 0; j < 4; ++j) {
        op.y[i + j] = uniform(four.word[j]) >= op.rate ? op.x[i + j] * scale : 0.0f;
      }
    }
    if (whole == end) return;
    const Philox4 four = random_block(seed, step, op.stream, static_cast<uint64_t>(whole) / 4);
    for (int64_t i = whole; i < end; ++i) {
      op.y[i] = uniform(four.word[i - whole]) >= op.rate ? op.x[i] * scale : 0.0f;
    }
  });
}

void run(const Softmax& op, Context& context) {
  constexpr int64_t kRows = 64;
  for_parts(context, op.rows, kRows, op.rows * op.classes,
            [&op](int64_t begin, int64_t end, int64_t) {
              for (int64_t row = begin; row < end; ++row) {
                const float* const x = op.x + row * op.classes;
                float* const y = op.y + row * op.classes;
                float most = x[0];
                for (int64_t c = 1; c < op.classes; ++c) most = x[c] > most ? x[c] : most;
                float sum = 0.0f;
                for (int64_t c = 0; c < op.classes; ++c) y[c] = fast_exp(x[c] - most);
#pragma omp simd reduction(+ : sum)
                for (int64_t c = 0; c < op.classes; ++c) sum += y[c];
                for (int64_t c = 0; c < op.classes; ++c) y[c] /= sum;
              }
            });
}

}  // namespace kfctl::cpu::KFCTL_ISA
