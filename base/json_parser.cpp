#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "base/text.h"

namespace kfctl {
namespace {

constexpr int kMaxDepth = 1000;  // the parser and the destructor recurse once per level

// A recursive-descent reader of RFC 8259. The first error wins and is kept in `error_`; every
// parse_x returns false after one.
class Parser {
 public:
  Parser(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  Result<Json> parse() {
    if (const size_t bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
      return error_at(bad, "not valid UTF-8");
    }
    Json value;
    skip_space();
    if (!parse_value(value, 0)) return error_at(error_at_, error_);
    skip_space();
    if (pos_ != text_.size()) return error_at(pos_, "unexpected text after the JSON value");
    return value;
  }

 private:
  Error error_at(size_t offset, std::string_view what) const {
    const Place place = place_of(text_, offset);
    return Error(ErrorKind::kProject,
                 std::string(name_) + ":" + std::to_string(place.line) + ":" +
                     std::to_string(place.column) + ": " + std::string(what),
                 "", excerpt_of(text_, offset, 1));
  }

  bool fail(std::string what) { return fail_at(pos_, std::move(what)); }
  bool fail_at(size_t offset, std::string what) {
    error_ = std::move(what);
    error_at_ = offset;
    return false;
  }

  void skip_space() {
    while (pos_ < text_.size() && (text_[pos_] == ' ' || text_[pos_] == '\n' ||
                                   text_[pos_] == '\r' || text_[pos_] == '\t')) {
      ++pos_;
    }
  }

  bool take(char c) {
    if (pos_ >= text_.size() || text_[pos_] != c) return false;
    ++pos_;
    return true;
  }

  bool parse_value(Json& out, int depth) {
    if (depth > kMaxDepth) return fail("nested more than 1000 levels deep");
    if (pos_ >= text_.size()) return fail("unexpected end of the JSON text");
    switch (text_[pos_]) {
      // clang-format off
      case '{': return parse_object(out, depth);
      case '[': return parse_array(out, depth);
      case '"': return parse_string_value(out);
      case 't': return parse_word("true", Json(true), out);
      case 'f': return parse_word("false", Json(false), out);
      case 'n': return parse_word("null", Json(), out);
      default: return parse_number(out);
        // clang-format on
    }
  }

  bool parse_word(std::string_view word, Json value, Json& out) {
    if (text_.substr(pos_, word.size()) != word) return fail("expected a JSON value");
    pos_ += word.size();
    out = std::move(value);
    return true;
  }

  bool parse_object(Json& out, int depth) {
    ++pos_;
    std::vector<Json::Member> members;
    skip_space();
    if (!take('}')) {
      do {
        skip_space();
        if (!parse_member(members, depth)) return false;
        skip_space();
      } while (take(','));
      if (!take('}')) return fail("expected ',' or '}' in the object");
    }
    const size_t count = members.size();
    out = Json::object(std::move(members));
    if (out.members().size() != count) return fail_at(pos_ - 1, "a key is twice in this object");
    return true;
  }

  bool parse_member(std::vector<Json::Member>& members, int depth) {
    if (pos_ >= text_.size() || text_[pos_] != '"') return fail("expected a key in quotes");
    std::string key;
    if (!parse_string(key)) return false;
    skip_space();
    if (!take(':')) return fail("expected ':' after the key");
    skip_space();
    Json value;
    if (!parse_value(value, depth + 1)) return false;
    members.emplace_back(std::move(key), std::move(value));
    return true;
  }

  bool parse_array(Json& out, int depth) {
    ++pos_;
    Json::Array items;
    skip_space();
    if (!take(']')) {
      do {
        skip_space();
        Json value;
        if (!parse_value(value, depth + 1)) return false;
        items.push_back(std::move(value));
        skip_space();
      } while (take(','));
      if (!take(']')) return fail("expected ',' or ']' in the array");
    }
    out = Json(std::move(items));
    return true;
  }

  bool parse_string_value(Json& out) {
    std::string text;
    if (!parse_string(text)) return false;
    out = Json(std::move(text));
    return true;
  }

  bool parse_string(std::string& out) {
    const size_t start = pos_++;
    while (pos_ < text_.size()) {
      const size_t run = pos_;
      while (pos_ < text_.size() && text_[pos_] != '"' && text_[pos_] != '\\' &&
             static_cast<unsigned char>(text_[pos_]) >= 0x20) {
        ++pos_;
      }
      out.append(text_.substr(run, pos_ - run));
      if (pos_ >= text_.size()) break;
      if (take('"')) return true;
      if (text_[pos_] != '\\') return fail("control character in a string; write it as \\u00XX");
      if (!parse_escape(out)) return false;
    }
    return fail_at(start, "unterminated string");
  }

  bool parse_escape(std::string& out) {
    const size_t start = pos_++;
    if (pos_ >= text_.size()) return fail_at(start, "unterminated escape");
    switch (text_[pos_++]) {
      // clang-format off
      case '"': out += '"'; return true;
      case '\\': out += '\\'; return true;
      case '/': out += '/'; return true;
      case 'b': out += '\b'; return true;
      case 'f': out += '\f'; return true;
      case 'n': out += '\n'; return true;
      case 'r': out += '\r'; return true;
      case 't': out += '\t'; return true;
      case 'u': return parse_unicode(start, out);
      default: return fail_at(start, "unknown escape in a string");
        // clang-format on
    }
  }

  bool parse_unicode(size_t start, std::string& out) {
    uint32_t code = 0;
    if (!parse_hex4(code)) return fail_at(start, "expected four hexadecimal digits after \\u");
    if (code >= 0xD800 && code < 0xDC00) {
      uint32_t low = 0;
      if (!take('\\') || !take('u') || !parse_hex4(low) || low < 0xDC00 || low > 0xDFFF) {
        return fail_at(start, "first half of a surrogate pair without the second");
      }
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      return fail_at(start, "second half of a surrogate pair without the first");
    }
    append_utf8(out, code);
    return true;
  }

  bool parse_hex4(uint32_t& code) {
    if (text_.size() - pos_ < 4) return false;
    const char* begin = text_.data() + pos_;
    const std::from_chars_result end = std::from_chars(begin, begin + 4, code, 16);
    if (end.ec != std::errc() || end.ptr != begin + 4) return false;
    pos_ += 4;
    return true;
  }

  bool digits() {
    const size_t start = pos_;
    while (pos_ < text_.size() && text_[pos_] >= '0' && text_[pos_] <= '9') ++pos_;
    return pos_ > start;
  }

  bool parse_number(Json& out) {
    const size_t start = pos_;
    bool integer = true;
    take('-');
    const bool leading_zero = pos_ < text_.size() && text_[pos_] == '0';
    const size_t first_digit = pos_;
    if (!digits()) return fail_at(start, "expected a JSON value");
    if (leading_zero && pos_ - first_digit > 1) return fail_at(start, "number starts with 0");
    if (take('.')) {
      integer = false;
      if (!digits()) return fail("expected a digit after the decimal point");
    }
    if (pos_ < text_.size() && (text_[pos_] == 'e' || text_[pos_] == 'E')) {
      integer = false;
      ++pos_;
      if (!take('+')) take('-');
      if (!digits()) return fail("expected a digit in the exponent");
    }
    return convert_number(start, integer, out);
  }

  bool convert_number(size_t start, bool integer, Json& out) {
    const char* begin = text_.data() + start;
    const char* end = text_.data() + pos_;
    int64_t whole = 0;
    if (integer && std::from_chars(begin, end, whole).ec == std::errc()) {
      out = Json(whole);
      return true;
    }
    double real = 0;
    if (std::from_chars(begin, end, real).ec != std::errc()) {
      return fail_at(start, "number is too large or too small for a double");
    }
    out = Json(real);
    return true;
  }

  std::string_view text_;
  std::string_view name_;
  size_t pos_ = 0;
  std::string error_;
  size_t error_at_ = 0;
};

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view name) {
  return Parser(text, name).parse();
}

}  // namespace kfctl
