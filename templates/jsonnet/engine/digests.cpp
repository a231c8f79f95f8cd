// MD5 (RFC 1321), SHA-1 and SHA-512 (FIPS 180-4), SHA3-512 (FIPS 202). The constants are computed
// from their definitions where that is shorter than listing them.
#include "templates/jsonnet/engine/digests.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace kfctl::jsonnet {
namespace {

std::string hex(const uint8_t* bytes, size_t count) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
  }
  return out;
}

// The message with the padding of MD5 and SHA: a one bit, zeros, the length in bits.
std::string padded(std::string_view bytes, size_t block, size_t length_bytes, bool big_endian) {
  std::string out(bytes);
  out += '\x80';
  while (out.size() % block != block - length_bytes) out += '\0';
  const uint64_t bits = uint64_t{bytes.size()} * 8;
  for (size_t i = 0; i < length_bytes; ++i) {
    const size_t power = big_endian ? length_bytes - 1 - i : i;
    out += power < 8 ? static_cast<char>(bits >> (8 * power)) : '\0';
  }
  return out;
}

uint64_t big_endian(const char* at, size_t bytes) {
  uint64_t word = 0;
  for (size_t i = 0; i < bytes; ++i) word = word << 8 | static_cast<uint8_t>(at[i]);
  return word;
}

uint32_t little_endian32(const char* at) {
  uint32_t word = 0;
  for (int i = 3; i >= 0; --i) word = word << 8 | static_cast<uint8_t>(at[i]);
  return word;
}

// The first 64 bits of the fraction of the cube root of n, by bisection in 128-bit integers.
uint64_t cube_root_fraction(uint64_t n) {
  // Finds the largest r with r^3 <= n * 2^192; its low 64 bits are the fraction.
  __extension__ using Wide = unsigned __int128;
  uint64_t whole = 1;
  while ((whole + 1) * (whole + 1) * (whole + 1) <= n) ++whole;
  uint64_t fraction = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const uint64_t attempt = fraction | uint64_t{1} << bit;
    // (whole + attempt / 2^64)^3 <= n, compared in base 2^64 from the top.
    const Wide r = Wide{whole} << 64 | attempt;  // at most 68 bits
    // r^2 as three words, then r^3 as four; r = hi * 2^64 + lo.
    const uint64_t hi = static_cast<uint64_t>(r >> 64), lo = static_cast<uint64_t>(r);
    const Wide low = Wide{lo} * lo;
    const Wide mid = Wide{2 * hi} * lo;
    const Wide s1 = (low >> 64) + (mid & UINT64_MAX);
    const uint64_t w0 = static_cast<uint64_t>(low), w1 = static_cast<uint64_t>(s1);
    const Wide w2 = Wide{hi} * hi + (mid >> 64) + (s1 >> 64);
    // times r
    const Wide a0 = Wide{w0} * lo;
    const Wide a1 = Wide{w1} * lo + (a0 >> 64);
    const Wide b0 = Wide{w0} * hi;
    const Wide t1 = (a1 & UINT64_MAX) + (b0 & UINT64_MAX);
    const Wide a2 = w2 * lo + (a1 >> 64) + (b0 >> 64) + Wide{w1} * hi + (t1 >> 64);
    const Wide a3 = w2 * hi + (a2 >> 64);
    if (a3 < n) fraction = attempt;
  }
  return fraction;
}

std::array<uint64_t, 80> sha512_constants() {
  std::array<uint64_t, 80> constants{};
  size_t found = 0;
  for (uint64_t n = 2; found < constants.size(); ++n) {
    bool prime = true;
    for (uint64_t d = 2; d * d <= n && prime; ++d) prime = n % d != 0;
    if (prime) constants[found++] = cube_root_fraction(n);
  }
  return constants;
}

}  // namespace

