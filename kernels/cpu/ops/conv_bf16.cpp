#include "kernels/cpu/ops/conv_bf16.h"

#include <string.h>

#include "kernels/cpu/ops/amx.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

// A tile may be loaded past the last number that counts, by less than these; they must be finite.
constexpr int64_t kSlack = 3 * kDepth;

KFCTL_INLINE int64_t aligned(int64_t bytes) { return pieces(bytes, 64) * 64; }

KFCTL_INLINE uint16_t rounded(float value) {
  return static_cast<uint16_t>(_mm256_extract_epi16(round_row(_mm512_set1_ps(value)), 0));
}

/// `count` floats, rounded.
KFCTL_INLINE void round_floats(const float* from, int64_t count, uint16_t* to) {
  for (int64_t i = 0; i < count; i += kTile) {
    const __mmask16 lanes = first_lanes(count - i);
    _mm256_mask_storeu_epi16(to + i, lanes, round_row(_mm512_maskz_loadu_ps(lanes, from + i)));
  }
}

/// Filters as a function of row and column of the window, channel that is read and column of the
/// product: floats from one to the next.
struct Filters {
  const float* first;
  int64_t row;
  int64_t column;
  int64_t channel;
  int64_t out;
};

/// Steps of k in a row of the filter.
int64_t steps_of_row(const Sweep& sweep) { return pieces(sweep.taps_of_row(), kDepth); }

/// Words of packed filters.
int64_t filter_words(const Sweep& sweep, int64_t columns) {
  return pieces(columns, kBlock) * sweep.window.height * steps_of_row(sweep) * 2 * kWords;
}

/// A tile of 16 columns of the product and the taps [k, k + 32) of row i of the filter.
void pack_filter_tile(const Sweep& sweep, const Filters& filters, int64_t i, int64_t k,
                      int64_t column, int64_t columns, uint32_t* to) {
  const auto value = [&](int64_t tap, int64_t n) -> uint32_t {
    if (tap >= sweep.taps_of_row() || n >= columns) return 0;
    return rounded(filters.first[i * filters.row + tap / sweep.channels * filters.column +
                                 tap % sweep.channels * filters.channel + n * filters.out]);
  };
  for (int64_t pair = 0; pair < kTile; ++pair) {
    for (int64_t n = 0; n < kTile; ++n) {
      to[pair * kTile + n] = value(k + 2 * pair, column + n) | value(k + 2 * pair + 1, column + n)
                                                                   << 16;
    }
  }
}

/// Columns by blocks of 32, in each the steps of k in order, of each two tiles.
void pack_filters(const Sweep& sweep, const Filters& filters, int64_t columns, uint32_t* to) {
  for (int64_t column = 0; column < columns; column += kBlock) {
    for (int64_t i = 0; i < sweep.window.height; ++i) {
      for (int64_t step = 0; step < steps_of_row(sweep); ++step, to += 2 * kWords) {
        pack_filter_tile(sweep, filters, i, step * kDepth, column, columns, to);
        pack_filter_tile(sweep, filters, i, step * kDepth, column + kTile, columns, to + kWords);
      }
    }
  }
}

int64_t field_bytes(const Sweep& sweep) {
  return (sweep.floats() + kTile * sweep.step() + kSlack) * static_cast<int64_t>(sizeof(uint16_t));
}

/// An image (height, width) into a field of zeros, its pixel (0, 0) at (top, left).
void fill_field(const float* image, int64_t height, int64_t width, int64_t top, int64_t left,
                const Sweep& sweep, uint16_t* field) {
  memset(field, 0, static_cast<size_t>(field_bytes(sweep)));
  const int64_t count = width * sweep.channels;
  for (int64_t y = 0; y < height; ++y) {
    round_floats(image + y * count, count, field + (top + y) * sweep.row() + left * sweep.channels);
  }
}

/// Which windows a tile has: some neighbours of one row, as many in every tile, so that the last
/// two of a row may have some in common.
struct WindowTiles {
  const Sweep& sweep;
  int64_t of_row;
  int64_t windows;

