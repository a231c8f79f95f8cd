// What the files of this folder share. They are compiled once per instruction set (isa.h), with
// KFCTL_ISA as the name of their namespace; loops over arrays are left to the compiler, which
// vectorises them, and only the product of matrices says its vectors itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cpu/context.h"

#if defined(__AVX512F__)
#define KFCTL_LANES 16
#elif defined(__AVX2__)
#define KFCTL_LANES 8
#else
#define KFCTL_LANES 4
#endif

#define KFCTL_INLINE static inline __attribute__((always_inline))
#define KFCTL_INLINE_MEMBER __attribute__((always_inline))

namespace kfctl::cpu::KFCTL_ISA {

KFCTL_INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
KFCTL_INLINE int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }
KFCTL_INLINE int64_t pieces(int64_t count, int64_t each) { return (count + each - 1) / each; }

/// Calls body(piece, worker) for each piece in [0, count) on all threads; where `work`, in elements
/// of some nanosecond, does not pay for waking anybody, on this one. Which pieces there are does
/// not depend on the number of threads, so neither does any result.
template <typename Body>
KFCTL_INLINE void for_pieces(Context& context, int64_t count, int64_t work, const Body& body) {
  constexpr int64_t kWorthIt = 8192;
  if (work < kWorthIt || count < 2) {
    for (int64_t piece = 0; piece < count; ++piece) body(piece, 0);
    return;
  }
  context.for_each(
      count,
      [](void* closure, int64_t piece, int worker) {
        (*static_cast<const Body*>(closure))(piece, worker);
      },
      const_cast<void*>(static_cast<const void*>(&body)));
}

/// Calls body(begin, end, piece) for parts of [0, count) of `each` elements, as for_pieces.
template <typename Body>
KFCTL_INLINE void for_parts(Context& context, int64_t count, int64_t each, int64_t work,
                            const Body& body) {
  for_pieces(context, pieces(count, each), work, [&](int64_t piece, int) {
    body(piece * each, smaller((piece + 1) * each, count), piece);
  });
}

}  // namespace kfctl::cpu::KFCTL_ISA
