#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/totals.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

constexpr int64_t kRows = 32;  // of a part

void put(float* to, const float* values, int64_t count, bool accumulate) {
  for (int64_t i = 0; i < count; ++i) to[i] = accumulate ? to[i] + values[i] : values[i];
}

KFCTL_INLINE float sum_of(const float* x, int64_t count) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; ++i) sum += x[i];
  return sum;
}

KFCTL_INLINE float spread_of(const float* x, float mean, int64_t count) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; ++i) sum += (x[i] - mean) * (x[i] - mean);
  return sum;
}

/// Mean and variance of each channel over the rows, into batch[0..channels) and [channels..2 *
/// channels): first the means, then the squares of what is left, which cancels nothing.
void channel_moments(const BatchNormForward& op, Context& context, float* batch) {
  const int64_t channels = op.channels;
  const float share = 1.0f / static_cast<float>(op.rows);
  sum_rows(context, op.rows, channels, batch, [&](int64_t first, int64_t last, float* sums) {
    for (int64_t row = first; row < last; ++row) {
      const float* const x = op.x + row * channels;
      for (int64_t c = 0; c < channels; ++c) sums[c] += x[c];
    }
  });
  for (int64_t c = 0; c < channels; ++c) batch[c] *= share;
  sum_rows(context, op.rows, channels, batch + channels,
           [&](int64_t first, int64_t last, float* sums) {
             for (int64_t row = first; row < last; ++row) {
               const float* const x = op.x + row * channels;
               for (int64_t c = 0; c < channels; ++c) {
                 sums[c] += (x[c] - batch[c]) * (x[c] - batch[c]);
               }
             }
           });
  for (int64_t c = 0; c < channels; ++c) batch[channels + c] *= share;
}

void move_running(const BatchNormForward& op, const float* batch) {
  const float sample = static_cast<float>(op.rows) / static_cast<float>(op.rows - 1);
  for (int64_t c = 0; c < op.channels; ++c) {
    op.running_mean[c] += op.momentum * (batch[c] - op.running_mean[c]);
    op.running_variance[c] +=
        op.momentum * (batch[op.channels + c] * sample - op.running_variance[c]);
  }
}

}  // namespace

void run(const LayerNormForward& op, Context& context) {
  const float share = 1.0f / static_cast<float>(op.channels);
  for_parts(context, op.rows, kRows, op.rows * op.channels,
            [&](int64_t first, int64_t last, int64_t) {
              for (int64_t row = first; row < last; ++row) {
                const float* const x = op.x + row * op.channels;
                float* const y = op.y + row * op.channels;
                const float mean = sum_of(x, op.channels) * share;
                const float variance = spread_of(x, mean, op.channels) * share;
                const float inverse = 1.0f / __builtin_sqrtf(variance + op.epsilon);
                op.mean[row] = mean;
                op.inverse[row] = inverse;
                for (int64_t c = 0; c < op.channels; ++c) {
                  y[c] = op.gain[c] * ((x[c] - mean) * inverse) + op.shift[c];
                }
              }
            });
}

void run(const LayerNormBackward& op, Context& context) {
  const int64_t channels = op.channels;
  const size_t bytes = static_cast<size_t>(2 * channels) * sizeof(float);
  float* const totals = static_cast<float*>(context.scratch(2, bytes));
  sum_rows(context, op.rows, 2 * channels, totals, [&](int64_t first, int64_t last, float* sums) {
    for (int64_t row = first; row < last; ++row) {
      const float* const x = op.x + row * channels;
      const float* const dy = op.dy + row * channels;
      for (int64_t c = 0; c < channels; ++c) {
        sums[c] += dy[c] * ((x[c] - op.mean[row]) * op.inverse[row]);
        sums[channels + c] += dy[c];
      }
    }
  });
  put(op.dgain, totals, channels, op.accumulate);
  put(op.dshift, totals + channels, channels, op.accumulate);

  const float share = 1.0f / static_cast<float>(channels);
  for_parts(context, op.rows, kRows, op.rows * channels, [&](int64_t first, int64_t last, int64_t) {
    for (int64_t row = first; row < last; ++row) {
      const float* const x = op.x + row * channels;
      const float* const dy = op.dy + row * channels;
      float* const dx = op.dx + row * channels;
      const float mean = op.mean[row];
      const float inverse = op.inverse[row];
      float sum = 0.0f;
      float slope = 0.0f;
#pragma omp simd reduction(+ : sum, slope)
      for (int64_t c = 0; c < channels; ++c) {
        const float g = op.gain[c] * dy[c];
        sum += g;
        slope += g * ((x[c] - mean) * inverse);
      }
      sum *= share;
      slope *= share;
      for (int64_t c = 0; c < channels; ++c) {
        const float normal = (x[c] - mean) * inverse;
        dx[c] = (op.gain[c] * dy[c] - sum - normal * slope) * inverse;
      }
    }
  });
}

