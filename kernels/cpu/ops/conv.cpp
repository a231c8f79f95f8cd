// Convolution as a product of matrices whose first operand is not laid out: a is read through
// windows where the image lies.
//
// An image is copied into the cache with a border of zeros, so that no window needs to be cut. Then
// element k of the row of a that belongs to a window is `offsets[k]` after the window's first
// float, and windows side by side lie one step apart: the addresses of Gathered (tile.h). That
// serves
//   forward             rows: windows of x,   k: taps, b: filters;
//   gradient of images  rows: windows of dz (stride 1, dz spread out by the stride of the
//                       convolution), k: places of the filter turned around and out, b: filters;
//   gradient of filters rows: taps of x,      k: windows, b: dz where it lies. The taps of a row of
//                       the filter lie side by side; where they are too few for a tile, all taps of
//                       an image are laid out, each with the pixels under it side by side.
// (Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014, on implicit GEMM; Zhang,
// Franchetti and Low, "High Performance Zero-Memory Overhead Direct Convolutions", ICML 2018.)
#include "kernels/cpu/ops/conv.h"

#include "kernels/cpu/ops/functions.h"
#include "kernels/cpu/ops/product.h"
#include "kernels/cpu/ops/tile.h"
#if defined(__AVX512F__)
#include "kernels/cpu/ops/conv_bf16.h"
#endif

namespace kfctl::cpu::KFCTL_ISA {
namespace {

/// An image (height, width) into a field with zeros around: its pixel (0, 0) comes to (top, left),
/// neighbours `apart` pixels apart.
void put_into_border(const float* image, int64_t height, int64_t width, int64_t top, int64_t left,
                     int64_t apart, const Sweep& sweep, float* field) {
  memset(field, 0, bytes_of(sweep.floats()));
  const int64_t run = apart == 1 ? width * sweep.channels : sweep.channels;  // that stays together
  for (int64_t y = 0; y < height; ++y) {
    float* to = field + (top + y * apart) * sweep.row() + left * sweep.channels;
    for (int64_t done = 0; done < width * sweep.channels; done += run, image += run) {
      memcpy(to, image, bytes_of(run));
      to += apart * sweep.channels;
    }
  }
}

/// Image `index` of a convolution's input with its border, in `field` or where it lies.
const float* input_field(const float* x, const ImageShape& shape, const Window& window,
                         const Sweep& sweep, int64_t index, float* field) {
  const float* const image = x + index * floats_of_image(shape);
  if (window.padding == 0) return image;
  put_into_border(image, shape.height, shape.width, window.padding, window.padding, 1, sweep,
                  field);
  return field;
}

/// y (windows, columns) = the windows of `field` times the packed panels; then done(row) for each
/// row of windows. offsets[k] is where element k of a window lies.
template <typename Done>
KFCTL_INLINE void sweep_over(const Sweep& sweep, const float* field, const int64_t* offsets,
                             const float* packed, int64_t columns, float* y, const Done& done) {
  const int64_t tiles = pieces(sweep.across, kTileRows);
  const int64_t depth = sweep.taps();
  for (int64_t column = 0; column < columns; column += kPanel) {
    const int64_t width = panel_width(column, columns);
    for (int64_t row = 0; row < sweep.down; ++row) {
      for (int64_t t = 0; t < tiles; ++t) {
        const int64_t begin = sweep.across * t / tiles;
        const int64_t count = sweep.across * (t + 1) / tiles - begin;
        kTiles<Gathered>[count - 1][width == kPanel](
            depth, {field + sweep.place(row, begin), offsets, sweep.step()},
            packed + column * depth, width, y + (row * sweep.across + begin) * columns + column,
            columns, smaller(width, columns - column), false);
      }
      if (column + kPanel >= columns) done(row);
    }
  }
}

/// What images add to the gradient of the filters, sums (taps, out).
class FilterSums {
 public:
  FilterSums(const ConvBackward& op, const Sweep& sweep, const int64_t* steps)
      : op_(op),
        sweep_(sweep),
        steps_(steps),
        lay_out_(sweep.taps_of_row() < kTileRows && sweep.window.height > 1) {}

  /// Floats of a worker's scratch: the image, a panel of dz, the taps laid out.
  int64_t scratch() const {
    const int64_t taps = lay_out_ ? sweep_.taps() * sweep_.places() : 0;
    return sweep_.floats() + sweep_.places() * kPanel + taps;
  }

  /// What `steps` must hold: where the window of each place lies.
  void fill(int64_t* steps) const {
    for (int64_t i = 0; i < sweep_.places(); ++i) {
      steps[i] = lay_out_ ? i : sweep_.place(i / sweep_.across, i % sweep_.across);
    }
  }

