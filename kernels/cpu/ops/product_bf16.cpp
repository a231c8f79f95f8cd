#include "kernels/cpu/ops/product_bf16.h"

#include "kernels/cpu/ops/amx.h"

namespace kfctl::cpu::KFCTL_ISA {
namespace {

/// A tile of 16 lines by 32 of k, from memory where k is the slow dimension: word (pair of k,
/// line). `lines` and `depth` are how many of them exist; the rest is zero.
KFCTL_INLINE void load_pairs(const float* from, int64_t stride, int64_t lines, int64_t depth,
                             __m512i (&words)[16]) {
  const __mmask16 lanes = first_lanes(lines);
#pragma GCC unroll 16
  for (int r = 0; r < 16; ++r) {
    const __m512 even =
        2 * r < depth ? _mm512_maskz_loadu_ps(lanes, from + 2 * r * stride) : _mm512_setzero_ps();
    const __m512 odd = 2 * r + 1 < depth ? _mm512_maskz_loadu_ps(lanes, from + (2 * r + 1) * stride)
                                         : _mm512_setzero_ps();
    words[r] = pair_rows(even, odd);
  }
}

/// The same from memory where k is the fast dimension: word (line, pair of k).
KFCTL_INLINE void load_lines(const float* from, int64_t stride, int64_t lines, int64_t depth,
                             __m512i (&words)[16]) {
  const __mmask16 first = first_lanes(depth);
  const __mmask16 second = first_lanes(depth - 16);
#pragma GCC unroll 16
  for (int line = 0; line < 16; ++line) {
    const float* const row = from + line * stride;
    words[line] =
        line < lines
            ? reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(second, row + 16),
                                                            _mm512_maskz_loadu_ps(first, row)))
            : _mm512_setzero_si512();
  }
}

/// Packs one tile. `line_fast`: the source has the lines of the tile (columns of b, rows of a) side
/// by side, else k. `pairs_out`: the tile wants words (pair, line), as b does, else (line, pair).
void pack_tile(const float* from, int64_t stride, bool line_fast, bool pairs_out, int64_t lines,
               int64_t depth, uint32_t* to) {
  __m512i words[16];
  if (line_fast) {
    load_pairs(from, stride, lines, depth, words);
  } else {
    load_lines(from, stride, lines, depth, words);
  }
  if (line_fast != pairs_out) transpose(words);
#pragma GCC unroll 16
  for (int r = 0; r < 16; ++r) _mm512_store_si512(to + r * kTile, words[r]);
}

/// Both tiles of 32 lines from `line` on, for all of k: tiles lie in the order in which the product
/// takes them.
void pack_lines(const Matrix& m, bool line_fast, bool pairs_out, int64_t line, int64_t lines,
                int64_t depth, uint32_t* to) {
  for (int64_t k = 0; k < depth; k += kDepth) {
    for (int64_t half = 0; half < 2; ++half, to += kWords) {
      const int64_t own = line + half * kTile;
      const float* const from =
          line_fast ? m.data + k * m.stride + own : m.data + own * m.stride + k;
      pack_tile(from, m.stride, line_fast, pairs_out, lines - own, depth - k, to);
    }
  }
}

/// 32 x 32 of c, of which `rows` by `columns` exist.
void block(const uint32_t* a, const uint32_t* b, int64_t steps, float* c, int64_t c_stride,
           int64_t rows, int64_t columns, bool add) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int64_t step = 0; step < steps; ++step, a += 2 * kWords, b += 2 * kWords) {
    _tile_loadd(4, a, 64);
    _tile_loadd(5, a + kWords, 64);
    _tile_loadd(6, b, 64);
    _tile_loadd(7, b + kWords, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  alignas(64) float sums[kBlock * kBlock];
  const bool whole = !add && rows >= kBlock && columns >= kBlock;
  float* const to = whole ? c : sums;
  const int64_t stride = whole ? c_stride : kBlock;
  const size_t bytes = static_cast<size_t>(stride) * sizeof(float);
  _tile_stored(0, to, bytes);
  _tile_stored(1, to + kTile, bytes);
  _tile_stored(2, to + kTile * stride, bytes);
  _tile_stored(3, to + kTile * stride + kTile, bytes);
  if (whole) return;
  for (int64_t i = 0; i < smaller(rows, kBlock); ++i) {
    float* const row = c + i * c_stride;
    const float* const own = sums + i * kBlock;
    for (int64_t j = 0; j < smaller(columns, kBlock); ++j) row[j] = add ? row[j] + own[j] : own[j];
  }
}

}  // namespace

void multiply_bf16(Context& context, int slot, const Matrix& a, const Matrix& b, float* c,
                   int64_t rows, int64_t columns, int64_t depth, bool add,
                   void (*done)(const void* closure, int64_t begin, int64_t end),
                   const void* closure) {
  const int64_t steps = pieces(depth, kDepth);
  const int64_t of_block = steps * 2 * kWords;  // words of 32 lines
  const int64_t blocks = pieces(columns, kBlock);
  const size_t size = static_cast<size_t>(of_block) * sizeof(uint32_t);
  uint32_t* const packed =
      static_cast<uint32_t*>(context.scratch(slot, static_cast<size_t>(blocks) * size));
  for_pieces(context, blocks, depth * columns / 2, [&](int64_t piece, int) {
    pack_lines(b, !b.transposed, true, piece * kBlock, columns, depth, packed + piece * of_block);
  });
  for_pieces(context, pieces(rows, kBlock), rows * columns * depth / 128,
             [&](int64_t piece, int worker) {
               const int64_t begin = piece * kBlock;
               uint32_t* const own = static_cast<uint32_t*>(context.worker_scratch(worker, size));
               pack_lines(a, a.transposed, false, begin, rows, depth, own);
               const TileConfig config;
               _tile_loadconfig(&config);
               for (int64_t i = 0; i < blocks; ++i) {
                 block(own, packed + i * of_block, steps, c + begin * columns + i * kBlock, columns,
                       rows - begin, columns - i * kBlock, add);
               }
               _tile_release();
               done(closure, begin, smaller(begin + kBlock, rows));
             });
}

}  // namespace kfctl::cpu::KFCTL_ISA