void run(const BatchNormForward& op, Context& context) {
  const int64_t channels = op.channels;
  const size_t bytes = static_cast<size_t>(3 * channels) * sizeof(float);
  float* const mean = static_cast<float*>(context.scratch(2, bytes));
  float* const variance = mean + channels;
  float* const inverse = variance + channels;
  if (op.training) {
    channel_moments(op, context, mean);
    move_running(op, mean);
  } else {
    for (int64_t c = 0; c < channels; ++c) mean[c] = op.running_mean[c];
    for (int64_t c = 0; c < channels; ++c) variance[c] = op.running_variance[c];
  }
  for (int64_t c = 0; c < channels; ++c) {
    inverse[c] = 1.0f / __builtin_sqrtf(variance[c] + op.epsilon);
  }
  for (int64_t c = 0; op.mean != nullptr && c < channels; ++c) op.mean[c] = mean[c];
  for (int64_t c = 0; op.inverse != nullptr && c < channels; ++c) op.inverse[c] = inverse[c];

  for_parts(context, op.rows, kRows, op.rows * channels / 2,
            [&](int64_t first, int64_t last, int64_t) {
              for (int64_t row = first; row < last; ++row) {
                const float* const x = op.x + row * channels;
                float* const y = op.y + row * channels;
                for (int64_t c = 0; c < channels; ++c) {
                  y[c] = op.gain[c] * ((x[c] - mean[c]) * inverse[c]) + op.shift[c];
                }
              }
            });
}

void run(const BatchNormBackward& op, Context& context) {
  const int64_t channels = op.channels;
  const size_t bytes = static_cast<size_t>(2 * channels) * sizeof(float);
  float* const totals = static_cast<float*>(context.scratch(2, bytes));
  sum_rows(context, op.rows, 2 * channels, totals, [&](int64_t first, int64_t last, float* sums) {
    for (int64_t row = first; row < last; ++row) {
      const float* const x = op.x + row * channels;
      const float* const dy = op.dy + row * channels;
      for (int64_t c = 0; c < channels; ++c) {
        sums[c] += dy[c] * ((x[c] - op.mean[c]) * op.inverse[c]);
        sums[channels + c] += dy[c];
      }
    }
  });
  put(op.dgain, totals, channels, op.accumulate);
  put(op.dshift, totals + channels, channels, op.accumulate);
  if (op.dx == nullptr) return;

  const float share = 1.0f / static_cast<float>(op.rows);
  for_parts(context, op.rows, kRows, op.rows * channels / 2,
            [&](int64_t first, int64_t last, int64_t) {
              for (int64_t row = first; row < last; ++row) {
                const float* const x = op.x + row * channels;
                const float* const dy = op.dy + row * channels;
                float* const dx = op.dx + row * channels;
                for (int64_t c = 0; c < channels; ++c) {
                  const float normal = (x[c] - op.mean[c]) * op.inverse[c];
                  dx[c] = (dy[c] - totals[channels + c] * share - normal * totals[c] * share) *
                          (op.gain[c] * op.inverse[c]);
                }
              }
            });
}

}  // namespace kfctl::cpu::KFCTL_ISA
