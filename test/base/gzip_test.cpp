#include "base/gzip.h"

#include <string>

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

// Bytes that do not compress, the same each time.
std::string noise(size_t size) {
  std::string out;
  uint64_t state = 1;
  for (size_t i = 0; i < size; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    out += static_cast<char>(state >> 56);
  }
  return out;
}

constexpr size_t kLimit = size_t{1} << 24;

}  // namespace

TEST_CASE("what gzip packs, gunzip gives back") {
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(1'000'000, 'x'), noise(3'000'000)}) {
    const std::string packed = gzip(text);
    CHECK(gzip(text) == packed);
    const Result<std::string> back = gunzip(packed, kLimit);
    REQUIRE(back.ok());
    CHECK(back.value() == text);
  }
  CHECK(gzip(std::string(1'000'000, 'x')).size() < 2000);
}

TEST_CASE("damage, a missing end and trailing bytes are found") {
  const std::string packed = gzip(noise(200'000));
  for (const std::string& bad :
       {std::string(), std::string("text"), packed.substr(0, packed.size() - 1), packed + "x",
        packed.substr(0, 9), packed.substr(0, 70'000) + "?" + packed.substr(70'001)}) {
    const Result<std::string> back = gunzip(bad, kLimit);
    REQUIRE_FALSE(back.ok());
    CHECK(back.error().message == "the gzip data is damaged or not whole");
  }
}

TEST_CASE("a few bytes that would fill the memory are refused") {
  const Result<std::string> back = gunzip(gzip(std::string(1 << 20, 'x')), 1000);
  REQUIRE_FALSE(back.ok());
  CHECK(back.error().message == "the gzip data unpacks to more than 1000 bytes");
}
