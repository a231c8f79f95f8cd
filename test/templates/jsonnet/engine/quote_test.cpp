// Strings as JSON writes them, against the rule said byte by byte.
#include <cstdio>
#include <random>
#include <string>

#include "engine_test.h"
#include "templates/jsonnet/engine/manifest.h"

namespace kfctl {
namespace {

std::string by_the_rule(const std::string& text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](size_t at) { return unsigned{static_cast<unsigned char>(text[at])}; };
    const size_t place = std::string_view("\"\\\b\f\n\r\t").find(text[i]);
    char escape[8];
    if (place != std::string_view::npos) {
      out += std::string("\\") + "\"\\bfnrt"[place];
    } else if (byte(i) < 0x20 || byte(i) == 0x7f || (byte(i) == 0xc2 && byte(i + 1) < 0xa0)) {
      const unsigned code = byte(i) == 0xc2 ? byte(++i) : byte(i);
      std::snprintf(escape, sizeof escape, "\\u%04x", code);
      out += escape;
    } else {
      out += text[i];
    }
  }
  return out + '"';
}

std::string appended(const std::string& text) {
  std::string out = "before";
  jsonnet::append_quoted(out, text);
  return out.substr(6);
}

std::string written(const std::string& ascii) {
  const size_t size = jsonnet::quoted_size(ascii);
  std::string out(size + 16, '#');
  jsonnet::write_quoted(ascii, out.data());
  CHECK(out.substr(size) == std::string(16, '#'));  // nothing behind its end
  return out.substr(0, size);
}

TEST_CASE("every character is quoted as the rule says, at every place of a block") {
  for (unsigned code = 0; code < 0x180; ++code) {
    const std::string character = code < 0x80 ? std::string(1, static_cast<char>(code))
                                              : std::string{static_cast<char>(0xc0 | code >> 6),
                                                            static_cast<char>(0x80 | (code & 63))};
    for (size_t before = 0; before < 20; ++before) {
      const std::string text = std::string(before, 'a') + character + std::string(20 - before, 'b');
      CHECK(appended(text) == by_the_rule(text));
      if (code < 0x80) CHECK(written(text) == by_the_rule(text));
    }
  }
}

TEST_CASE("random texts of every length are quoted as the rule says") {
  std::mt19937 random(1);
  for (size_t length = 0; length < 700; ++length) {
    const unsigned first = length % 2 == 0 ? 0 : 0x20;
    std::string text;
    for (size_t i = 0; i < length; ++i)
      text += static_cast<char>(first + random() % (0x80 - first));
    CHECK(appended(text) == by_the_rule(text));
    CHECK(written(text) == by_the_rule(text));
    std::string wide = text;
    for (size_t i = 0; i < length / 7; ++i)
      wide.insert(random() % 2 * wide.size(), "\xc2\x9f\xc3\xa9");
    CHECK(appended(wide) == by_the_rule(wide));
  }
}

TEST_CASE("std.escapeStringJson is that, for text of one byte a character and for other text") {
  CHECK(value_of(R"(std.escapeStringJson("a\"b\\c\n\u0007d"))") == R"("a\"b\\c\n\u0007d")");
  CHECK(value_of(R"(std.escapeStringJson("é\"\u0080"))") == R"("é\"\u0080")");
}

}  // namespace
}  // namespace kfctl
