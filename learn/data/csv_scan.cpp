#include "learn/data/csv_scan.h"

#include <cstring>
#include <string>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace kfctl {
namespace {

// Bit i is set where byte i of the 64 at `bytes` is `wanted`.
uint64_t mask_of(const char* bytes, char wanted) {
  uint64_t mask = 0;
#if defined(__SSE2__)
  const __m128i pattern = _mm_set1_epi8(wanted);
  for (int i = 0; i < 4; ++i) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i));
    const int bits = _mm_movemask_epi8(_mm_cmpeq_epi8(block, pattern));
    mask |= static_cast<uint64_t>(static_cast<uint32_t>(bits)) << (16 * i);
  }
#else
  for (int i = 0; i < 64; ++i) mask |= static_cast<uint64_t>(bytes[i] == wanted) << i;
#endif
  return mask;
}

// Bit i of the result is the parity of the bits 0 to i.
uint64_t running_xor(uint64_t bits) {
  for (const int shift : {1, 2, 4, 8, 16, 32}) bits ^= bits << shift;
  return bits;
}

}  // namespace

void scan_csv(std::string_view text, char delimiter, CsvScan& scan) {
  scan.ends.clear();
  uint64_t inside = 0;  // all ones while inside quotes
  char tail[64];
  for (size_t base = 0; base < text.size(); base += 64) {
    const char* block = text.data() + base;
    if (text.size() - base < 64) {
      std::memset(tail, 0, sizeof tail);
      std::memcpy(tail, block, text.size() - base);
      block = tail;
    }
    uint64_t found = mask_of(block, delimiter) | mask_of(block, '\n');
    const uint64_t quotes = mask_of(block, '"');
    if ((quotes | inside) != 0) {
      const uint64_t quoted = running_xor(quotes) ^ inside;
      inside = (quoted >> 63) != 0 ? ~uint64_t{0} : 0;
      found &= ~quoted;
    }
    for (; found != 0; found &= found - 1) {
      scan.ends.push_back(static_cast<uint32_t>(base) +
                          static_cast<uint32_t>(__builtin_ctzll(found)));
    }
  }
  scan.open_quote = inside != 0;
}

bool unquote_cell(std::string_view cell, std::string& scratch, std::string_view& content) {
  content = cell;
  if (cell.empty() || std::memchr(cell.data(), '"', cell.size()) == nullptr) return true;
  if (cell.size() < 2 || cell.front() != '"' || cell.back() != '"') return false;
  content = cell.substr(1, cell.size() - 2);
  if (content.find('"') == content.npos) return true;
  scratch.clear();
  for (size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '"' && (++i == content.size() || content[i] != '"')) return false;
    scratch += content[i];
  }
  content = scratch;
  return true;
}

}  // namespace kfctl
