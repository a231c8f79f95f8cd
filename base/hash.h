// SHA-256 (FIPS 180-4), for names and integrity; not for passwords. Pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace kfctl {

class Sha256 {
 public:
  using Digest = std::array<uint8_t, 32>;

  void update(std::string_view bytes);

  /// The digest of all that was given. Call once, at the end.
  Digest finish();

 private:
  void compress(const uint8_t* block);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> block_ = {};
  size_t filled_ = 0;   // bytes in block_
  uint64_t total_ = 0;  // bytes seen
};

/// The digest as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

/// The digest in base64url (RFC 4648 section 5) without padding: 43 characters.
std::string sha256_base64url(std::string_view bytes);

}  // namespace kfctl
