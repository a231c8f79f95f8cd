#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr int kMaxDepth = 1000;  // the parser and the destructor recurse once per level

bool key_less(const Json::Member& member, std::string_view key) { return member.first < key; }

}  // namespace

Json Json::object(std::initializer_list<Member> members) {
  return object(std::vector<Member>(members));
}

Json Json::object(std::vector<Member> members) {
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return a.first < b.first; });
  Object unique;
  unique.reserve(members.size());
  for (Member& member : members) {
    if (!unique.empty() && unique.back().first == member.first) {
      unique.back() = std::move(member);
    } else {
      unique.push_back(std::move(member));
    }
  }
  Json result;
  result.value_ = Members{std::move(unique)};
  return result;
}

std::string_view Json::type_name() const {
  constexpr std::string_view kNames[] = {"null",   "boolean", "number", "number",
                                         "string", "array",   "object"};
  return kNames[value_.index()];
}

double Json::as_double() const {
  return is_int() ? static_cast<double>(std::get<2>(value_)) : std::get<3>(value_);
}

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  const Object& sorted = members();
  const auto it = std::lower_bound(sorted.begin(), sorted.end(), key, key_less);
  return it != sorted.end() && it->first == key ? &it->second : nullptr;
}

Json* Json::find(std::string_view key) {
  return const_cast<Json*>(static_cast<const Json*>(this)->find(key));
}

const Json* Json::at(std::initializer_list<std::string_view> path) const {
  const Json* here = this;
  for (const std::string_view key : path) {
    here = here->find(key);
    if (here == nullptr) return nullptr;
  }
  return here;
}

std::string_view Json::string_at(std::initializer_list<std::string_view> path,
                                 std::string_view fallback) const {
  const Json* value = at(path);
  return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : fallback;
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) value_ = Members{};
  Object& sorted = members();
  const auto it = std::lower_bound(sorted.begin(), sorted.end(), key, key_less);
  if (it != sorted.end() && it->first == key) return it->second;
  return sorted.insert(it, Member(std::string(key), Json()))->second;
}

bool Json::erase(std::string_view key) {
  if (!is_object()) return false;
  Object& sorted = members();
  const auto it = std::lower_bound(sorted.begin(), sorted.end(), key, key_less);
  if (it == sorted.end() || it->first != key) return false;
  sorted.erase(it);
  return true;
}

void Json::push_back(Json item) {
  if (is_null()) value_ = Array{};
  items().push_back(std::move(item));
}

bool operator==(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number() && a.is_int() != b.is_int()) {
    return a.as_double() == b.as_double();
  }
  if (a.value_.index() != b.value_.index()) return false;
  if (a.is_object()) return a.members() == b.members();
  if (a.is_array()) return a.items() == b.items();
  if (a.is_string()) return a.as_string() == b.as_string();
  if (a.is_int()) return a.as_int() == b.as_int();
  if (a.is_double()) return a.as_double() == b.as_double();
  if (a.is_bool()) return a.as_bool() == b.as_bool();
  return true;
}

std::string number_text(double value) {
  if (!std::isfinite(value)) return "null";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  char buffer[32];
  const double magnitude = std::fabs(value);
  const std::chars_format format = magnitude >= 1e21 || magnitude < 1e-6
                                       ? std::chars_format::scientific
                                       : std::chars_format::fixed;
  // Fixed notation below 1e21 needs at most 21 digits, a sign and a point: the buffer is enough.
  const std::to_chars_result end = std::to_chars(buffer, buffer + sizeof buffer, value, format);
  return std::string(buffer, end.ptr);
}

std::string json_quote(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      // clang-format off
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      // clang-format on
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += "\\u00";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

namespace {

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}

  void write(const Json& value) {
    if (value.is_object()) {
      write_object(value.members());
    } else if (value.is_array()) {
      write_array(value.items());
    } else if (value.is_string()) {
      out_ += json_quote(value.as_string());
    } else if (value.is_int()) {
      out_ += std::to_string(value.as_int());
    } else if (value.is_double()) {
      out_ += number_text(value.as_double());
    } else if (value.is_bool()) {
      out_ += value.as_bool() ? "true" : "false";
    } else {
      out_ += "null";
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void write_object(const Json::Object& members) {
    if (members.empty()) {
      out_ += "{}";
      return;
    }
    out_ += '{';
    ++depth_;
    for (size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out_ += ',';
      new_line();
      out_ += json_quote(members[i].first);
      out_ += indent_ > 0 ? ": " : ":";
      write(members[i].second);
    }
    --depth_;
    new_line();
    out_ += '}';
  }

  void write_array(const Json::Array& items) {
    if (items.empty()) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    ++depth_;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += ',';
      new_line();
      write(items[i]);
    }
    --depth_;
    new_line();
    out_ += ']';
  }

  void new_line() {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(static_cast<size_t>(depth_) * static_cast<size_t>(indent_), ' ');
  }

  int indent_;
  int depth_ = 0;
  std::string out_;
};

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

std::string Json::dump(int indent) const {
  Writer writer(indent);
  writer.write(*this);
  return writer.take();
}

Result<Json> parse_json(std::string_view text, std::string_view name) {
  return Parser(text, name).parse();
}

}  // namespace kfctl
