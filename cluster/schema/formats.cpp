#include "cluster/schema/formats.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace kfctl {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z'); }
bool is_lower_alnum(char c) { return is_lower(c) || is_digit(c); }

std::string too_long(size_t limit) {
  return "must be at most " + std::to_string(limit) + " characters long";
}

bool is_label_shaped(std::string_view text) {
  return !text.empty() && is_lower_alnum(text.front()) && is_lower_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_lower_alnum(c) || c == '-'; });
}

// The part of a label's key behind the '/', and a label's value.
bool is_qualified_name(std::string_view text) {
  return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

// Digits from `begin` on; the index behind them.
size_t skip_digits(std::string_view text, size_t begin) {
  while (begin < text.size() && is_digit(text[begin])) ++begin;
  return begin;
}

// "dd:dd:dd" or "dddd-dd-dd": digits where the pattern has 'd'.
bool has_shape(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == 'd' ? !is_digit(text[i]) : text[i] != pattern[i]) return false;
  }
  return true;
}

struct Suffix {
  std::string_view text;
  double factor;
};
constexpr Suffix kSuffixes[] = {
    {"", 1},        {"n", 1e-9},    {"u", 1e-6},    {"m", 1e-3},
    {"k", 1e3},     {"M", 1e6},     {"G", 1e9},     {"T", 1e12},
    {"P", 1e15},    {"E", 1e18},    {"Ki", 1024.0}, {"Mi", 1048576.0},
    {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}, {"Ei", 0x1p60},
};

}  // namespace

std::string check_dns_label(std::string_view text) {
  if (text.size() > 63) return too_long(63);
  if (is_label_shaped(text)) return "";
  return "must be lower-case letters, digits and '-', and begin and end with a letter or digit";
}

std::string check_dns_1035_label(std::string_view text) {
  if (text.size() > 63) return too_long(63);
  if (is_label_shaped(text) && is_lower(text.front())) return "";
  return "must be lower-case letters, digits and '-', begin with a letter and end with a letter or "
         "digit";
}

std::string check_dns_subdomain(std::string_view text) {
  if (text.size() > 253) return too_long(253);
  for (const std::string_view part : split(text, '.')) {
    if (!is_label_shaped(part)) {
      return "must be lower-case letters, digits, '-' and '.', and each part between dots must "
             "begin and end with a letter or digit";
    }
  }
  return "";
}

std::string check_path_segment(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text == "." || text == "..") return "must not be '" + std::string(text) + "'";
  if (text.find_first_of("/%") != std::string_view::npos) return "must not contain '/' or '%'";
  return "";
}

std::string check_label_key(std::string_view text) {
  const size_t slash = text.find('/');
  std::string_view name = text;
  if (slash != std::string_view::npos) {
    if (const std::string bad = check_dns_subdomain(text.substr(0, slash)); !bad.empty()) {
      return "has a prefix that " + bad;
    }
    name = text.substr(slash + 1);
  }
  if (name.size() > 63) return "has a name that " + too_long(63);
  if (is_qualified_name(name)) return "";
  return "must be a name of letters, digits, '-', '_' and '.' that begins and ends with a letter "
         "or "
         "digit, with 'example.org/' before it or not";
}

std::string check_label_value(std::string_view text) {
  if (text.size() > 63) return too_long(63);
  if (text.empty() || is_qualified_name(text)) return "";
  return "must be letters, digits, '-', '_' and '.', and begin and end with a letter or digit";
}

std::string check_port_name(std::string_view text) {
  if (text.size() > 15) return too_long(15);
  const bool letter = std::any_of(text.begin(), text.end(), is_lower);
  if (is_label_shaped(text) && letter && text.find("--") == std::string_view::npos) return "";
  return "must be lower-case letters, digits and single '-', with at least one letter";
}

std::string check_data_key(std::string_view text) {
  if (text.size() > 253) return too_long(253);
  if (text == "." || text == ".." || text.starts_with("..")) return "must not begin with '..'";
  const bool good = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || c == '-' || c == '_' || c == '.';
  });
  return good ? "" : "must be letters, digits, '-', '_' and '.'";
}

std::string check_env_name(std::string_view text, bool relaxed) {
  if (text.empty()) return "must not be empty";
  if (relaxed) {
    const bool good = std::all_of(text.begin(), text.end(),
                                  [](char c) { return c >= ' ' && c <= '~' && c != '='; });
    return good ? "" : "must be printable ASCII characters without '='";
  }
  const bool good = !is_digit(text.front()) && text != "." && !text.starts_with("..") &&
                    std::all_of(text.begin(), text.end(), [](char c) {
                      return is_alnum(c) || c == '-' || c == '_' || c == '.';
                    });
  return good ? "" : "must be letters, digits, '-', '_' and '.', and not begin with a digit";
}

std::string check_time(std::string_view text) {
  const std::string bad = "must be a time such as 2026-01-31T08:00:00Z";
  if (!has_shape(text, "dddd-dd-ddTdd:dd:dd")) return bad;
  size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    const size_t end = skip_digits(text, at + 1);
    if (end == at + 1) return bad;
    at = end;
  }
  const std::string_view zone = text.substr(at);
  const bool good =
      zone == "Z" || (zone.size() == 6 && (has_shape(zone, "+dd:dd") || has_shape(zone, "-dd:dd")));
  return good ? "" : bad;
}

std::string check_base64(std::string_view text) {
  std::string bytes;
  return base64_decode(text, bytes) ? "" : "must be base64";
}

std::string check_cron(std::string_view text) {
  const std::string bad = "must have five fields (minute hour day month weekday), or be @daily";
  if (text.starts_with('@')) {
    for (const std::string_view word :
         {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}) {
      if (text == word) return "";
    }
    return text.starts_with("@every ") ? "" : bad;
  }
  size_t fields = 0;
  for (const std::string_view field : split(text, ' ')) {
    if (field.empty()) continue;
    ++fields;
    const bool good = std::all_of(field.begin(), field.end(), [](char c) {
      return is_alnum(c) || c == '*' || c == '/' || c == ',' || c == '-' || c == '?' || c == '#';
    });
    if (!good) return bad;
  }
  return fields == 5 ? "" : bad;
}

std::optional<double> read_quantity(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  size_t at = skip_digits(text, 0);
  size_t digits = at;
  if (at < text.size() && text[at] == '.') {
    const size_t end = skip_digits(text, at + 1);
    digits += end - at - 1;
    at = end;
  }
  if (digits == 0) return std::nullopt;
  double value = 0;
  double scale = 1;
  bool fraction = false;
  for (const char c : text.substr(0, at)) {
    if (c == '.') {
      fraction = true;
    } else {
      value = value * 10 + (c - '0');
      if (fraction) scale *= 10;
    }
  }
  value = (negative ? -value : value) / scale;
  const std::string_view suffix = text.substr(at);
  for (const Suffix& known : kSuffixes) {
    if (known.text == suffix) return value * known.factor;
  }
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return std::nullopt;
  const size_t sign = suffix[1] == '-' || suffix[1] == '+' ? 2 : 1;
  if (suffix.size() == sign || suffix.size() > sign + 3) return std::nullopt;
  if (skip_digits(suffix, sign) != suffix.size()) return std::nullopt;
  int exponent = 0;
  for (const char c : suffix.substr(sign)) exponent = exponent * 10 + (c - '0');
  return value * std::pow(10.0, suffix[1] == '-' ? -exponent : exponent);
}

}  // namespace kfctl
