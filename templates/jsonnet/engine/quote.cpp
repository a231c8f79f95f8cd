// Strings as JSON writes them: what is escaped, and how.
//
// Eight bytes without anything to escape are copied at once. Where there is something, each byte is
// looked up in a table that says what stands for it, with stores of eight bytes whatever their
// number: no branch depends on the text.
#include <algorithm>
#include <array>
#include <cstring>

#include "templates/jsonnet/engine/manifest.h"

namespace kfctl::jsonnet {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// What stands for a byte: `size` bytes of `text`.
struct Escape {
  char text[7] = {};
  uint8_t size = 1;
};

constexpr Escape escape_of(unsigned char c) {
  constexpr std::string_view kShort = "\"\"\\\\\bb\ff\nn\rr\tt";  // the byte and its letter
  for (size_t i = 0; i < kShort.size(); i += 2)
    if (static_cast<unsigned char>(kShort[i]) == c) return {{'\\', kShort[i + 1]}, 2};
  if (c < 0x20 || c == 0x7f) return {{'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]}, 6};
  return {{static_cast<char>(c)}, 1};
}

constexpr std::array<Escape, 256> kEscapes = [] {
  std::array<Escape, 256> all;
  for (size_t c = 0; c < all.size(); ++c) all[c] = escape_of(static_cast<unsigned char>(c));
  return all;
}();

constexpr size_t kMostPerByte = 6;

// Whether any of these eight bytes needs a closer look: below 0x20, a quote, a backslash, 0x7f, or
// the first of two that are U+0080 to U+00BF.
bool has_special(const char* text) {
  constexpr uint64_t kOnes = 0x0101010101010101ull, kLow = kOnes * 0x7f;
  uint64_t word;
  std::memcpy(&word, text, 8);
  const auto zero = [](uint64_t w) { return ~(((w & kLow) + kLow) | w | kLow); };
  return (zero(word & kOnes * 0xe0) | zero(word ^ kOnes * '"') | zero(word ^ kOnes * '\\') |
          zero(word ^ kOnes * 0x7f) | zero(word ^ kOnes * 0xc2)) != 0;
}

// Writes what stands for the byte at `at`, and up to seven bytes behind that.
void write_byte(std::string_view text, size_t at, char*& to) {
  const Escape& escape = kEscapes[static_cast<uint8_t>(text[at])];
  std::memcpy(to, &escape, sizeof escape);
  to += escape.size;
}

// The same for a character that may be one of U+0080 to U+009F. Returns where the next one begins.
size_t write_char(std::string_view text, size_t at, char*& to) {
  if (text[at] == '\xc2') {
    const unsigned code = static_cast<uint8_t>(text[at + 1]);
    if (code < 0xa0) {
      const char escape[] = {'\\', 'u', '0', '0', kHex[code >> 4], kHex[code & 15]};
      std::memcpy(to, escape, sizeof escape);
      to += sizeof escape;
      return at + 2;
    }
  }
  write_byte(text, at, to);
  return at + 1;
}

// How many bytes from the beginning need no escape for sure.
size_t plain_bytes(std::string_view text) {
  size_t at = 0;
  while (at + 8 <= text.size() && !has_special(text.data() + at)) at += 8;
  return at;
}

}  // namespace

// Goes through a small buffer where there are escapes: each costs a few stores instead of calls.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  size_t at = plain_bytes(text);
  out.append(text.substr(0, at));
  char buffer[512];
  const char* const full = buffer + sizeof buffer - 8 * kMostPerByte - 8;
  while (at < text.size()) {
    char* to = buffer;
    while (at < text.size() && to < full) {
      const size_t end = std::min(at + 8, text.size());
      if (end == at + 8 && !has_special(text.data() + at)) {
        std::memcpy(to, text.data() + at, 8);
        to += 8;
        at = end;
      }
      while (at < end) at = write_char(text, at, to);
    }
    out.append(buffer, to);
  }
  out += '"';
}

size_t quoted_size(std::string_view ascii) {
  constexpr size_t kBlock = 48;  // so that what escapes add to it fits a byte
  const auto added = [](char c) {
    const bool is_short = c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
    const bool is_long = (static_cast<uint8_t>(c) < 0x20) | (c == 0x7f);
    return static_cast<uint8_t>((c == '"') + (c == '\\') + is_long * 5 - is_short * 4);
  };
  size_t size = ascii.size() + 2, at = 0;
  for (; at + kBlock <= ascii.size(); at += kBlock) {
    uint8_t sum = 0;
    for (size_t i = 0; i < kBlock; ++i) sum = static_cast<uint8_t>(sum + added(ascii[at + i]));
    size += sum;
  }
  for (; at < ascii.size(); ++at) size += added(ascii[at]);
  return size;
}

// What the last eight bytes become is not overwritten by anything, so it is written to the byte.
void write_quoted(std::string_view ascii, char* to) {
  *to++ = '"';
  size_t at = 0;
  for (; at + 16 <= ascii.size(); at += 8) {
    if (!has_special(ascii.data() + at)) {
      std::memcpy(to, ascii.data() + at, 8);
      to += 8;
      continue;
    }
    for (size_t i = 0; i < 8; ++i) write_byte(ascii, at + i, to);
  }
  for (; at < ascii.size(); ++at) {
    const Escape& escape = kEscapes[static_cast<uint8_t>(ascii[at])];
    std::memcpy(to, escape.text, escape.size);
    to += escape.size;
  }
  *to = '"';
}

}  // namespace kfctl::jsonnet