  void add_image(int64_t image, float* scratch, float* sums, bool add) const {
    float* const dz_panel = scratch + sweep_.floats();
    float* const taps = dz_panel + sweep_.places() * kPanel;
    const float* const field = input_field(op_.x, op_.shape, op_.window, sweep_, image, scratch);
    if (lay_out_) lay_out(field, taps);
    const Matrix dz = {op_.dz + image * sweep_.places() * op_.out, op_.out};
    for (int64_t column = 0; column < op_.out; column += kPanel) {
      const int64_t width = panel_width(column, op_.out);
      const int64_t real = smaller(width, op_.out - column);
      const float* b = dz.data + column;
      int64_t stride = op_.out;
      if (real < width) {
        pack_panel(dz, column, op_.out, 0, sweep_.places(), width, dz_panel);
        b = dz_panel;
        stride = width;
      }
      const auto rows = [&](const float* a, int64_t step, int64_t first, int64_t count) {
        add_rows({a, steps_, step}, count, b, stride, width, real, sums + first * op_.out + column,
                 add);
      };
      if (lay_out_) {
        rows(taps, sweep_.places(), 0, sweep_.taps());
      } else {
        for (int64_t i = 0; i < sweep_.window.height; ++i) {
          rows(field + i * sweep_.row(), 1, i * sweep_.taps_of_row(), sweep_.taps_of_row());
        }
      }
    }
  }

 private:
  void add_rows(const Gathered& a, int64_t rows, const float* b, int64_t b_stride, int64_t width,
                int64_t real, float* sums, bool add) const {
    const int64_t tiles = pieces(rows, kTileRows);
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t begin = rows * t / tiles;
      const int64_t count = rows * (t + 1) / tiles - begin;
      kTiles<Gathered>[count - 1][width == kPanel](
          sweep_.places(), {a.data + begin * a.step, a.offsets, a.step}, b, b_stride,
          sums + begin * op_.out, op_.out, real, add);
    }
  }

  /// Row by row the pixels that a tap sees.
  void lay_out(const float* field, float* to) const {
    for (int64_t i = 0; i < sweep_.window.height; ++i) {
      for (int64_t j = 0; j < sweep_.taps_of_row(); ++j) {
        for (int64_t y = 0; y < sweep_.down; ++y, to += sweep_.across) {
          const float* const from = field + i * sweep_.row() + sweep_.place(y, 0) + j;
          if (sweep_.step() == 1) {
            memcpy(to, from, bytes_of(sweep_.across));
          } else {
            for (int64_t x = 0; x < sweep_.across; ++x) to[x] = from[x * sweep_.step()];
          }
        }
      }
    }
  }

