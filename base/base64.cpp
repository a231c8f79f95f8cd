#include "base/base64.h"

#include <array>
#include <cstring>

#include "base/text.h"

namespace kfctl {

std::string base64_encode(std::string_view bytes) {
  std::string out(base64_size(bytes.size()), '\0');
  base64_encode(bytes, out.data());
  return out;
}

namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Two letters for each value of twelve bits.
constexpr std::array<std::array<char, 2>, 4096> kBase64Pairs = [] {
  std::array<std::array<char, 2>, 4096> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kBase64[i >> 6], kBase64[i & 63]};
  return pairs;
}();

// What each byte stands for in base64: its six bits, or 64.
constexpr std::array<uint8_t, 256> kBase64Values = [] {
  std::array<uint8_t, 256> values{};
  values.fill(64);
  for (uint8_t i = 0; i < 64; ++i) values[static_cast<unsigned char>(kBase64[i])] = i;
  return values;
}();

// The same at each of the four places of a group, where its bits go. All bits are set for what is
// no letter.
constexpr uint32_t kNoLetter = UINT32_MAX;
constexpr std::array<std::array<uint32_t, 256>, 4> kBase64Places = [] {
  std::array<std::array<uint32_t, 256>, 4> places{};
  for (size_t place = 0; place < 4; ++place) {
    for (size_t c = 0; c < 256; ++c) {
      const uint32_t value = kBase64Values[c];
      places[place][c] = value > 63 ? kNoLetter : value << (18 - 6 * place);
    }
  }
  return places;
}();

uint32_t byte_at(std::string_view bytes, size_t i) { return static_cast<unsigned char>(bytes[i]); }

}  // namespace

void base64_encode(std::string_view bytes, char* out) {
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3, out += 4) {
    const uint32_t group =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    std::memcpy(out, kBase64Pairs[group >> 12].data(), 2);
    std::memcpy(out + 2, kBase64Pairs[group & 4095].data(), 2);
  }
  const size_t left = bytes.size() - i;
  if (left == 0) return;
  const uint32_t group = byte_at(bytes, i) << 16 | (left == 2 ? byte_at(bytes, i + 1) << 8 : 0);
  out[0] = kBase64[group >> 18];
  out[1] = kBase64[group >> 12 & 63];
  out[2] = left == 2 ? kBase64[group >> 6 & 63] : '=';
  out[3] = '=';
}

namespace {

// The 24 bits of a group, or kNoLetter.
uint32_t group_at(std::string_view text, size_t i) {
  return kBase64Places[0][byte_at(text, i)] | kBase64Places[1][byte_at(text, i + 1)] |
         kBase64Places[2][byte_at(text, i + 2)] | kBase64Places[3][byte_at(text, i + 3)];
}

}  // namespace

size_t base64_decode_groups(std::string_view text, char* out) {
  size_t i = 0;
  for (; i + 4 <= text.size(); i += 4, out += 3) {
    const uint32_t group = group_at(text, i);
    if (group == kNoLetter) break;
    out[0] = static_cast<char>(group >> 16);
    out[1] = static_cast<char>(group >> 8 & 255);
    out[2] = static_cast<char>(group & 255);
  }
  return i;
}

bool base64_decode(std::string_view text, std::string& out) {
  out.resize(text.size() / 4 * 3);
  const size_t plain = base64_decode_groups(text, out.data());
  out.resize(plain / 4 * 3);
  text.remove_prefix(plain);
  uint32_t group = 0;
  int count = 0, padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const uint32_t value = c == '=' ? 0 : kBase64Values[static_cast<unsigned char>(c)];
    if (value > 63) return false;
    padding += c == '=';
    if (c != '=' && padding > 0) return false;
    group = group << 6 | value;
    if (++count < 4) continue;
    if (padding > 2) return false;
    out += static_cast<char>(group >> 16);
    if (padding < 2) out += static_cast<char>(group >> 8 & 255);
    if (padding < 1) out += static_cast<char>(group & 255);
    group = 0;
    count = 0;
  }
  return count == 0;
}

}  // namespace kfctl