  KFCTL_INLINE_MEMBER explicit WindowTiles(const Sweep& s)
      : sweep(s), of_row(pieces(s.across, kTile)), windows(pieces(s.across, of_row)) {}
  KFCTL_INLINE_MEMBER int64_t count() const { return sweep.down * of_row; }
  KFCTL_INLINE_MEMBER int64_t row(int64_t tile) const { return tile / of_row; }
  KFCTL_INLINE_MEMBER int64_t column(int64_t tile) const {
    return smaller(tile % of_row * windows, sweep.across - windows);
  }
  KFCTL_INLINE_MEMBER int64_t first(int64_t tile) const {
    return row(tile) * sweep.across + column(tile);
  }
};

/// The products of two tiles of windows with two of columns, to tile registers 0 to 3.
KFCTL_INLINE void multiply_windows(const Sweep& sweep, const uint16_t* a0, const uint16_t* a1,
                                   const uint32_t* b) {
  const size_t step = static_cast<size_t>(sweep.step()) * sizeof(uint16_t);
  const int64_t steps = steps_of_row(sweep);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int64_t i = 0; i < sweep.window.height; ++i) {
    for (int64_t k = 0; k < steps; ++k, b += 2 * kWords) {
      const int64_t at = i * sweep.row() + k * kDepth;
      _tile_loadd(4, a0 + at, step);
      _tile_loadd(5, a1 + at, step);
      _tile_loadd(6, b, 64);
      _tile_loadd(7, b + kWords, 64);
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }
}

/// Tile registers 0 to 3 to y: windows from first[0] and first[1] on, columns from `column` on.
KFCTL_INLINE void store_windows(const int64_t (&first)[2], int64_t windows, int64_t column,
                                int64_t columns, float* y) {
  alignas(64) float aside[4 * kWords];
  float* to[4];
  size_t stride[4];
  for (int i = 0; i < 4; ++i) {
    const int64_t own = column + i % 2 * kTile;
    const bool whole = own + kTile <= columns;
    to[i] = whole ? y + first[i / 2] * columns + own : aside + i * kWords;
    stride[i] = bytes_of(whole ? columns : kTile);
  }
  _tile_stored(0, to[0], stride[0]);
  _tile_stored(1, to[1], stride[1]);
  _tile_stored(2, to[2], stride[2]);
  _tile_stored(3, to[3], stride[3]);
  for (int i = 0; i < 4; ++i) {
    const int64_t own = column + i % 2 * kTile;
    if (own + kTile <= columns || own >= columns) continue;
    for (int64_t w = 0; w < windows; ++w) {
      memcpy(y + (first[i / 2] + w) * columns + own, aside + i * kWords + w * kTile,
             bytes_of(columns - own));
    }
  }
}

/// y (windows, columns) = the windows of `field` times the packed filters.
void sweep_over(const Sweep& sweep, const uint16_t* field, const uint32_t* packed, int64_t columns,
                float* y) {
  const WindowTiles tiles(sweep);
  TileConfig config;
  for (int i = 0; i < 6; ++i) config.rows[i] = static_cast<uint8_t>(tiles.windows);
  _tile_loadconfig(&config);
  const int64_t of_block = filter_words(sweep, kBlock);
  for (int64_t column = 0; column < columns; column += kBlock, packed += of_block) {
    for (int64_t tile = 0; tile < tiles.count(); tile += 2) {
      const int64_t other = smaller(tile + 1, tiles.count() - 1);  // the last one twice, if alone
      multiply_windows(sweep, field + sweep.place(tiles.row(tile), tiles.column(tile)),
                       field + sweep.place(tiles.row(other), tiles.column(other)), packed);
      const int64_t first[2] = {tiles.first(tile), tiles.first(other)};
      store_windows(first, tiles.windows, column, columns, y);
    }
  }
  _tile_release();
}

// The gradient of the filters.

