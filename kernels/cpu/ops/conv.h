// What convolutions in fp32 (conv.cpp) and in bfloat16 (conv_bf16.cpp) share: how windows go over
// an image with its border of zeros, and how the gradient of the filters is summed over images.
#pragma once

#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/simd.h"

namespace kfctl::cpu::KFCTL_ISA {

KFCTL_INLINE size_t bytes_of(int64_t floats) { return static_cast<size_t>(floats) * sizeof(float); }

/// Windows that go over an image with its border.
struct Sweep {
  int64_t height;  // pixels, with the border
  int64_t width;
  int64_t channels;
  Window window;  // no padding: the border is it
  int64_t down;   // windows
  int64_t across;

  KFCTL_INLINE_MEMBER int64_t floats() const { return height * width * channels; }
  KFCTL_INLINE_MEMBER int64_t places() const { return down * across; }
  KFCTL_INLINE_MEMBER int64_t taps() const { return window.height * window.width * channels; }
  KFCTL_INLINE_MEMBER int64_t taps_of_row() const { return window.width * channels; }
  // Floats from one row of the image to the next, from window to window, to the window at (y, x).
  KFCTL_INLINE_MEMBER int64_t row() const { return width * channels; }
  KFCTL_INLINE_MEMBER int64_t step() const { return window.stride * channels; }
  KFCTL_INLINE_MEMBER int64_t place(int64_t y, int64_t x) const {
    return y * window.stride * row() + x * step();
  }
};

/// The windows of a convolution over its input.
KFCTL_INLINE Sweep over_input(const ImageShape& shape, const Window& window) {
  return {shape.height + 2 * window.padding,
          shape.width + 2 * window.padding,
          shape.channels,
          {window.height, window.width, window.stride, 0},
          window.down(shape.height),
          window.across(shape.width)};
}

/// Those over the gradient of its output, spread out by its stride, which give that of its input.
KFCTL_INLINE Sweep over_gradient(const ImageShape& shape, const Window& window, int64_t out) {
  return {shape.height + window.height - 1,
          shape.width + window.width - 1,
          out,
          {window.height, window.width, 1, 0},
          shape.height,
          shape.width};
}

KFCTL_INLINE int64_t work_of(const Sweep& sweep, int64_t images, int64_t columns) {
  return images * sweep.places() * sweep.taps() * columns / 16;
}

/// sums[c] = or += the sum over `places` rows of dz (places, out).
void add_bias_gradient(const float* dz, int64_t places, int64_t out, float* sums, bool add);

/// to[i] = or += the sum of the parts' i, in their order; `stride` floats from part to part.
void add_parts(Context& context, const float* sums, int64_t parts, int64_t stride, int64_t count,
               bool accumulate, float* to);

/// The gradient of the filters and of the bias: images are cut into a fixed number of parts,
/// sum_part(first, last, scratch, sums) sums the images [first, last) into sums (taps, out), and
/// the parts are added in order. `scratch` bytes belong to a part while it is summed.
template <typename SumPart>
KFCTL_INLINE void sum_filter_gradient(const ConvBackward& op, Context& context, const Sweep& sweep,
                                      size_t scratch, const SumPart& sum_part) {
  constexpr int64_t kParts = 16;
  const int64_t each = pieces(op.shape.images, kParts);
  const int64_t parts = pieces(op.shape.images, each);
  const int64_t of_filters = sweep.taps() * op.out;
  const int64_t stride = of_filters + op.out;
  float* const sums = static_cast<float*>(context.scratch(1, bytes_of(parts * stride)));
  for_pieces(context, parts, work_of(sweep, op.shape.images, op.out),
             [&](int64_t part, int worker) {
               const int64_t first = part * each;
               const int64_t last = smaller(first + each, op.shape.images);
               sum_part(first, last, context.worker_scratch(worker, scratch), sums + part * stride);
             });
  add_parts(context, sums, parts, stride, of_filters, op.accumulate, op.dfilters);
  if (op.dbias == nullptr) return;
  add_parts(context, sums + of_filters, parts, stride, op.out, op.accumulate, op.dbias);
}

KFCTL_INLINE int64_t floats_of_image(const ImageShape& shape) {
  return shape.height * shape.width * shape.channels;
}

/// dx[at, at + count) times the derivative of the activation below.
void finish_gradient(const ConvBackward& op, int64_t at, int64_t count);

}  // namespace kfctl::cpu::KFCTL_ISA
