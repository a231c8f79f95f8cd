#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/cuda/activation.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/product.h"
#include "kernels/random.h"

namespace kfctl {
namespace {

__global__ void fill_kernel(Fill op) {
  KFCTL_FOR_EACH(i, op.count) { op.y[i] = op.value; }
}

__global__ void add_scaled_kernel(AddScaled op) {
  KFCTL_FOR_EACH(i, op.count) {
    op.y[i] = op.keep == 0.0f ? op.scale * op.x[i] : op.scale * op.x[i] + op.keep * op.y[i];
  }
}

__global__ void activation_forward_kernel(ActivationForward op) {
  KFCTL_FOR_EACH(i, op.count) { op.y[i] = activate(op.activation, op.x[i]); }
}

__global__ void activation_backward_kernel(ActivationBackward op) {
  KFCTL_FOR_EACH(i, op.count) {
    const float x = op.x == nullptr ? 0.0f : op.x[i];
    const float y = op.y == nullptr ? 0.0f : op.y[i];
    op.dx[i] = op.dy[i] * slope(op.activation, x, y);
  }
}

// One thread per four elements, which share a block of random numbers.
__global__ void dropout_kernel(Dropout op) {
  const float scale = 1.0f / (1.0f - op.rate);
  KFCTL_FOR_EACH(block, (op.count + 3) / 4) {
    const Philox4 four =
        random_block(op.state->seed, op.state->step, op.stream, static_cast<uint64_t>(block));
    for (int j = 0; j < 4 && 4 * block + j < op.count; ++j) {
      const int64_t i = 4 * block + j;
      op.y[i] = uniform(four.word[j]) >= op.rate ? op.x[i] * scale : 0.0f;
    }
  }
}

// One warp per row.
__global__ void softmax_kernel(Softmax op) {
  const int lane = threadIdx.x % 32;
  KFCTL_FOR_EACH(thread, op.rows * 32) {
    const int64_t row = thread / 32;
    const float* const x = op.x + row * op.classes;
    float* const y = op.y + row * op.classes;
    float most = x[0];
    for (int64_t c = lane; c < op.classes; c += 32) most = fmaxf(most, x[c]);
    most = warp_max(most);
    float sum = 0.0f;
    for (int64_t c = lane; c < op.classes; c += 32) sum += expf(x[c] - most);
    sum = warp_sum(sum);
    for (int64_t c = lane; c < op.classes; c += 32) y[c] = expf(x[c] - most) / sum;
  }
}

__global__ void finish_rows_kernel(float* y, const float* bias, float* pre, int64_t count,
                                   int64_t columns, Activation activation) {
  KFCTL_FOR_EACH(i, count) {
    const float value = bias == nullptr ? y[i] : y[i] + bias[i % columns];
    if (pre != nullptr) pre[i] = value;
    y[i] = activate(activation, value);
  }
}

__global__ void multiply_slope_kernel(float* dx, const float* x, const float* pre, int64_t count,
                                      Activation below) {
  KFCTL_FOR_EACH(i, count) {
    dx[i] *= slope(below, pre == nullptr ? 0.0f : pre[i], x == nullptr ? 0.0f : x[i]);
  }
}

__global__ void round_to_half_kernel(const float* from, void* to, int64_t count, bool bf16) {
  KFCTL_FOR_EACH(i, count) {
    if (bf16) {
      static_cast<__nv_bfloat16*>(to)[i] = __float2bfloat16(from[i]);
    } else {
      static_cast<__half*>(to)[i] = __float2half(from[i]);
    }
  }
}

}  // namespace

bool run(CudaContext& context, const Fill& op, CudaReason& why) {
  fill_kernel<<<blocks_for(op.count), kThreads, 0, context.stream>>>(op);
  return launched("launch Fill", why);
}

bool run(CudaContext& context, const AddScaled& op, CudaReason& why) {
  add_scaled_kernel<<<blocks_for(op.count), kThreads, 0, context.stream>>>(op);
  return launched("launch AddScaled", why);
}

bool run(CudaContext& context, const ActivationForward& op, CudaReason& why) {
  activation_forward_kernel<<<blocks_for(op.count), kThreads, 0, context.stream>>>(op);
  return launched("launch ActivationForward", why);
}

bool run(CudaContext& context, const ActivationBackward& op, CudaReason& why) {
  activation_backward_kernel<<<blocks_for(op.count), kThreads, 0, context.stream>>>(op);
  return launched("launch ActivationBackward", why);
}

bool run(CudaContext& context, const Dropout& op, CudaReason& why) {
  dropout_kernel<<<blocks_for((op.count + 3) / 4), kThreads, 0, context.stream>>>(op);
  return launched("launch Dropout", why);
}

bool run(CudaContext& context, const Softmax& op, CudaReason& why) {
  softmax_kernel<<<blocks_for(op.rows * 32), kThreads, 0, context.stream>>>(op);
  return launched("launch Softmax", why);
}

bool finish_rows(CudaContext& context, float* y, const float* bias, float* pre, int64_t rows,
                 int64_t columns, Activation activation, CudaReason& why) {
  if (bias == nullptr && pre == nullptr && activation == Activation::kIdentity) return true;
  const int64_t count = rows * columns;
  finish_rows_kernel<<<blocks_for(count), kThreads, 0, context.stream>>>(y, bias, pre, count,
                                                                         columns, activation);
  return launched("launch the end of a layer", why);
}

bool multiply_slope(CudaContext& context, float* dx, const float* x, const float* pre,
                    int64_t count, Activation below, CudaReason& why) {
  if (below == Activation::kIdentity) return true;
  multiply_slope_kernel<<<blocks_for(count), kThreads, 0, context.stream>>>(dx, x, pre, count,
                                                                            below);
  return launched("launch the derivative of an activation", why);
}

bool round_to_half(CudaContext& context, const float* from, void* to, int64_t count,
                   Precision precision, CudaReason& why) {
  round_to_half_kernel<<<blocks_for(count), kThreads, 0, context.stream>>>(
      from, to, count, precision == Precision::kBf16);
  return launched("launch the rounding of operands", why);
}

}  // namespace kfctl