/// How an image lies in planes, and which taps the tiles have.
struct PlaneTiles {
  const Sweep& sweep;
  bool of_channels;  // the rows of a tile are channels, else columns of the filter
  int64_t lines;     // channels or columns of the filter
  int64_t groups;    // of 16 lines
  int64_t plane;     // numbers of a plane
  int64_t steps;     // of k
  int64_t columns;   // tiles side by side, an even number
  int64_t out;

  KFCTL_INLINE_MEMBER PlaneTiles(const Sweep& s, int64_t o)
      : sweep(s),
        of_channels(s.channels >= s.window.width),
        lines(of_channels ? s.channels : s.window.width),
        groups(pieces(lines, kTile)),
        plane(s.height * s.width),
        steps(pieces(s.down * s.width, kDepth)),
        columns(2 * pieces(o, kBlock)),
        out(o) {}

  /// Tiles one below the other.
  KFCTL_INLINE_MEMBER int64_t count() const {
    return sweep.window.height * (of_channels ? sweep.window.width : sweep.channels) * groups;
  }
  KFCTL_INLINE_MEMBER int64_t rows() const { return smaller(lines, kTile); }
  KFCTL_INLINE_MEMBER int64_t row_stride() const { return of_channels ? plane : 1; }

  struct Place {
    int64_t offset;  // in the planes, of the first row's first window
    int64_t tap;     // of the first row
    int64_t taps;    // from row to row
    int64_t rows;
  };
  KFCTL_INLINE_MEMBER Place place(int64_t tile) const {
    const int64_t line = tile % groups * kTile;
    const int64_t rest = tile / groups;
    const int64_t count = smaller(kTile, lines - line);
    if (of_channels) {
      const int64_t i = rest / sweep.window.width;
      const int64_t j = rest % sweep.window.width;
      return {line * plane + i * sweep.width + j, rest * sweep.channels + line, 1, count};
    }
    const int64_t i = rest / sweep.channels;
    const int64_t channel = rest % sweep.channels;
    return {channel * plane + i * sweep.width + line,
            (i * sweep.window.width + line) * sweep.channels + channel, sweep.channels, count};
  }

  // Scratch: sums, planes, pairs of dz.
  KFCTL_INLINE_MEMBER int64_t sum_bytes() const { return count() * columns * kWords * 4; }
  KFCTL_INLINE_MEMBER int64_t plane_bytes() const {
    const int64_t planes = of_channels ? groups * kTile : sweep.channels;
    return aligned((planes * plane + sweep.window.width + kSlack) * 2);
  }
  KFCTL_INLINE_MEMBER int64_t bytes() const {
    return sum_bytes() + plane_bytes() + steps * columns * kWords * 4;
  }
};

/// 16 pixels by 16 channels of an image to as many planes.
KFCTL_INLINE void turn_pixels(const float* from, int64_t channels, int64_t channel, int64_t pixels,
                              int64_t plane, uint16_t* to) {
  const __mmask16 lanes = first_lanes(channels - channel);
  __m512i words[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) {
    words[i] = i < pixels ? _mm512_castps_si512(_mm512_maskz_loadu_ps(lanes, from + i * channels))
                          : _mm512_setzero_si512();
  }
  transpose(words);
  for (int64_t i = 0; i < smaller(kTile, channels - channel); ++i) {
    _mm256_mask_storeu_epi16(to + i * plane, first_lanes(pixels),
                             round_row(_mm512_castsi512_ps(words[i])));
  }
}

void fill_planes(const ConvBackward& op, const PlaneTiles& tiles, int64_t image, uint16_t* planes) {
  memset(planes, 0, static_cast<size_t>(tiles.plane_bytes()));
  const ImageShape& shape = op.shape;
  const float* const x = op.x + image * floats_of_image(shape);
  for (int64_t y = 0; y < shape.height; ++y) {
    const float* const from = x + y * shape.width * shape.channels;
    uint16_t* const to = planes + (y + op.window.padding) * tiles.sweep.width + op.window.padding;
    if (shape.channels == 1) {
      round_floats(from, shape.width, to);
      continue;
    }
    for (int64_t column = 0; column < shape.width; column += kTile) {
      for (int64_t channel = 0; channel < shape.channels; channel += kTile) {
        turn_pixels(from + column * shape.channels + channel, shape.channels, channel,
                    shape.width - column, tiles.plane, to + channel * tiles.plane + column);
      }
    }
  }
}