  const ConvBackward& op_;
  const Sweep& sweep_;
  const int64_t* steps_;
  bool lay_out_;
};

void filter_gradient(const ConvBackward& op, Context& context) {
  const Sweep sweep = over_input(op.shape, op.window);
  int64_t* const steps = static_cast<int64_t*>(
      context.scratch(2, static_cast<size_t>(sweep.places()) * sizeof(int64_t)));
  const FilterSums filter(op, sweep, steps);
  filter.fill(steps);
  sum_filter_gradient(op, context, sweep, bytes_of(filter.scratch()),
                      [&](int64_t first, int64_t last, void* scratch, float* sums) {
                        for (int64_t image = first; image < last; ++image) {
                          filter.add_image(image, static_cast<float*>(scratch), sums,
                                           image > first);
                          add_bias_gradient(op.dz + image * sweep.places() * op.out, sweep.places(),
                                            op.out, sums + sweep.taps() * op.out, image > first);
                        }
                      });
}

/// Filters (window, channels, out) as panels of (window and out, channels).
void pack_turned(const ConvBackward& op, const Sweep& sweep, float* packed) {
  const int64_t channels = op.shape.channels;
  for (int64_t column = 0; column < channels; column += kPanel) {
    const int64_t width = panel_width(column, channels);
    float* to = packed + column * sweep.taps();
    for (int64_t i = 0; i < op.window.height * op.window.width; ++i, to += op.out * width) {
      pack_panel({op.filters + i * channels * op.out, op.out, true}, column, channels, 0, op.out,
                 width, to);
    }
  }
}

void image_gradient(const ConvBackward& op, Context& context) {
  const int64_t channels = op.shape.channels;
  const int64_t down = op.window.down(op.shape.height);
  const int64_t across = op.window.across(op.shape.width);
  const Sweep sweep = over_gradient(op.shape, op.window, op.out);
  float* const packed =
      static_cast<float*>(context.scratch(0, bytes_of(packed_floats(sweep.taps(), channels))));
  pack_turned(op, sweep, packed);
  int64_t* const offsets = static_cast<int64_t*>(
      context.scratch(2, static_cast<size_t>(sweep.taps()) * sizeof(int64_t)));
  for (int64_t i = 0; i < sweep.taps(); ++i) {
    const int64_t y = sweep.window.height - 1 - i / sweep.taps_of_row();
    const int64_t x = sweep.window.width - 1 - i % sweep.taps_of_row() / op.out;
    offsets[i] = y * sweep.row() + x * op.out + i % op.out;
  }
  const int64_t size = sweep.places() * channels;
  for_pieces(
      context, op.shape.images, work_of(sweep, op.shape.images, channels),
      [&](int64_t image, int worker) {
        float* const field =
            static_cast<float*>(context.worker_scratch(worker, bytes_of(sweep.floats())));
        put_into_border(op.dz + image * down * across * op.out, down, across,
                        op.window.height - 1 - op.window.padding,
                        op.window.width - 1 - op.window.padding, op.window.stride, sweep, field);
        sweep_over(sweep, field, offsets, packed, channels, op.dx + image * size, [&](int64_t row) {
          const int64_t of_row = sweep.across * channels;
          finish_gradient(op, image * size + row * of_row, of_row);
        });
      });
}

void forward(const ConvForward& op, Context& context) {
  const Sweep sweep = over_input(op.shape, op.window);
  const int64_t depth = sweep.taps();
  float* const packed =
      static_cast<float*>(context.scratch(0, bytes_of(packed_floats(depth, op.out))));
  for (int64_t column = 0; column < op.out; column += kPanel) {
    pack_panel({op.filters, op.out}, column, op.out, 0, depth, panel_width(column, op.out),
               packed + column * depth);
  }
  int64_t* const offsets =
      static_cast<int64_t*>(context.scratch(2, static_cast<size_t>(depth) * sizeof(int64_t)));
  for (int64_t i = 0; i < depth; ++i) {
    offsets[i] = i / sweep.taps_of_row() * sweep.row() + i % sweep.taps_of_row();
  }
  const RowsEnd end = {op.y, op.bias, op.pre, op.out, op.activation};
  for_pieces(
      context, op.shape.images, work_of(sweep, op.shape.images, op.out),
      [&](int64_t image, int worker) {
        float* const scratch =
            static_cast<float*>(context.worker_scratch(worker, bytes_of(sweep.floats())));
        const float* const field = input_field(op.x, op.shape, op.window, sweep, image, scratch);
        const int64_t first = image * sweep.places();
        sweep_over(sweep, field, offsets, packed, op.out, op.y + first * op.out, [&](int64_t row) {
          const int64_t begin = first + row * sweep.across;
          finish_rows(end, begin, begin + sweep.across);
        });
      });
}

#if defined(__AVX512F__)
/// What conv_bf16.h does; the device has refused what this processor lacks.
bool is_bf16(Precision precision, const Window& window) {
  return precision == Precision::kBf16 && window.stride == 1;
}
#endif

}  // namespace

void add_bias_gradient(const float* dz, int64_t places, int64_t out, float* sums, bool add) {
  const float one = 1.0f;
  int64_t column = 0;
  for (; column + kLanes <= out; column += kLanes) {
    tile<1, 1, ColumnMajor>(places, {&one, 0}, dz + column, out, sums + column, out, kLanes, add);
  }
  for (; column < out; ++column) {
    float sum = 0.0f;
    for (int64_t place = 0; place < places; ++place) sum += dz[place * out + column];
    sums[column] = add ? sums[column] + sum : sum;
  }
}

void add_parts(Context& context, const float* sums, int64_t parts, int64_t stride, int64_t count,
               bool accumulate, float* to) {
  for_parts(context, count, 4096, count * parts / 8, [&](int64_t begin, int64_t end, int64_t) {
    for (int64_t i = begin; i < end; ++i) {
      float sum = accumulate ? to[i] : 0.0f;
      for (int64_t part = 0; part < parts; ++part) sum += sums[part * stride + i];
      to[i] = sum;
    }
  });
}

void finish_gradient(const ConvBackward& op, int64_t at, int64_t count) {
  if (op.below == Activation::kIdentity) return;
  multiply_slope(op.below, op.pre == nullptr ? nullptr : op.pre + at,
                 op.x == nullptr ? nullptr : op.x + at, op.dx + at, op.dx + at, count);
}

void run(const ConvForward& op, Context& context) {
#if defined(__AVX512F__)
  if (is_bf16(op.precision, op.window)) return forward_bf16(op, context);
#endif
  forward(op, context);
}

void run(const ConvBackward& op, Context& context) {
  if (op.dfilters == nullptr && op.dbias != nullptr) {
    const int64_t places =
        op.window.down(op.shape.height) * op.window.across(op.shape.width) * op.shape.images;
    sum_columns(context, op.dz, places, op.out, op.dbias, op.accumulate);
  }
#if defined(__AVX512F__)
  if (is_bf16(op.precision, op.window)) {
    if (op.dfilters != nullptr) filter_gradient_bf16(op, context);
    if (op.dx != nullptr) image_gradient_bf16(op, context);
    return;
  }
#endif
  if (op.dfilters != nullptr) filter_gradient(op, context);
  if (op.dx != nullptr) image_gradient(op, context);
}

}  // namespace kfctl::cpu::KFCTL_ISA
