// String literals: quoted with escapes, verbatim, and ||| text blocks, whose indentation is that of
// their first line.
#include "base/text.h"
#include "templates/jsonnet/engine/lexer.h"

namespace kfctl::jsonnet {

uint32_t Lexer::hex4(uint32_t begin) {
  uint32_t code = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = peek();
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      code = code * 16 + static_cast<uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      code = code * 16 + static_cast<uint32_t>(lower - 'a' + 10);
    } else {
      fail(begin, at_ + 1, "\\u must be followed by four hexadecimal digits");
    }
  }
  return code;
}

// Reads one escape, at_ on the backslash, into buffer_.
void Lexer::escape(uint32_t string_begin) {
  const uint32_t begin = at_;
  ++at_;
  if (at_end()) fail(string_begin, string_begin + 1, "this string has no closing quote");
  const char c = source_[at_++];
  switch (c) {
    case '"':
    case '\'':
    case '\\':
    case '/':
      buffer_ += c;
      return;
    case 'b':
      buffer_ += '\b';
      return;
    case 'f':
      buffer_ += '\f';
      return;
    case 'n':
      buffer_ += '\n';
      return;
    case 'r':
      buffer_ += '\r';
      return;
    case 't':
      buffer_ += '\t';
      return;
    case 'u':
      break;
    default: {
      while (!at_end() && (source_[at_] & 0xC0) == 0x80) ++at_;
      fail(begin, at_, "unknown escape '" + std::string(source_.substr(begin, at_ - begin)) + "'",
           "write \\\\ for a backslash, or use a verbatim string: @'...'");
    }
  }
  uint32_t code = hex4(begin);
  if (code >= 0xD800 && code < 0xE000) {
    if (code >= 0xDC00 || peek() != '\\' || peek(1) != 'u')
      fail(begin, at_, "half of a surrogate pair: two \\u escapes must make one character");
    at_ += 2;
    const uint32_t low = hex4(begin);
    if (low < 0xDC00 || low >= 0xE000)
      fail(begin, at_, "half of a surrogate pair: two \\u escapes must make one character");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(buffer_, code);
}

Token Lexer::quoted(char quote) {
  const uint32_t begin = at_++;
  const uint32_t start = at_;
  const auto next_stop = [&] {
    size_t at = at_;
    while (at < source_.size() && source_[at] != quote && source_[at] != '\\') ++at;
    return at < source_.size() ? at : std::string_view::npos;
  };
  size_t stop = next_stop();
  if (stop != std::string_view::npos && source_[stop] == quote) {  // no escapes: a view will do
    at_ = static_cast<uint32_t>(stop) + 1;
    return {Tok::kString, begin, at_, 0, source_.substr(start, stop - start)};
  }
  buffer_.clear();
  for (;;) {
    if (stop == std::string_view::npos) fail(begin, begin + 1, "this string has no closing quote");
    buffer_.append(source_.substr(at_, stop - at_));
    at_ = static_cast<uint32_t>(stop);
    if (source_[at_] == quote) break;
    escape(begin);
    stop = next_stop();
  }
  ++at_;
  return {Tok::kString, begin, at_, 0, buffer_};
}

Token Lexer::verbatim(char quote) {
  const uint32_t begin = at_;
  at_ += 2;
  buffer_.clear();
  for (;;) {
    const size_t stop = source_.find(quote, at_);
    if (stop == std::string_view::npos) fail(begin, begin + 2, "this string has no closing quote");
    buffer_.append(source_.substr(at_, stop - at_));
    at_ = static_cast<uint32_t>(stop) + 1;
    if (peek() != quote) return {Tok::kString, begin, at_, 0, buffer_};
    buffer_ += quote;
    ++at_;
  }
}

Token Lexer::text_block() {
  const uint32_t begin = at_;
  at_ += 3;
  const bool chomp = peek() == '-';
  if (chomp) ++at_;
  while (peek() == ' ' || peek() == '\t' || peek() == '\r') ++at_;
  if (peek() != '\n') fail(begin, begin + 3, "the text of a ||| block begins on the next line");
  ++at_;
  buffer_.clear();
  const auto take_blank_lines = [&] {
    while (peek() == '\n') {
      buffer_ += '\n';
      ++at_;
    }
  };
  take_blank_lines();
  uint32_t width = 0;
  while (peek(width) == ' ' || peek(width) == '\t') ++width;
  const std::string_view indent = source_.substr(at_, width);
  if (width == 0) fail(begin, begin + 3, "the first line of a ||| block must be indented");
  while (source_.substr(at_).starts_with(indent)) {
    const size_t end = source_.find('\n', at_);
    if (end == std::string_view::npos) fail(begin, begin + 3, "this ||| block is not closed");
    buffer_.append(source_.substr(at_ + width, end - at_ - width));
    buffer_ += '\n';
    at_ = static_cast<uint32_t>(end) + 1;
    take_blank_lines();
  }
  const uint32_t line = at_;
  while (peek() == ' ' || peek() == '\t') ++at_;
  if (!source_.substr(at_).starts_with("|||")) {
    if (at_ > line)
      fail(line, at_, "this line of a ||| block is indented less than its first line");
    fail(begin, begin + 3, "this ||| block is not closed",
         "end it with a line that holds only |||");
  }
  at_ += 3;
  if (chomp) buffer_.pop_back();
  return {Tok::kTextBlock, begin, at_, 0, buffer_};
}

}  // namespace kfctl::jsonnet
