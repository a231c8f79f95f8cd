// The YAML writer. The goal is to print byte for byte what sigs.k8s.io/yaml prints (go-yaml v2
// with its emitter derived from libyaml), because that is what `ks show` and kubectl print and
// what people keep in Git.
//
// A scalar is written plain unless that would change its meaning. The choice is made in three
// steps: a string with a line break wants a block, a string that would be read as another type
// wants double quotes, everything else wants to be plain; then the characters in it may forbid
// that style, and the next one is taken: plain -> single quotes -> double quotes,
// block -> double quotes.
#include <algorithm>
#include <cstdint>

#include "base/yaml.h"
#include "base/yaml_scalar.h"

namespace kfctl {
namespace {

enum class Style { kPlain, kSingle, kDouble, kBlock };

constexpr size_t kLongestSimpleKey = 128;  // a longer key is written after "? "

uint32_t decode(std::string_view text, size_t& pos) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<uint32_t>(static_cast<unsigned char>(text[i])) : 0x80u;
  };
  const uint32_t first = byte(pos);
  const size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  uint32_t code = length == 1 ? first : first & (0x7Fu >> length);
  for (size_t k = 1; k < length; ++k) code = code << 6 | (byte(pos + k) & 0x3F);
  pos = std::min(pos + length, text.size());
  return code;
}

// libyaml's set: no tabs, and (for want of four-byte sequences) nothing beyond U+FFFD.
bool is_printable(uint32_t c) {
  return c == '\n' || (c >= 0x20 && c <= 0x7E) || (c >= 0xA0 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD && c != 0xFEFF);
}