/// dz (windows, out) as tiles of pairs, by steps of k and columns.
void pack_pairs(const PlaneTiles& tiles, const float* dz, uint32_t* to) {
  const Sweep& sweep = tiles.sweep;
  const auto row = [&](int64_t k, int64_t column) {
    const int64_t y = k / sweep.width;
    const int64_t x = k % sweep.width;
    if (y >= sweep.down || x >= sweep.across) return _mm512_setzero_ps();
    return _mm512_maskz_loadu_ps(first_lanes(tiles.out - column),
                                 dz + (y * sweep.across + x) * tiles.out + column);
  };
  for (int64_t step = 0; step < tiles.steps; ++step) {
    for (int64_t tile = 0; tile < tiles.columns; ++tile) {
      for (int64_t pair = 0; pair < kTile; ++pair, to += kTile) {
        const int64_t k = step * kDepth + 2 * pair;
        _mm512_store_si512(to, pair_rows(row(k, tile * kTile), row(k + 1, tile * kTile)));
      }
    }
  }
}

/// Two by two tiles of the sums = or += planes times pairs. `below` is the second row of tiles.
KFCTL_INLINE void multiply_planes(const PlaneTiles& tiles, const uint16_t* a0, const uint16_t* a1,
                                  const uint32_t* b, float* c, float* below, bool add) {
  const size_t stride = static_cast<size_t>(tiles.row_stride()) * sizeof(uint16_t);
  if (add) {
    _tile_loadd(0, c, 64);
    _tile_loadd(1, c + kWords, 64);
    _tile_loadd(2, below, 64);
    _tile_loadd(3, below + kWords, 64);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int64_t step = 0; step < tiles.steps; ++step, b += tiles.columns * kWords) {
    _tile_loadd(4, a0 + step * kDepth, stride);
    _tile_loadd(5, a1 + step * kDepth, stride);
    _tile_loadd(6, b, 64);
    _tile_loadd(7, b + kWords, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, 64);
  _tile_stored(1, c + kWords, 64);
  _tile_stored(2, below, 64);
  _tile_stored(3, below + kWords, 64);
}

void add_image(const PlaneTiles& tiles, const uint16_t* planes, const uint32_t* pairs, float* sums,
               bool add) {
  TileConfig config;
  for (int i = 0; i < 6; ++i) config.rows[i] = static_cast<uint8_t>(tiles.rows());
  _tile_loadconfig(&config);
  const int64_t of_row = tiles.columns * kWords;
  for (int64_t tile = 0; tile < tiles.count(); tile += 2) {
    const int64_t other = smaller(tile + 1, tiles.count() - 1);  // the last one twice, if alone
    for (int64_t column = 0; column < tiles.columns; column += 2) {
      multiply_planes(tiles, planes + tiles.place(tile).offset, planes + tiles.place(other).offset,
                      pairs + column * kWords, sums + tile * of_row + column * kWords,
                      sums + other * of_row + column * kWords, add);
    }
  }
  _tile_release();
}

/// Tiles of sums as a matrix (taps, out).
void unpack_sums(const PlaneTiles& tiles, const float* sums, float* to) {
  for (int64_t tile = 0; tile < tiles.count(); ++tile, sums += tiles.columns * kWords) {
    const PlaneTiles::Place place = tiles.place(tile);
    for (int64_t column = 0; column < tiles.out; column += kTile) {
      for (int64_t row = 0; row < place.rows; ++row) {
        memcpy(to + (place.tap + row * place.taps) * tiles.out + column,
               sums + column * kTile + row * kTile, bytes_of(smaller(kTile, tiles.out - column)));
      }
    }
  }
}

uint32_t* packed_filters(Context& context, const Sweep& sweep, const Filters& filters,
                         int64_t columns) {
  uint32_t* const packed =
      static_cast<uint32_t*>(context.scratch(0, bytes_of(filter_words(sweep, columns))));
  pack_filters(sweep, filters, columns, packed);
  return packed;
}

}  // namespace