std::string md5_hex(std::string_view bytes) {
  static const std::array<uint32_t, 64> sines = [] {
    std::array<uint32_t, 64> table{};
    for (size_t i = 0; i < 64; ++i)
      table[i] =
          static_cast<uint32_t>(std::floor(std::fabs(std::sin(double(i + 1))) * 4294967296.0));
    return table;
  }();
  constexpr int kShifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  std::array<uint32_t, 4> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const std::string message = padded(bytes, 64, 8, false);
  for (size_t block = 0; block < message.size(); block += 64) {
    auto [a, b, c, d] = state;
    for (uint32_t i = 0; i < 64; ++i) {
      uint32_t f, g;
      switch (i / 16) {
        case 0:
          f = (b & c) | (~b & d), g = i;
          break;
        case 1:
          f = (d & b) | (~d & c), g = (5 * i + 1) % 16;
          break;
        case 2:
          f = b ^ c ^ d, g = (3 * i + 5) % 16;
          break;
        default:
          f = c ^ (b | ~d), g = (7 * i) % 16;
          break;
      }
      f += a + sines[i] + little_endian32(message.data() + block + 4 * g);
      a = d;
      d = c;
      c = b;
      b += std::rotl(f, kShifts[i / 16][i % 4]);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  }
  std::array<uint8_t, 16> digest;
  for (size_t i = 0; i < 16; ++i) digest[i] = static_cast<uint8_t>(state[i / 4] >> (8 * (i % 4)));
  return hex(digest.data(), digest.size());
}

std::string sha1_hex(std::string_view bytes) {
  std::array<uint32_t, 5> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const std::string message = padded(bytes, 64, 8, true);
  for (size_t block = 0; block < message.size(); block += 64) {
    std::array<uint32_t, 80> w;
    for (size_t i = 0; i < 16; ++i)
      w[i] = static_cast<uint32_t>(big_endian(message.data() + block + 4 * i, 4));
    for (size_t i = 16; i < 80; ++i)
      w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    auto [a, b, c, d, e] = state;
    for (size_t i = 0; i < 80; ++i) {
      uint32_t f, k;
      switch (i / 20) {
        case 0:
          f = (b & c) | (~b & d), k = 0x5a827999;
          break;
        case 1:
          f = b ^ c ^ d, k = 0x6ed9eba1;
          break;
        case 2:
          f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
          break;
        default:
          f = b ^ c ^ d, k = 0xca62c1d6;
          break;
      }
      const uint32_t next = std::rotl(a, 5) + f + e + k + w[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
  }
  std::array<uint8_t, 20> digest;
  for (size_t i = 0; i < 20; ++i)
    digest[i] = static_cast<uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return hex(digest.data(), digest.size());
}

std::string sha512_hex(std::string_view bytes) {
  static const std::array<uint64_t, 80> constants = sha512_constants();
  std::array<uint64_t, 8> state = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                   0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                   0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
  const std::string message = padded(bytes, 128, 16, true);
  for (size_t block = 0; block < message.size(); block += 128) {
    std::array<uint64_t, 80> w;
    for (size_t i = 0; i < 16; ++i) w[i] = big_endian(message.data() + block + 8 * i, 8);
    for (size_t i = 16; i < 80; ++i) {
      const uint64_t x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + (std::rotr(x, 1) ^ std::rotr(x, 8) ^ x >> 7) + w[i - 7] +
             (std::rotr(y, 19) ^ std::rotr(y, 61) ^ y >> 6);
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (size_t i = 0; i < 80; ++i) {
      const uint64_t one = h + (std::rotr(e, 14) ^ std::rotr(e, 18) ^ std::rotr(e, 41)) +
                           ((e & f) ^ (~e & g)) + constants[i] + w[i];
      const uint64_t two =
          (std::rotr(a, 28) ^ std::rotr(a, 34) ^ std::rotr(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + one;
      d = c, c = b, b = a, a = one + two;
    }
    const uint64_t added[] = {a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < 8; ++i) state[i] += added[i];
  }
  std::array<uint8_t, 64> digest;
  for (size_t i = 0; i < 64; ++i)
    digest[i] = static_cast<uint8_t>(state[i / 8] >> (56 - 8 * (i % 8)));
  return hex(digest.data(), digest.size());
}

namespace {

void keccak(std::array<uint64_t, 25>& s) {
  uint8_t lfsr = 1;
  for (int round = 0; round < 24; ++round) {
    std::array<uint64_t, 5> parity;
    for (size_t x = 0; x < 5; ++x) parity[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
    for (size_t x = 0; x < 5; ++x) {
      const uint64_t d = parity[(x + 4) % 5] ^ std::rotl(parity[(x + 1) % 5], 1);
      for (size_t y = 0; y < 25; y += 5) s[x + y] ^= d;
    }
    size_t x = 1, y = 0;
    uint64_t moving = s[1];
    for (int t = 0; t < 24; ++t) {
      const size_t next_y = (2 * x + 3 * y) % 5;
      x = y;
      y = next_y;
      const uint64_t kept = s[x + 5 * y];
      s[x + 5 * y] = std::rotl(moving, (t + 1) * (t + 2) / 2 % 64);
      moving = kept;
    }
    for (size_t row = 0; row < 25; row += 5) {
      const std::array<uint64_t, 5> old = {s[row], s[row + 1], s[row + 2], s[row + 3], s[row + 4]};
      for (size_t i = 0; i < 5; ++i) s[row + i] = old[i] ^ (~old[(i + 1) % 5] & old[(i + 2) % 5]);
    }
    for (int bit = 0; bit < 7; ++bit) {
      if ((lfsr & 1) != 0) s[0] ^= uint64_t{1} << ((1 << bit) - 1);
      lfsr = static_cast<uint8_t>(lfsr << 1 ^ ((lfsr >> 7) != 0 ? 0x71 : 0));
    }
  }
}

}  // namespace

std::string sha3_hex(std::string_view bytes) {
  constexpr size_t kRate = 72;
  std::string message(bytes);
  message += '\x06';
  while (message.size() % kRate != 0) message += '\0';
  message.back() = static_cast<char>(message.back() | '\x80');
  std::array<uint64_t, 25> state{};
  for (size_t block = 0; block < message.size(); block += kRate) {
    for (size_t i = 0; i < kRate; ++i)
      state[i / 8] ^= uint64_t{static_cast<uint8_t>(message[block + i])} << (8 * (i % 8));
    keccak(state);
  }
  std::array<uint8_t, 64> digest;
  for (size_t i = 0; i < 64; ++i) digest[i] = static_cast<uint8_t>(state[i / 8] >> (8 * (i % 8)));
  return hex(digest.data(), digest.size());
}

}  // namespace kfctl::jsonnet