bool is_break(uint32_t c) {
  return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// What the characters of a scalar allow.
struct Analysis {
  bool plain = true;
  bool single = true;
  bool block = true;
  bool multiline = false;
};

bool is_indicator(std::string_view text, size_t pos, bool after_space, bool before_space) {
  const char c = text[pos];
  if (pos > 0) return (c == ':' && before_space) || (c == '#' && after_space);
  if (std::string_view("#,[]{}&*!|>'\"%@`").find(c) != std::string_view::npos) return true;
  return (c == '?' || c == ':' || c == '-') && before_space;
}

// Text without blanks, controls and anything beyond ASCII, whose ends are no indicators, as nearly
// all keys and values of manifests are: everything is allowed.
bool is_simple(std::string_view text) {
  if (text.empty() || text.back() == ':' || text.starts_with("...")) return false;
  if (std::string_view("#,[]{}&*!|>'\"%@`?:-").find(text[0]) != std::string_view::npos)
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

Analysis analyse(std::string_view text) {
  Analysis result;
  if (is_simple(text)) return result;
  if (text.empty()) {
    result.block = false;
    return result;
  }
  if (text.starts_with("---") || text.starts_with("...")) result.plain = false;
  bool previous_space = false, previous_break = false, after_space = true;
  for (size_t pos = 0; pos < text.size();) {
    const size_t start = pos;
    const uint32_t c = decode(text, pos);
    const bool last = pos >= text.size();
    const bool before_space = last || text[pos] == ' ' || text[pos] == '\t';
    if (is_indicator(text, start, after_space, before_space)) result.plain = false;
    const bool space = c == ' ', line_break = is_break(c);
    if (!is_printable(c) || (line_break && previous_space)) {
      result.plain = result.single = result.block = false;
    }
    if (space && previous_break) result.plain = result.single = false;
    if (space && last) result.block = false;
    if ((space || line_break) && (start == 0 || last)) result.plain = false;
    if (line_break) {
      result.multiline = true;
      result.plain = false;
    }
    previous_space = space;
    previous_break = line_break;
    after_space = space || line_break || c == '\t' || c == 0;
  }
  return result;
}

Style choose_style(std::string_view text, const Analysis& can, bool simple_key) {
  if (simple_key && can.multiline) return Style::kDouble;
  if (text.find('\n') != std::string_view::npos) {
    return can.block && !simple_key ? Style::kBlock : Style::kDouble;
  }
  if (plain_scalar_type(text) != ScalarType::kString || is_base60_number(text))
    return Style::kDouble;
  if (can.plain) return Style::kPlain;
  return can.single ? Style::kSingle : Style::kDouble;
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + "'";
}

std::string double_quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::pair<uint32_t, char> kShort[] = {
      {0x00, '0'},  {0x07, 'a'}, {0x08, 'b'}, {0x09, 't'},   {0x0A, 'n'},
      {0x0B, 'v'},  {0x0C, 'f'}, {0x0D, 'r'}, {0x1B, 'e'},   {0x22, '"'},
      {0x5C, '\\'}, {0x85, 'N'}, {0xA0, '_'}, {0x2028, 'L'}, {0x2029, 'P'}};
  std::string out = "\"";
  for (size_t pos = 0; pos < text.size();) {
    const size_t start = pos;
    const uint32_t c = decode(text, pos);
    if (is_printable(c) && !is_break(c) && c != '"' && c != '\\') {
      out.append(text.substr(start, pos - start));
      continue;
    }
    const auto* escape = std::find_if(std::begin(kShort), std::end(kShort),
                                      [c](const auto& row) { return row.first == c; });
    out += '\\';
    if (escape != std::end(kShort)) {
      out += escape->second;
      continue;
    }
    const int width = c <= 0xFF ? 2 : c <= 0xFFFF ? 4 : 8;
    out += width == 2 ? 'x' : width == 4 ? 'u' : 'U';
    for (int shift = (width - 1) * 4; shift >= 0; shift -= 4) out += kHex[c >> shift & 15];
  }
  return out + "\"";
}

// go-yaml's order of keys: digits count as numbers ("a2" before "a10"), letters after the rest.
bool key_less(std::string_view a, std::string_view b) {
  const auto is_digit = [](uint32_t c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0xAA;
  };
  size_t i = 0, j = 0, last_i = 0;
  uint32_t x = 0, y = 0;
  do {
    if (i >= a.size() || j >= b.size()) return i >= a.size() && j < b.size();
    last_i = i;
    x = decode(a, i);
    y = decode(b, j);
  } while (x == y);
  if (is_letter(x) && is_letter(y)) return x < y;
  if (is_letter(x) || is_letter(y)) return is_letter(y);
  // The numbers that start at the difference. After a digit that is not zero, a zero is one more
  // digit of the same number and not a leading one: start with 1 so that it counts.
  uint64_t x_number = 0, y_number = 0;
  if (x == '0' || y == '0') {
    for (size_t k = last_i; k > 0 && is_digit(static_cast<unsigned char>(a[k - 1])); --k) {
      if (a[k - 1] == '0') continue;
      x_number = y_number = 1;
      break;
    }
  }
  const auto number = [&is_digit](std::string_view text, size_t pos, uint64_t& value) {
    size_t count = 0;
    for (; pos < text.size() && is_digit(static_cast<unsigned char>(text[pos])); ++pos, ++count) {
      value = value * 10 + static_cast<uint64_t>(text[pos] - '0');
    }
    return count;
  };
  const size_t x_digits = number(a, last_i, x_number);
  const size_t y_digits = number(b, last_i, y_number);
  if (x_number != y_number) return x_number < y_number;
  if (x_digits != y_digits) return x_digits < y_digits;
  return x < y;
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void document(const Json& value) {
    if (value.is_object() && !value.members().empty()) {
      mapping(value, 0, false);
    } else if (value.is_array() && !value.items().empty()) {
      sequence(value, 0, false);
    } else {
      scalar(value, 2);
    }
  }

 private:
  void pad(size_t count) { out_.append(count, ' '); }

  // `continues`: the first key stands on the line that "- " or ": " has begun.
  void mapping(const Json& value, size_t indent, bool continues) {
    const Json::Object& members = value.members();
    const auto less = [](const Json::Member& a, const Json::Member& b) {
      return key_less(a.first, b.first);
    };
    const auto write = [&](const Json::Member& member) {
      if (!continues) pad(indent);
      continues = false;
      write_member(member.first, member.second, indent);
    };
    if (std::is_sorted(members.begin(), members.end(), less)) {
      for (const Json::Member& member : members) write(member);
      return;
    }
    std::vector<const Json::Member*> sorted;
    sorted.reserve(members.size());
    for (const Json::Member& member : members) sorted.push_back(&member);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](const auto* a, const auto* b) { return less(*a, *b); });
    for (const Json::Member* member : sorted) write(*member);
  }

  void write_member(const std::string& key, const Json& value, size_t indent) {
    const Analysis can = analyse(key);
    if (can.multiline || key.size() > kLongestSimpleKey) {
      out_ += "? ";
      text(key, can, indent + 2, false);
      pad(indent);
      out_ += ": ";
      item(value, indent);
      return;
    }
    text(key, can, indent + 2, true);
    if (value.is_object() && !value.members().empty()) {
      out_ += ":\n";
      mapping(value, indent + 2, false);
    } else if (value.is_array() && !value.items().empty()) {
      out_ += ":\n";
      sequence(value, indent, false);
    } else {
      out_ += ": ";
      scalar(value, indent + 2);
    }
  }

  void sequence(const Json& value, size_t indent, bool continues) {
    for (const Json& element : value.items()) {
      if (!continues) pad(indent);
      continues = false;
      out_ += "- ";
      item(element, indent);
    }
  }

  // What follows "- " or ": " of a long key, which stands at column `indent`.
  void item(const Json& value, size_t indent) {
    if (value.is_object() && !value.members().empty()) {
      mapping(value, indent + 2, true);
    } else if (value.is_array() && !value.items().empty()) {
      sequence(value, indent + 2, true);
    } else {
      scalar(value, indent + 2);
    }
  }

  void scalar(const Json& value, size_t block_indent) {
    if (value.is_string()) {
      text(value.as_string(), analyse(value.as_string()), block_indent, false);
      return;
    }
    if (value.is_object()) {
      out_ += "{}";
    } else if (value.is_array()) {
      out_ += "[]";
    } else if (value.is_double()) {
      out_ += yaml_number_text(value.as_double());
    } else {
      out_ += value.dump();
    }
    out_ += '\n';
  }

  // A string and, unless it is a simple key, the end of its line.
  void text(std::string_view value, const Analysis& can, size_t block_indent, bool simple_key) {
    switch (choose_style(value, can, simple_key)) {
      case Style::kPlain:
        out_ += value;
        break;
      case Style::kSingle:
        out_ += single_quoted(value);
        break;
      case Style::kDouble:
        out_ += double_quoted(value);
        break;
      case Style::kBlock:
        block(value, block_indent);
        return;
    }
    if (!simple_key) out_ += '\n';
  }

  void block(std::string_view value, size_t indent) {
    out_ += '|';
    if (value[0] == ' ' || value[0] == '\n') out_ += '2';
    if (!value.ends_with('\n')) {
      out_ += '-';
    } else if (value.size() == 1 || value[value.size() - 2] == '\n') {
      out_ += '+';
    }
    out_ += '\n';
    for (const std::string_view line :
         split(value.substr(0, value.size() - value.ends_with('\n')), '\n')) {
      if (!line.empty()) pad(indent);
      out_ += line;
      out_ += '\n';
    }
  }

  std::string& out_;
};

}  // namespace

std::string to_yaml(const Json& value) {
  std::string out;
  Writer(out).document(value);
  return out;
}

std::string to_yaml_stream(const std::vector<Json>& values) {
  std::string out;
  Writer writer(out);
  for (const Json& value : values) {
    out += "---\n";
    writer.document(value);
  }
  return out;
}

}  // namespace kfctl
