// A fast hash with a secret key, for telling contents apart on disk.
//
// Blocks of 4 KiB go through NH (the first stage of UMAC, RFC 4418): a sum of products of message
// words and key words, of which two different blocks agree for one key in 2^64. The sums and the
// length go through SHA-256. So neither accident nor somebody who makes up contents without knowing
// the key gets two of them with one digest, at the price of one multiplication for 16 bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/hash.h"

namespace kfctl::jsonnet {

/// Immutable: safe for use by several threads. Digests are the same on machines of one byte order.
class KeyedHash {
 public:
  using Key = std::array<uint8_t, 32>;

  explicit KeyedHash(const Key& key);

  Sha256::Digest of(std::string_view bytes) const;

 private:
  static constexpr size_t kBlock = 4096;

  std::array<uint64_t, kBlock / 8> words_;
};

}  // namespace kfctl::jsonnet
