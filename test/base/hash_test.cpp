#include "base/hash.h"

#include <doctest/doctest.h>

using namespace kfctl;

TEST_CASE("sha256 agrees with the examples of FIPS 180-4") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// 55, 56, 63 and 64 bytes are where the padding goes into one block more.
TEST_CASE("sha256 does not depend on how the bytes were cut") {
  for (const size_t size : {55u, 56u, 63u, 64u, 65u, 119u, 120u, 128u}) {
    const std::string text(size, 'x');
    Sha256 whole, pieces;
    whole.update(text);
    for (const char c : text) pieces.update(std::string_view(&c, 1));
    CHECK(whole.finish() == pieces.finish());
  }
  CHECK(sha256_hex(std::string(56, 'x')) ==
        "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e");
}

TEST_CASE("base64url has no padding and no characters that a label cannot hold") {
  CHECK(sha256_base64url("abc") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}
