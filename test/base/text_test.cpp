#include "base/text.h"

#include <doctest/doctest.h>

#include "base/base64.h"

using namespace kfctl;

TEST_CASE("a place counts lines and code points from 1") {
  const std::string_view text = "ab\né=x\n";
  CHECK(place_of(text, 0).line == 1);
  CHECK(place_of(text, 3).line == 2);
  CHECK(place_of(text, 5).column == 2);
  CHECK(place_of(text, 999).line == 3);
}

TEST_CASE("an excerpt shows the line and marks the word under it") {
  CHECK(excerpt_of("x\n  image: parms.image,\ny", 11, 5) ==
        "  image: parms.image,\n         ^~~~~");
  CHECK(excerpt_of("", 0, 1) == "\n^");
  CHECK(excerpt_of("abc", 3, 4) == "abc\n   ^");
}

TEST_CASE("an excerpt holds nothing that steers a terminal") {
  CHECK(excerpt_of("a\x1b[2J\tb\x7f", 0, 1) == "a [2J b \n^");
}

TEST_CASE("the excerpt of a very long line is a window around the caret") {
  const std::string line = std::string(5000, 'a') + "HERE" + std::string(5000, 'b');
  const std::string excerpt = excerpt_of(line, 5000, 4);
  CHECK(excerpt.find("HERE") != std::string::npos);
  CHECK(excerpt.size() < 400);
}

TEST_CASE("the nearest word forgives slips and refuses strangers") {
  const std::vector<std::string> words = {"apply", "diff", "delete", "prototype", "component"};
  CHECK(nearest_word("aply", words) == "apply");
  CHECK(nearest_word("dleete", words) == "delete");
  CHECK(nearest_word("proto", words) == "prototype");
  CHECK(nearest_word("xyzzy", words).empty());
  CHECK(nearest_word("", words).empty());
  CHECK(did_you_mean("dif", words) == "did you mean 'diff'?");
  CHECK(did_you_mean("zzz", words, "see --help") == "see --help");
}

TEST_CASE("split keeps empty parts and split_lines takes both line ends") {
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(split_lines("a\r\nb\n\nc") == std::vector<std::string_view>{"a", "b", "", "c"});
}

TEST_CASE("invalid UTF-8 is found where it starts") {
  CHECK(find_invalid_utf8("aé😀") == std::string_view::npos);
  CHECK(find_invalid_utf8("ab\x80") == 2);
  CHECK(find_invalid_utf8("\xC0\xAF") == 0);          // overlong
  CHECK(find_invalid_utf8("x\xED\xA0\x80") == 1);     // surrogate
  CHECK(find_invalid_utf8("\xF4\x90\x80\x80") == 0);  // beyond U+10FFFF
  CHECK(find_invalid_utf8("\xE2\x82") == 0);          // cut short
}

TEST_CASE("base64 round trips and refuses what is not base64") {
  for (const std::string_view bytes : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    std::string back;
    CHECK(base64_decode(base64_encode(bytes), back));
    CHECK(back == bytes);
  }
  CHECK(base64_encode("fooba") == "Zm9vYmE=");
  std::string out;
  CHECK_FALSE(base64_decode("Zm9", out));
  CHECK_FALSE(base64_decode("Zm9v!mE=", out));
  CHECK_FALSE(base64_decode("Zg==Zg==", out));
}

TEST_CASE("every byte of every length comes back from base64") {
  std::string bytes;
  for (int i = 0; i < 700; ++i) {
    const std::string text = base64_encode(bytes);
    CHECK(text.size() == base64_size(bytes.size()));
    std::string back;
    REQUIRE(base64_decode(text, back));
    CHECK(back == bytes);
    bytes += static_cast<char>(i * 37 + i / 256);
  }
}

TEST_CASE("groups of base64 are decoded up to the first that has something else in it") {
  char out[] = "#######";
  CHECK(base64_decode_groups("Zm9vYmFyZg==", out) == 8);
  CHECK(std::string_view(out, 6) == "foobar");
  for (size_t at = 0; at < 8; ++at) {
    std::string text = "Zm9vYmFy";
    text[at] = '!';
    CHECK(base64_decode_groups(text, out) == at / 4 * 4);
  }
}

TEST_CASE("display width counts columns, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("\xF0" + std::string(40, '\x80')) == 1);  // stray continuation bytes
}
