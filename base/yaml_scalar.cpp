#include "base/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace kfctl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Word {
  std::string_view text;
  ScalarType type;
  bool truth;
};

constexpr Word kWords[] = {
    {"y", ScalarType::kBool, true},          {"Y", ScalarType::kBool, true},
    {"yes", ScalarType::kBool, true},        {"Yes", ScalarType::kBool, true},
    {"YES", ScalarType::kBool, true},        {"true", ScalarType::kBool, true},
    {"True", ScalarType::kBool, true},       {"TRUE", ScalarType::kBool, true},
    {"on", ScalarType::kBool, true},         {"On", ScalarType::kBool, true},
    {"ON", ScalarType::kBool, true},         {"n", ScalarType::kBool, false},
    {"N", ScalarType::kBool, false},         {"no", ScalarType::kBool, false},
    {"No", ScalarType::kBool, false},        {"NO", ScalarType::kBool, false},
    {"false", ScalarType::kBool, false},     {"False", ScalarType::kBool, false},
    {"FALSE", ScalarType::kBool, false},     {"off", ScalarType::kBool, false},
    {"Off", ScalarType::kBool, false},       {"OFF", ScalarType::kBool, false},
    {"", ScalarType::kNull, false},          {"~", ScalarType::kNull, false},
    {"null", ScalarType::kNull, false},      {"Null", ScalarType::kNull, false},
    {"NULL", ScalarType::kNull, false},      {".nan", ScalarType::kInfinite, false},
    {".NaN", ScalarType::kInfinite, false},  {".NAN", ScalarType::kInfinite, false},
    {".inf", ScalarType::kInfinite, false},  {".Inf", ScalarType::kInfinite, false},
    {".INF", ScalarType::kInfinite, false},  {"+.inf", ScalarType::kInfinite, false},
    {"+.Inf", ScalarType::kInfinite, false}, {"+.INF", ScalarType::kInfinite, false},
    {"-.inf", ScalarType::kInfinite, false}, {"-.Inf", ScalarType::kInfinite, false},
    {"-.INF", ScalarType::kInfinite, false}, {"<<", ScalarType::kMerge, false},
};

// Takes one or two digits (or exactly `exact`) from the front of `text`; -1 if they are not there.
int take_number(std::string_view& text, size_t exact = 0) {
  size_t count = 0;
  int value = 0;
  while (count < text.size() && count < (exact > 0 ? exact : 2) && is_digit(text[count])) {
    value = value * 10 + (text[count++] - '0');
  }
  if (count == 0 || (exact > 0 && count != exact)) return -1;
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int year = take_number(text, 4);
  if (year < 0 || !take(text, '-')) return false;
  const int month = take_number(text);
  if (month < 1 || month > 12 || !take(text, '-')) return false;
  const int day = take_number(text);
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day >= 1 && day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool take_time(std::string_view& text) {
  const int hour = take_number(text);
  if (hour < 0 || hour > 23 || !take(text, ':')) return false;
  const int minute = take_number(text);
  if (minute < 0 || minute > 59 || !take(text, ':')) return false;
  const int second = take_number(text);
  if (second < 0 || second > 59) return false;
  if (!take(text, '.')) return true;
  if (text.empty() || !is_digit(text.front())) return false;
  while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
  return true;
}

bool is_zone(std::string_view text) {
  if (text == "Z") return true;
  if (!take(text, '+') && !take(text, '-')) return false;
  return take_number(text, 2) >= 0 && take(text, ':') && take_number(text, 2) >= 0 && text.empty();
}

bool is_timestamp(std::string_view text) {
  if (text.size() < 5 || text[4] != '-' || !take_date(text)) return false;
  if (text.empty()) return true;
  if (take(text, 'T') || take(text, 't')) return take_time(text) && is_zone(text);
  return take(text, ' ') && take_time(text) && text.empty();
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_float(std::string_view text) {
  const auto digits = [&text] {
    const size_t before = text.size();
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    return before != text.size();
  };
  if (!take(text, '+')) take(text, '-');
  const bool whole = digits();
  if (take(text, '.')) {
    if (!digits() && !whole) return false;
  } else if (!whole) {
    return false;
  }
  if (!take(text, 'e') && !take(text, 'E')) return text.empty();
  if (!take(text, '+')) take(text, '-');
  return digits() && text.empty();
}

// An integer in any of the notations of Go (0x, 0o, 0b, a leading 0 for octal).
bool parse_integer(std::string_view text, Json& out) {
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = text[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
    text.remove_prefix(base == 8 && mark != 'o' && mark != 'O' ? 1 : 2);
  }
  uint64_t magnitude = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, magnitude, base);
  if (text.empty() || result.ptr != end || result.ec != std::errc()) return false;
  const uint64_t limit = uint64_t{INT64_MAX} + (negative ? 1 : 0);
  if (magnitude > limit) {
    const double real = static_cast<double>(magnitude);
    out = Json(negative ? -real : real);
  } else {
    out = Json(static_cast<int64_t>(negative ? ~magnitude + 1 : magnitude));
  }
  return true;
}

PlainScalar resolve_number(std::string_view text) {
  if (is_timestamp(text)) return {ScalarType::kTimestamp, Json(text)};
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  Json whole;
  if (parse_integer(plain, whole)) return {ScalarType::kInt, whole};
  if (!is_float(plain)) return {ScalarType::kString, Json(text)};
  const char* begin = plain.data() + (plain[0] == '+' ? 1 : 0);
  double real = 0;
  const std::from_chars_result result = std::from_chars(begin, plain.data() + plain.size(), real);
  if (result.ec != std::errc()) {
    // Too near to zero is zero; too large is no number at all and stays the string it was.
    if (plain.find("e-") == std::string::npos && plain.find("E-") == std::string::npos) {
      return {ScalarType::kString, Json(text)};
    }
    real = 0;
  }
  return {ScalarType::kFloat, Json(real)};
}

}  // namespace

