// Convolution as a matrix product: the places under each window are laid out as a row of scratch
// memory (im2col), as many images at a time as kMostFloats allows. Gradients of images are gathered
// by the pixel, not scattered by the window, so nothing is added out of order.
#include "kernels/cuda/activation.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/product.h"

namespace kfctl {
namespace {

constexpr int64_t kMostFloats = int64_t{64} << 20;

struct Windows {
  ImageShape shape;
  Window window;
  int64_t down;
  int64_t across;
  int64_t taps;
  int64_t places;
  int64_t pixels;

  Windows(const ImageShape& s, const Window& w)
      : shape(s),
        window(w),
        down(w.down(s.height)),
        across(w.across(s.width)),
        taps(w.height * w.width * s.channels),
        places(down * across),
        pixels(s.height * s.width) {}

  int64_t images_at_once() const {
    const int64_t fit = kMostFloats / (places * taps);
    return fit < 1 ? 1 : fit < shape.images ? fit : shape.images;
  }
};

__global__ void lay_out_kernel(Windows w, const float* x, float* rows, int64_t images) {
  const int64_t channels = w.shape.channels;
  KFCTL_FOR_EACH(i, images * w.places * w.taps) {
    const int64_t tap = i % w.taps;
    const int64_t place = i / w.taps % w.places;
    const int64_t image = i / w.taps / w.places;
    const int64_t in_window = tap / channels;
    const int64_t row =
        place / w.across * w.window.stride - w.window.padding + in_window / w.window.width;
    const int64_t column =
        place % w.across * w.window.stride - w.window.padding + in_window % w.window.width;
    const bool inside = row >= 0 && row < w.shape.height && column >= 0 && column < w.shape.width;
    const int64_t pixel = (image * w.shape.height + row) * w.shape.width + column;
    rows[i] = inside ? x[pixel * channels + tap % channels] : 0.0f;
  }
}

/// Calls visit(place, tap of the window) for each window over pixel (row, column), in order.
template <typename Visit>
__device__ void for_windows_over(const Windows& w, int64_t row, int64_t column,
                                 const Visit& visit) {
  const Window& window = w.window;
  for (int64_t i = window.height - 1; i >= 0; --i) {
    const int64_t top = row + window.padding - i;
    if (top < 0 || top % window.stride != 0 || top / window.stride >= w.down) continue;
    for (int64_t j = window.width - 1; j >= 0; --j) {
      const int64_t left = column + window.padding - j;
      if (left < 0 || left % window.stride != 0 || left / window.stride >= w.across) continue;
      visit(top / window.stride * w.across + left / window.stride, i * window.width + j);
    }
  }
}

struct Below {
  const float* x;
  const float* pre;
  Activation activation;
  __device__ float times_slope(float sum, int64_t i) const {
    if (activation == Activation::kIdentity) return sum;
    return sum * slope(activation, pre == nullptr ? 0.0f : pre[i], x == nullptr ? 0.0f : x[i]);
  }
};

/// `begin`: where the first of these images begins in dx.
__global__ void add_back_kernel(Windows w, const float* rows, float* dx, int64_t images,
                                int64_t begin, Below below) {
  const int64_t channels = w.shape.channels;
  KFCTL_FOR_EACH(i, images * w.pixels * channels) {
    const int64_t c = i % channels;
    const int64_t pixel = i / channels % w.pixels;
    const int64_t image = i / channels / w.pixels;
    float sum = 0.0f;
    for_windows_over(w, pixel / w.shape.width, pixel % w.shape.width,
                     [&](int64_t place, int64_t tap) {
                       sum += rows[(image * w.places + place) * w.taps + tap * channels + c];
                     });
    dx[begin + i] = below.times_slope(sum, begin + i);
  }
}

/// Calls visit(pixel) for each pixel of the image under the window, in order; gives their number.
template <typename Visit>
__device__ int64_t for_window(const Windows& w, int64_t place, const Visit& visit) {
  int64_t count = 0;
  for (int64_t i = 0; i < w.window.height; ++i) {
    for (int64_t j = 0; j < w.window.width; ++j) {
      const int64_t row = place / w.across * w.window.stride - w.window.padding + i;
      const int64_t column = place % w.across * w.window.stride - w.window.padding + j;
      if (row < 0 || row >= w.shape.height || column < 0 || column >= w.shape.width) continue;
      visit(row * w.shape.width + column);
      ++count;
    }
  }
  return count;
}

__global__ void pool_forward_kernel(PoolForward op, Windows w) {
  const int64_t channels = w.shape.channels;
  KFCTL_FOR_EACH(i, w.shape.images * w.places * channels) {
    const int64_t place = i / channels % w.places;
    const float* const x = op.x + i / channels / w.places * w.pixels * channels + i % channels;
    int64_t best = -1;
    float most = 0.0f;
    float sum = 0.0f;
    const int64_t count = for_window(w, place, [&](int64_t pixel) {
      const float value = x[pixel * channels];
      sum += value;
      if (best >= 0 && !(value > most) && !(isnan(value) && !isnan(most))) return;
      best = pixel;
      most = value;
    });
    op.y[i] = op.kind == PoolKind::kMax ? most : sum / static_cast<float>(count);
    if (op.kind == PoolKind::kMax && op.chosen != nullptr) {
      op.chosen[i] = static_cast<int32_t>(best);
    }
  }
}

__global__ void pool_backward_kernel(PoolBackward op, Windows w) {
  const int64_t channels = w.shape.channels;
  const Below below = {op.x, nullptr, op.below};
  KFCTL_FOR_EACH(i, w.shape.images * w.pixels * channels) {
    const int64_t c = i % channels;
    const int64_t pixel = i / channels % w.pixels;
    const int64_t image = i / channels / w.pixels;
    float sum = 0.0f;
    if (op.kind == PoolKind::kMax) {
      for_windows_over(w, pixel / w.shape.width, pixel % w.shape.width,
                       [&](int64_t place, int64_t) {
                         const int64_t at = (image * w.places + place) * channels + c;
                         if (op.chosen[at] == pixel) sum += op.dy[at];
                       });
    } else {
      for_windows_over(
          w, pixel / w.shape.width, pixel % w.shape.width, [&](int64_t place, int64_t) {
            const int64_t count = for_window(w, place, [](int64_t) {});
            sum += op.dy[(image * w.places + place) * channels + c] / static_cast<float>(count);
          });
    }
    op.dx[i] = below.times_slope(sum, i);
  }
}

Scratch rows_of(CudaContext& context, const Windows& w, CudaReason& why) {
  const int64_t floats = w.images_at_once() * w.places * w.taps;
  return Scratch(context, static_cast<size_t>(floats) * sizeof(float), why);
}

void lay_out(CudaContext& context, const Windows& w, const float* x, float* rows, int64_t first,
             int64_t images) {
  lay_out_kernel<<<blocks_for(images * w.places * w.taps), kThreads, 0, context.stream>>>(
      w, x + first * w.pixels * w.shape.channels, rows, images);
}

int64_t chunk(const Windows& w, int64_t first) {
  const int64_t left = w.shape.images - first;
  return left < w.images_at_once() ? left : w.images_at_once();
}

bool filter_gradient(CudaContext& context, const ConvBackward& op, const Windows& w, float* rows,
                     CudaReason& why) {
  for (int64_t first = 0; first < w.shape.images; first += w.images_at_once()) {
    const int64_t images = chunk(w, first);
    lay_out(context, w, op.x, rows, first, images);
    bool fused = false;
    const Product product = {.a = rows,
                             .b = op.dz + first * w.places * op.out,
                             .c = op.dfilters,
                             .rows = w.taps,
                             .columns = op.out,
                             .depth = images * w.places,
                             .a_transposed = true,
                             .add = op.accumulate || first > 0,
                             .precision = op.precision};
    if (!multiply(context, product, fused, why)) return false;
  }
  return true;
}

bool image_gradient(CudaContext& context, const ConvBackward& op, const Windows& w, float* rows,
                    CudaReason& why) {
  for (int64_t first = 0; first < w.shape.images; first += w.images_at_once()) {
    const int64_t images = chunk(w, first);
    bool fused = false;
    const Product product = {.a = op.dz + first * w.places * op.out,
                             .b = op.filters,
                             .c = rows,
                             .rows = images * w.places,
                             .columns = w.taps,
                             .depth = op.out,
                             .b_transposed = true,
                             .precision = op.precision};
    if (!multiply(context, product, fused, why)) return false;
    const int64_t size = w.pixels * w.shape.channels;
    add_back_kernel<<<blocks_for(images * size), kThreads, 0, context.stream>>>(
        w, rows, op.dx, images, first * size, {op.x, op.pre, op.below});
  }
  return launched("launch ConvBackward", why);
}

}  // namespace

bool run(CudaContext& context, const ConvForward& op, CudaReason& why) {
  const Windows w(op.shape, op.window);
  const Scratch rows = rows_of(context, w, why);
  if (!rows.ok()) return false;
  const bool relu = op.activation == Activation::kRelu && op.pre == nullptr;
  for (int64_t first = 0; first < w.shape.images; first += w.images_at_once()) {
    const int64_t images = chunk(w, first);
    lay_out(context, w, op.x, rows.as<float>(), first, images);
    const int64_t begin = first * w.places * op.out;
    const Product product = {.a = rows.as<float>(),
                             .b = op.filters,
                             .c = op.y + begin,
                             .rows = images * w.places,
                             .columns = op.out,
                             .depth = w.taps,
                             .precision = op.precision,
                             .bias = op.bias,
                             .relu = relu};
    bool fused = false;
    if (!multiply(context, product, fused, why)) return false;
    const Activation left = fused && relu ? Activation::kIdentity : op.activation;
    if (!finish_rows(context, op.y + begin, fused ? nullptr : op.bias,
                     op.pre == nullptr ? nullptr : op.pre + begin, images * w.places, op.out, left,
                     why)) {
      return false;
    }
  }
  return launched("launch ConvForward", why);
}

bool run(CudaContext& context, const ConvBackward& op, CudaReason& why) {
  const Windows w(op.shape, op.window);
  if (op.dbias != nullptr && !sum_columns(context, op.dz, w.shape.images * w.places, op.out,
                                          op.dbias, op.accumulate, why)) {
    return false;
  }
  if (op.dfilters == nullptr && op.dx == nullptr) return true;
  const Scratch rows = rows_of(context, w, why);
  if (!rows.ok()) return false;
  if (op.dfilters != nullptr && !filter_gradient(context, op, w, rows.as<float>(), why)) {
    return false;
  }
  return op.dx == nullptr || image_gradient(context, op, w, rows.as<float>(), why);
}

bool run(CudaContext& context, const PoolForward& op, CudaReason& why) {
  const Windows w(op.shape, op.window);
  const int64_t count = w.shape.images * w.places * w.shape.channels;
  pool_forward_kernel<<<blocks_for(count), kThreads, 0, context.stream>>>(op, w);
  return launched("launch PoolForward", why);
}

bool run(CudaContext& context, const PoolBackward& op, CudaReason& why) {
  const Windows w(op.shape, op.window);
  const int64_t count = w.shape.images * w.pixels * w.shape.channels;
  pool_backward_kernel<<<blocks_for(count), kThreads, 0, context.stream>>>(op, w);
  return launched("launch PoolBackward", why);
}

}  // namespace kfctl
