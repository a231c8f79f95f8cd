#include "templates/jsonnet/engine/keyed_hash.h"

#include <algorithm>
#include <cstring>

namespace kfctl::jsonnet {
namespace {

__extension__ using Sum = unsigned __int128;

template <typename T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// NH of `pairs` times 16 bytes.
Sum sum_of(const char* bytes, const uint64_t* key, size_t pairs) {
  Sum sum = 0;
  for (size_t i = 0; i < pairs; ++i) {
    uint64_t words[2];
    std::memcpy(words, bytes + 16 * i, sizeof words);
    sum += Sum{words[0] + key[2 * i]} * (words[1] + key[2 * i + 1]);
  }
  return sum;
}

}  // namespace

KeyedHash::KeyedHash(const Key& key) {
  char* const words = reinterpret_cast<char*>(words_.data());
  for (size_t i = 0; i < kBlock; i += sizeof(Sha256::Digest)) {
    Sha256 hash;
    hash.update(bytes_of(key));
    hash.update(bytes_of(i));
    const Sha256::Digest digest = hash.finish();
    std::memcpy(words + i, digest.data(), digest.size());
  }
}

Sha256::Digest KeyedHash::of(std::string_view bytes) const {
  Sha256 hash;
  hash.update(bytes_of(uint64_t{bytes.size()}));
  while (bytes.size() >= kBlock) {
    hash.update(bytes_of(sum_of(bytes.data(), words_.data(), kBlock / 16)));
    bytes.remove_prefix(kBlock);
  }
  char rest[kBlock] = {};
  std::copy(bytes.begin(), bytes.end(), rest);
  hash.update(bytes_of(sum_of(rest, words_.data(), (bytes.size() + 15) / 16)));
  return hash.finish();
}

}  // namespace kfctl::jsonnet