PlainScalar resolve_plain_scalar(std::string_view text) {
  if (text.size() <= 5) {
    for (const Word& word : kWords) {
      if (word.text != text) continue;
      if (word.type == ScalarType::kBool) return {word.type, Json(word.truth)};
      return {word.type, word.type == ScalarType::kNull ? Json() : Json(text)};
    }
  }
  const char first = text.empty() ? 'a' : text[0];
  if (is_digit(first) || first == '+' || first == '-' || first == '.') return resolve_number(text);
  return {ScalarType::kString, Json(text)};
}

// Most texts are too long to be one of the words, and begin with a letter.
ScalarType plain_scalar_type(std::string_view text) {
  const bool may_be_number =
      !text.empty() && (is_digit(text[0]) || text[0] == '+' || text[0] == '-' || text[0] == '.');
  const bool may_be_word = text.size() <= 5;
  return may_be_number || may_be_word ? resolve_plain_scalar(text).type : ScalarType::kString;
}

bool is_base60_number(std::string_view text) {
  if (!take(text, '+')) take(text, '-');
  if (text.empty() || !is_digit(text.front())) return false;
  while (!text.empty() && (is_digit(text.front()) || text.front() == '_')) text.remove_prefix(1);
  int groups = 0;
  for (; take(text, ':'); ++groups) {
    const bool two = text.size() > 1 && is_digit(text[1]) && text[0] <= '5';
    if (text.empty() || !is_digit(text.front())) return false;
    text.remove_prefix(two ? 2 : 1);
  }
  if (take(text, '.')) {
    while (!text.empty() && (is_digit(text.front()) || text.front() == '_')) text.remove_prefix(1);
  }
  return groups > 0 && text.empty();
}

std::string yaml_number_text(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value > 0 ? ".inf" : "-.inf";
  char buffer[40];
  const auto print = [&](std::chars_format format) {
    return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr);
  };
  // Go's %g with the shortest precision: an exponent below -4 or from 21 on is written as one.
  const std::string scientific = print(std::chars_format::scientific);
  int exponent = 0;
  const size_t mark = scientific.find('e');
  const char* digits = scientific.data() + mark + (scientific[mark + 1] == '+' ? 2 : 1);
  std::from_chars(digits, scientific.data() + scientific.size(), exponent);
  return exponent < -4 || exponent >= 21 ? scientific : print(std::chars_format::fixed);
}

}  // namespace kfctl