void forward_bf16(const ConvForward& op, Context& context) {
  const Sweep sweep = over_input(op.shape, op.window);
  const int64_t of_place = op.shape.channels * op.out;
  const uint32_t* const packed = packed_filters(
      context, sweep, {op.filters, op.window.width * of_place, of_place, op.out, 1}, op.out);
  const RowsEnd end = {op.y, op.bias, op.pre, op.out, op.activation};
  for_pieces(context, op.shape.images, work_of(sweep, op.shape.images, op.out) / 8,
             [&](int64_t image, int worker) {
               uint16_t* const field = static_cast<uint16_t*>(
                   context.worker_scratch(worker, static_cast<size_t>(field_bytes(sweep))));
               fill_field(op.x + image * floats_of_image(op.shape), op.shape.height, op.shape.width,
                          op.window.padding, op.window.padding, sweep, field);
               const int64_t first = image * sweep.places();
               sweep_over(sweep, field, packed, op.out, op.y + first * op.out);
               finish_rows(end, first, first + sweep.places());
             });
}

void image_gradient_bf16(const ConvBackward& op, Context& context) {
  const Sweep sweep = over_gradient(op.shape, op.window, op.out);
  const int64_t channels = op.shape.channels;
  const int64_t of_place = channels * op.out;
  const int64_t filters = op.window.height * op.window.width;
  // The filter turned around: from its last place backwards, channels and outputs exchanged.
  const uint32_t* const packed = packed_filters(
      context, sweep,
      {op.filters + (filters - 1) * of_place, -op.window.width * of_place, -of_place, 1, op.out},
      channels);
  const int64_t down = op.window.down(op.shape.height);
  const int64_t across = op.window.across(op.shape.width);
  const int64_t size = floats_of_image(op.shape);
  for_pieces(context, op.shape.images, work_of(sweep, op.shape.images, channels) / 8,
             [&](int64_t image, int worker) {
               uint16_t* const field = static_cast<uint16_t*>(
                   context.worker_scratch(worker, static_cast<size_t>(field_bytes(sweep))));
               fill_field(op.dz + image * down * across * op.out, down, across,
                          op.window.height - 1 - op.window.padding,
                          op.window.width - 1 - op.window.padding, sweep, field);
               sweep_over(sweep, field, packed, channels, op.dx + image * size);
               finish_gradient(op, image * size, size);
             });
}

void filter_gradient_bf16(const ConvBackward& op, Context& context) {
  const Sweep sweep = over_input(op.shape, op.window);
  const PlaneTiles tiles(sweep, op.out);
  sum_filter_gradient(
      op, context, sweep, static_cast<size_t>(tiles.bytes()),
      [&](int64_t first, int64_t last, void* scratch, float* sums) {
        char* const bytes = static_cast<char*>(scratch);
        float* const own = static_cast<float*>(scratch);
        uint16_t* const planes = reinterpret_cast<uint16_t*>(bytes + tiles.sum_bytes());
        uint32_t* const pairs =
            reinterpret_cast<uint32_t*>(bytes + tiles.sum_bytes() + tiles.plane_bytes());
        for (int64_t image = first; image < last; ++image) {
          const float* const dz = op.dz + image * sweep.places() * op.out;
          fill_planes(op, tiles, image, planes);
          pack_pairs(tiles, dz, pairs);
          add_image(tiles, planes, pairs, own, image > first);
          add_bias_gradient(dz, sweep.places(), op.out, sums + sweep.taps() * op.out,
                            image > first);
        }
        unpack_sums(tiles, own, sums);
      });
}

}  // namespace kfctl::cpu::KFCTL_ISA
