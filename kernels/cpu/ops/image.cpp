// Convolution as a matrix product: the places under each window are laid out as a row (im2col),
// some images at a time so that the rows stay in the cache, and multiplied with the filters.
#include "kernels/cpu/ops/functions.h"
#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/product.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

struct Windows {
  ImageShape shape;
  Window window;
  int64_t down;
  int64_t across;
  int64_t taps;    // channels under a window
  int64_t places;  // windows of an image
  int64_t pixels;  // of an image

  Windows(const ImageShape& s, const Window& w)
      : shape(s),
        window(w),
        down(w.down(s.height)),
        across(w.across(s.width)),
        taps(w.height * w.width * s.channels),
        places(down * across),
        pixels(s.height * s.width) {}
};

/// Calls visit(tap, pixel) for each row of the window at (row, column) and place in it: `pixel` is
/// below 0 outside of the image.
template <typename Visit>
KFCTL_INLINE void for_window(const Windows& w, int64_t row, int64_t column, const Visit& visit) {
  for (int64_t i = 0; i < w.window.height; ++i) {
    const int64_t y = row * w.window.stride - w.window.padding + i;
    for (int64_t j = 0; j < w.window.width; ++j) {
      const int64_t x = column * w.window.stride - w.window.padding + j;
      const bool inside = y >= 0 && y < w.shape.height && x >= 0 && x < w.shape.width;
      visit(i * w.window.width + j, inside ? y * w.shape.width + x : -1);
    }
  }
}

/// The windows of one image as rows of `taps` floats.
void lay_out(const Windows& w, const float* image, float* rows) {
  const int64_t channels = w.shape.channels;
  for (int64_t row = 0; row < w.down; ++row) {
    for (int64_t column = 0; column < w.across; ++column, rows += w.taps) {
      for_window(w, row, column, [&](int64_t tap, int64_t pixel) {
        float* const to = rows + tap * channels;
        const float* const from = image + (pixel < 0 ? 0 : pixel) * channels;
        for (int64_t c = 0; c < channels; ++c) to[c] = pixel < 0 ? 0.0f : from[c];
      });
    }
  }
}

/// image += what the rows of its windows say.
void add_back(const Windows& w, const float* rows, float* image) {
  const int64_t channels = w.shape.channels;
  for (int64_t row = 0; row < w.down; ++row) {
    for (int64_t column = 0; column < w.across; ++column, rows += w.taps) {
      for_window(w, row, column, [&](int64_t tap, int64_t pixel) {
        if (pixel < 0) return;
        const float* const from = rows + tap * channels;
        float* const to = image + pixel * channels;
        for (int64_t c = 0; c < channels; ++c) to[c] += from[c];
      });
    }
  }
}

float* rows_of_worker(Context& context, const Windows& w, int worker, int64_t more) {
  const size_t floats = static_cast<size_t>(w.places * w.taps + more);
  return static_cast<float*>(context.worker_scratch(worker, floats * sizeof(float)));
}

int64_t work_of(const Windows& w, int64_t out) {
  return w.shape.images * w.places * w.taps * out / 16;
}

/// The gradient of the filters: images are cut into a fixed number of parts, each part is summed on
/// its own, and the parts are added in order.
void filter_gradient(const ConvBackward& op, Context& context, const Windows& w) {
  constexpr int64_t kParts = 16;
  const int64_t each = pieces(w.shape.images, kParts);
  const int64_t parts = pieces(w.shape.images, each);
  const int64_t size = w.taps * op.out;
  float* const sums =
      static_cast<float*>(context.scratch(1, static_cast<size_t>(parts * size) * sizeof(float)));
  const int64_t packed = packed_floats(w.places, op.out);
  for_pieces(context, parts, work_of(w, op.out), [&](int64_t part, int worker) {
    float* const rows = rows_of_worker(context, w, worker, packed);
    float* const b = rows + w.places * w.taps;
    const int64_t first = part * each;
    for (int64_t image = first; image < smaller(first + each, w.shape.images); ++image) {
      lay_out(w, op.x + image * w.pixels * w.shape.channels, rows);
      pack_here({op.dz + image * w.places * op.out, op.out}, w.places, op.out, b);
      multiply_rows({rows, w.taps, true}, b, sums + part * size, op.out, w.taps, op.out, w.places,
                    image > first);
    }
  });
  for_parts(context, size, 4096, size * parts / 8, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t i = begin; i < end; ++i) {
      float sum = op.accumulate ? op.dfilters[i] : 0.0f;
      for (int64_t part = 0; part < parts; ++part) sum += sums[part * size + i];
      op.dfilters[i] = sum;
    }
  });
}

void image_gradient(const ConvBackward& op, Context& context, const Windows& w) {
  const size_t bytes = static_cast<size_t>(packed_floats(op.out, w.taps)) * sizeof(float);
  float* const packed = static_cast<float*>(context.scratch(0, bytes));
  pack_b(context, {op.filters, op.out, true}, op.out, w.taps, packed);
  const int64_t size = w.pixels * w.shape.channels;
  for_pieces(context, w.shape.images, work_of(w, op.out), [&](int64_t image, int worker) {
    float* const rows = rows_of_worker(context, w, worker, 0);
    multiply_rows({op.dz + image * w.places * op.out, op.out}, packed, rows, w.taps, w.places,
                  w.taps, op.out, false);
    float* const dx = op.dx + image * size;
    for (int64_t i = 0; i < size; ++i) dx[i] = 0.0f;
    add_back(w, rows, dx);
    if (op.below == Activation::kIdentity) return;
    multiply_slope(op.below, op.pre == nullptr ? nullptr : op.pre + image * size,
                   op.x == nullptr ? nullptr : op.x + image * size, dx, dx, size);
  });
}

