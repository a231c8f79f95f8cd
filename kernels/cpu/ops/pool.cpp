// Pools, window by window: all channels of a vector together, so that what a window has so far
// stays in registers.
#include "kernels/cpu/ops/functions.h"
#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/tile.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

typedef int32_t Places __attribute__((vector_size(kLanes * sizeof(int32_t))));

struct Pool {
  ImageShape shape;
  Window window;
  int64_t across;
  int64_t places;  // windows of an image
  int64_t size;    // floats of an image

  Pool(const ImageShape& s, const Window& w)
      : shape(s),
        window(w),
        across(w.across(s.width)),
        places(w.down(s.height) * across),
        size(s.height * s.width * s.channels) {}

  int64_t work() const { return shape.images * places * shape.channels; }

  /// Whether windows lie side by side and cover the image: each pixel is in just one.
  bool is_a_grid() const {
    return window.padding == 0 && window.stride == window.height && window.stride == window.width &&
           shape.height % window.stride == 0 && shape.width % window.stride == 0;
  }
};

/// What a window has of the image: rows [top, bottom), columns [left, right).
struct Inside {
  int64_t top, bottom, left, right;

  int64_t count() const { return (bottom - top) * (right - left); }
};

KFCTL_INLINE Inside inside(const Pool& pool, int64_t place) {
  const Window& w = pool.window;
  const int64_t top = place / pool.across * w.stride - w.padding;
  const int64_t left = place % pool.across * w.stride - w.padding;
  return {greater(top, 0), smaller(top + w.height, pool.shape.height), greater(left, 0),
          smaller(left + w.width, pool.shape.width)};
}

/// Calls visit(pixel) for each pixel of a window, row by row.
template <typename Visit>
KFCTL_INLINE void for_pixels(const Pool& pool, const Inside& window, const Visit& visit) {
  for (int64_t y = window.top; y < window.bottom; ++y) {
    for (int64_t x = window.left; x < window.right; ++x) visit(y * pool.shape.width + x);
  }
}

/// The first `count` lanes from memory, or to it.
template <typename V, typename T>
KFCTL_INLINE V load_some(const T* from, int64_t count) {
  V v = {};
  memcpy(&v, from, count == kLanes ? sizeof v : static_cast<size_t>(count) * sizeof(T));
  return v;
}
template <typename V, typename T>
KFCTL_INLINE void store_some(T* to, V v, int64_t count) {
  memcpy(to, &v, count == kLanes ? sizeof v : static_cast<size_t>(count) * sizeof(T));
}

/// Calls visit(c, count) for the channels, a vector at a time.
template <typename Visit>
KFCTL_INLINE void for_channels(int64_t channels, const Visit& visit) {
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) visit(c, kLanes);
  if (c < channels) visit(c, channels - c);
}

void max_window(const Pool& pool, const Inside& window, const float* image, float* y,
                int32_t* chosen) {
  const int64_t channels = pool.shape.channels;
  const int64_t first = window.top * pool.shape.width + window.left;
  for_channels(channels, [&](int64_t c, int64_t count) {
    Vector most = load_some<Vector>(image + first * channels + c, count);
    Places place = Places{} + static_cast<int32_t>(first);
    for_pixels(pool, window, [&](int64_t pixel) {
      const Vector x = load_some<Vector>(image + pixel * channels + c, count);
      const Places better = (x > most) | ((x != x) & (most == most));
      most = better ? x : most;
      place = better ? Places{} + static_cast<int32_t>(pixel) : place;
    });
    store_some(y + c, most, count);
    if (chosen != nullptr) store_some(chosen + c, place, count);
  });
}

void average_window(const Pool& pool, const Inside& window, const float* image, float* y) {
  const int64_t channels = pool.shape.channels;
  const float share = 1.0f / static_cast<float>(window.count());
  for_channels(channels, [&](int64_t c, int64_t count) {
    Vector sum = {};
    for_pixels(pool, window, [&](int64_t pixel) {
      sum += load_some<Vector>(image + pixel * channels + c, count);
    });
    store_some(y + c, sum * share, count);
  });
}

/// What a window gives back to its pixels: dx = that, or += where windows overlap.
void spread_window(const PoolBackward& op, const Pool& pool, int64_t image, int64_t place,
                   bool overlap) {
  const int64_t channels = pool.shape.channels;
  const Inside window = inside(pool, place);
  const int64_t at = (image * pool.places + place) * channels;
  const float share = 1.0f / static_cast<float>(window.count());
  float* const dx = op.dx + image * pool.size;
  for_channels(channels, [&](int64_t c, int64_t count) {
    const Vector dy = load_some<Vector>(op.dy + at + c, count);
    const bool max = op.kind == PoolKind::kMax;
    const Places chosen = max ? load_some<Places>(op.chosen + at + c, count) : Places{};
    for_pixels(pool, window, [&](int64_t pixel) {
      float* const to = dx + pixel * channels + c;
      const Vector part =
          max ? (chosen == static_cast<int32_t>(pixel) ? dy : Vector{}) : dy * share;
      store_some(to, overlap ? load_some<Vector>(to, count) + part : part, count);
    });
  });
}

}  // namespace

void run(const PoolForward& op, Context& context) {
  const Pool pool(op.shape, op.window);
  const int64_t channels = op.shape.channels;
  for_pieces(context, op.shape.images, pool.work(), [&](int64_t image, int) {
    const float* const x = op.x + image * pool.size;
    for (int64_t place = 0; place < pool.places; ++place) {
      const int64_t at = (image * pool.places + place) * channels;
      const Inside window = inside(pool, place);
      if (op.kind == PoolKind::kAverage) {
        average_window(pool, window, x, op.y + at);
      } else {
        max_window(pool, window, x, op.y + at, op.chosen == nullptr ? nullptr : op.chosen + at);
      }
    }
  });
}

void run(const PoolBackward& op, Context& context) {
  const Pool pool(op.shape, op.window);
  const bool grid = pool.is_a_grid();
  for_pieces(context, op.shape.images, pool.work(), [&](int64_t image, int) {
    float* const dx = op.dx + image * pool.size;
    if (!grid) memset(dx, 0, static_cast<size_t>(pool.size) * sizeof(float));
    for (int64_t place = 0; place < pool.places; ++place) {
      spread_window(op, pool, image, place, !grid);
    }
    if (op.below == Activation::kIdentity) return;
    multiply_slope(op.below, nullptr, op.x + image * pool.size, dx, dx, pool.size);
  });
}

}  // namespace kfctl::cpu::KFCTL_ISA