void max_window(const Windows& w, int64_t row, int64_t column, const float* image, float* y,
                int32_t* chosen) {
  bool first = true;
  for_window(w, row, column, [&](int64_t, int64_t pixel) {
    if (pixel < 0) return;
    const float* const x = image + pixel * w.shape.channels;
    const int32_t place = static_cast<int32_t>(pixel);
    for (int64_t c = 0; c < w.shape.channels; ++c) {
      const bool better = first || x[c] > y[c] || (x[c] != x[c] && y[c] == y[c]);
      y[c] = better ? x[c] : y[c];
      if (chosen != nullptr) chosen[c] = better ? place : chosen[c];
    }
    first = false;
  });
}

/// How many places of the window at (row, column) lie inside of the image.
int64_t inside(const Windows& w, int64_t row, int64_t column) {
  int64_t count = 0;
  for_window(w, row, column, [&](int64_t, int64_t pixel) { count += pixel >= 0; });
  return count;
}

void average_window(const Windows& w, int64_t row, int64_t column, const float* image, float* y) {
  const int64_t channels = w.shape.channels;
  const float share = 1.0f / static_cast<float>(inside(w, row, column));
  for (int64_t c = 0; c < channels; ++c) y[c] = 0.0f;
  for_window(w, row, column, [&](int64_t, int64_t pixel) {
    if (pixel < 0) return;
    const float* const x = image + pixel * channels;
    for (int64_t c = 0; c < channels; ++c) y[c] += x[c];
  });
  for (int64_t c = 0; c < channels; ++c) y[c] *= share;
}

void spread_window(const PoolBackward& op, const Windows& w, int64_t row, int64_t column,
                   int64_t place, float* dx) {
  const int64_t channels = w.shape.channels;
  const float* const dy = op.dy + place * channels;
  if (op.kind == PoolKind::kMax) {
    const int32_t* const chosen = op.chosen + place * channels;
    for (int64_t c = 0; c < channels; ++c) dx[chosen[c] * channels + c] += dy[c];
    return;
  }
  const float share = 1.0f / static_cast<float>(inside(w, row, column));
  for_window(w, row, column, [&](int64_t, int64_t pixel) {
    if (pixel < 0) return;
    for (int64_t c = 0; c < channels; ++c) dx[pixel * channels + c] += dy[c] * share;
  });
}

}  // namespace

void run(const ConvForward& op, Context& context) {
  const Windows w(op.shape, op.window);
  const size_t bytes = static_cast<size_t>(packed_floats(w.taps, op.out)) * sizeof(float);
  float* const packed = static_cast<float*>(context.scratch(0, bytes));
  pack_b(context, {op.filters, op.out}, w.taps, op.out, packed);
  const RowsEnd end = {op.y, op.bias, op.pre, op.out, op.activation};
  for_pieces(context, op.shape.images, work_of(w, op.out), [&](int64_t image, int worker) {
    float* const rows = rows_of_worker(context, w, worker, 0);
    lay_out(w, op.x + image * w.pixels * op.shape.channels, rows);
    multiply_rows({rows, w.taps}, packed, op.y + image * w.places * op.out, op.out, w.places,
                  op.out, w.taps, false);
    finish_rows(end, image * w.places, (image + 1) * w.places);
  });
}

void run(const ConvBackward& op, Context& context) {
  const Windows w(op.shape, op.window);
  if (op.dbias != nullptr) {
    sum_columns(context, op.dz, op.shape.images * w.places, op.out, op.dbias, op.accumulate);
  }
  if (op.dfilters != nullptr) filter_gradient(op, context, w);
  if (op.dx != nullptr) image_gradient(op, context, w);
}

void run(const PoolForward& op, Context& context) {
  const Windows w(op.shape, op.window);
  const int64_t channels = op.shape.channels;
  for_pieces(context, op.shape.images, op.shape.images * w.places * w.taps,
             [&](int64_t image, int) {
               const float* const x = op.x + image * w.pixels * channels;
               for (int64_t place = 0; place < w.places; ++place) {
                 const int64_t at = (image * w.places + place) * channels;
                 const int64_t row = place / w.across;
                 const int64_t column = place % w.across;
                 if (op.kind == PoolKind::kAverage) {
                   average_window(w, row, column, x, op.y + at);
                 } else {
                   max_window(w, row, column, x, op.y + at,
                              op.chosen == nullptr ? nullptr : op.chosen + at);
                 }
               }
             });
}

void run(const PoolBackward& op, Context& context) {
  const Windows w(op.shape, op.window);
  const int64_t size = w.pixels * op.shape.channels;
  for_pieces(
      context, op.shape.images, op.shape.images * w.places * w.taps, [&](int64_t image, int) {
        float* const dx = op.dx + image * size;
        for (int64_t i = 0; i < size; ++i) dx[i] = 0.0f;
        for (int64_t place = 0; place < w.places; ++place) {
          spread_window(op, w, place / w.across, place % w.across, image * w.places + place, dx);
        }
        if (op.below == Activation::kIdentity) return;
        multiply_slope(op.below, nullptr, op.x + image * size, dx, dx, size);
      });
}

}  // namespace kfctl::cpu::KFCTL_ISA
