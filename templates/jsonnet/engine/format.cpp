// std.format and the % operator: printf as Python has it, with jsonnet's own arithmetic.
//
//   %[(key)][flags][width][.precision][length modifier]type      types: d i u o x X e E f F g G c s
//   %
//
// Numbers are rendered by the same double arithmetic that the reference library does digit by
// digit, so that the last digits come out the same. Below 2^53 that is what integers give.
//
// A pattern is read once: the machine remembers the pieces of those it met lately by where their
// text lies, which is good for as long as it runs, because text in a region never changes.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>

#include "templates/jsonnet/engine/library.h"

namespace kfctl::jsonnet {
namespace {

// Text to be copied, and the format behind it. A long template has thousands: they are kept small.
struct Piece {
  const char* text = nullptr;
  uint32_t text_size = 0;
  char type = '\0';  // of the format; '\0': there is none, this is the end
  bool alternate : 1 = false, zero : 1 = false, left : 1 = false, blank : 1 = false,
                   plus : 1 = false, capitals : 1 = false;
  bool width_argument : 1 = false, precision_argument : 1 = false;
  const Str* key = nullptr;  // interned; nullptr: there is none
  double width = 0;
  double precision = -1;  // -1: none
};

}  // namespace

struct FormatPattern {
  std::string_view text;
  std::span<const Piece> pieces;
};

namespace {

class PatternReader {
 public:
  PatternReader(Vm& vm, std::string_view pattern, const Exec* at)
      : vm_(vm), pattern_(pattern), at_(at) {}

  std::span<const Piece> read() {
    const auto most = static_cast<size_t>(std::count(pattern_.begin(), pattern_.end(), '%')) + 1;
    Piece* const pieces = vm_.region.array<Piece>(most);
    size_t count = 0;
    for (size_t at = 0;;) {
      Piece& piece = *new (pieces + count++) Piece;
      const size_t percent = pattern_.find('%', at);
      const std::string_view text = pattern_.substr(at, percent - at);
      piece.text = text.data();
      piece.text_size = static_cast<uint32_t>(text.size());
      if (percent == std::string_view::npos) return {pieces, count};
      at = percent + 1;
      parse(at, piece);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) { vm_.fail(at_, "std.format: " + what); }

  char peek(size_t at) {
    if (at >= pattern_.size()) fail("the last format is cut short");
    return pattern_[at];
  }

  void parse(size_t& at, Piece& spec) {
    if (peek(at) == '(') {
      const size_t end = pattern_.find(')', at);
      if (end == std::string_view::npos) fail("a format's key has no closing ')'");
      spec.key = vm_.intern(pattern_.substr(at + 1, end - at - 1));
      at = end + 1;
    }
    for (;; ++at) {
      const char c = peek(at);
      if (c == '#') {
        spec.alternate = true;
      } else if (c == '0') {
        spec.zero = true;
      } else if (c == '-') {
        spec.left = true;
      } else if (c == ' ') {
        spec.blank = true;
      } else if (c == '+') {
        spec.plus = true;
      } else {
        break;
      }
    }
    spec.width_argument = width(at, spec.width);
    if (peek(at) == '.') {
      ++at;
      spec.precision = 0;
      spec.precision_argument = width(at, spec.precision);
    }
    if (peek(at) == 'h' || peek(at) == 'l' || peek(at) == 'L') ++at;
    type(peek(at), spec);
    ++at;
  }

  // True if it is '*'.
  bool width(size_t& at, double& width) {
    if (at < pattern_.size() && pattern_[at] == '*') {
      ++at;
      return true;
    }
    while (peek(at) >= '0' && peek(at) <= '9') width = width * 10 + (pattern_[at++] - '0');
    return false;
  }

  void type(char c, Piece& spec) {
    switch (c) {
      case 'd':
      case 'i':
      case 'u':
        spec.type = 'd';
        return;
      case 'X':
      case 'E':
      case 'F':
      case 'G':
        spec.type = static_cast<char>(c | 0x20);
        spec.capitals = true;
        return;
      case 'o':
      case 'x':
      case 'e':
      case 'f':
      case 'g':
      case 'c':
      case 's':
      case '%':
        spec.type = c;
        return;
      default:
        fail(std::string("'") + c + "' is not a type of format");
    }
  }

  Vm& vm_;
  std::string_view pattern_;
  const Exec* at_;
};

class Formatter {
 public:
  Formatter(Vm& vm, const FormatPattern& pattern, const Exec* at)
      : vm_(vm), pattern_(pattern), at_(at), scratch_(vm), out(scratch_.text) {}

  void array(Arr* values) {
    size_t used = 0;
    const auto next = [&] {
      if (used >= values->count)
        fail("there are more formats than values: " + std::to_string(values->count) +
             " were given");
      return vm_.item(values, used++);
    };
    each_piece([&](const Piece& given) {
      Piece spec = given;
      if (spec.width_argument) spec.width = number(next(), "a width");
      if (spec.precision_argument) spec.precision = number(next(), "a precision");
      if (spec.type == '%') return pad(spec, "%");
      write(spec, next(), [&] { return std::to_string(used - 1); });
    });
    if (used < values->count)
      fail("there are " + std::to_string(values->count) + " values for " + std::to_string(used) +
           " formats");
  }

  void object(Object* values) {
    each_piece([&](const Piece& spec) {
      if (spec.type == '%') return pad(spec, "%");
      if (spec.key == nullptr) fail("a format for an object needs a key: %(name)s");
      if (spec.width_argument || spec.precision_argument)
        fail("a format for an object cannot take its width or precision by *");
      Value value;
      if (!vm_.get(values, spec.key, value, at_)) vm_.index(values, spec.key, at_);
      write(spec, value, [&] { return std::string(spec.key->view()); });
    });
  }

  const Str* result() { return vm_.string(out); }

 private:
  [[noreturn]] void fail(const std::string& what) { vm_.fail(at_, "std.format: " + what); }

  template <typename Each>
  void each_piece(const Each& each) {
    for (const Piece& piece : pattern_.pieces) {
      out.append(piece.text, piece.text_size);
      if (piece.type != '\0') each(piece);
      vm_.check_text(out);
    }
  }

  double number(Value value, const std::string& what) {
    if (!value.is_number())
      fail(what + " must be a number, not a " + std::string(type_name(value.type())));
    return value.num();
  }

  template <typename Where>
  void write(const Piece& spec, Value value, const Where& where) {
    if (spec.type == 's') return pad(spec, to_string(vm_, value, at_)->view());
    char text[64];
    const char* const end = value.is_number() ? write_plain(spec, value.num(), text) : nullptr;
    if (end != nullptr) return pad(spec, {text, static_cast<size_t>(end - text)});
    pad(spec, render(spec, value, where()));
  }

  // Whole numbers, and decimals of a few places, which nearly all are, without strings on the way.
  // What render() gives, or nullptr. Returns the end of what is at `to`.
  static char* write_plain(const Piece& spec, double n, char* to) {
    if (spec.zero || spec.blank || spec.plus || std::fabs(n) >= kExact) return nullptr;
    if (spec.type == 'd' && spec.precision < 0)
      return std::to_chars(to, to + 24, static_cast<int64_t>(n)).ptr;
    return spec.type == 'f' ? write_decimal(spec, n, to) : nullptr;
  }

  // decimal() in whole numbers: all of these are below 2^53.
  static char* write_decimal(const Piece& spec, double n, char* to) {
    constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    const double digits = spec.precision < 0 ? 6 : spec.precision;
    const size_t places = digits >= 1 && digits < 10 ? static_cast<size_t>(digits) : 0;
    const double denominator = kPowers[places];
    const double numerator = std::fabs(n) * denominator + 0.5;
    if (places == 0 || static_cast<double>(places) != digits || numerator >= kExact) return nullptr;
    if (n < 0) *to++ = '-';
    to = std::to_chars(to, to + 24, static_cast<uint64_t>(numerator / denominator)).ptr;
    *to++ = '.';
    auto fraction = static_cast<uint64_t>(numerator) % static_cast<uint64_t>(denominator);
    for (size_t i = places; i-- > 0; fraction /= 10) to[i] = static_cast<char>('0' + fraction % 10);
    return to + places;
  }

  void pad(const Piece& spec, std::string_view text) {
    if (spec.width == 0) {
      out.append(text);
      return;
    }
    size_t chars = 0;
    for (const char c : text) chars += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
    if (spec.width > 1e8) fail("a width of more than a hundred million");
    const size_t missing = spec.width > static_cast<double>(chars)
                               ? static_cast<size_t>(std::ceil(spec.width)) - chars
                               : 0;
    if (!spec.left) out.append(missing, ' ');
    out.append(text);
    if (spec.left) out.append(missing, ' ');
  }

  std::string render(const Piece& spec, Value value, std::string_view where) {
    const double zero_width = spec.zero && !spec.left ? spec.width : 0;
    if (spec.precision > 1e5 || zero_width > 1e8) fail("this width or precision is too large");
    if (spec.type == 'c') return character(value);
    const double n = number(value, "value " + std::string(where));
    const double digits = spec.precision < 0 ? 0 : spec.precision;
    const double places = spec.precision < 0 ? 6 : spec.precision;
    switch (spec.type) {
      case 'd':
        return integer(n <= -1, std::floor(std::fabs(n)), zero_width, digits, spec.blank, spec.plus,
                       10, "");
      case 'o':
        return integer(n <= -1, std::floor(std::fabs(n)), zero_width, digits, spec.blank, spec.plus,
                       8, spec.alternate ? "0" : "");
      case 'x':
        return hexadecimal(std::floor(n), zero_width, digits, spec);
      case 'f':
        return decimal(n, zero_width, spec, spec.alternate, true, places);
      case 'e':
        return scientific(n, zero_width, spec, spec.alternate, true, places);
      default:
        return general(n, zero_width, spec, places);
    }
  }

  std::string character(Value value) {
    if (value.is_string()) {
      if (value.str()->chars != 1) fail("%c takes a string of one character");
      return std::string(value.str()->view());
    }
    Value argument = value;
    return std::string(find_builtin("char")->call(vm_, &argument, at_).str()->view());
  }

  static std::string sign(bool negative, bool blank, bool plus) {
    return negative ? "-" : plus ? "+" : blank ? " " : "";
  }
  static std::string zeros(std::string text, double width) {
    const double missing = std::ceil(width) - static_cast<double>(text.size());
    return missing > 0 ? std::string(static_cast<size_t>(missing), '0') + text : text;
  }

  static std::string digits_of(double n, double radix, std::string_view prefix, bool capitals) {
    if (radix == 10 && n < kExact) {
      char text[24];
      const auto end = std::to_chars(text, text + sizeof text, static_cast<uint64_t>(n));
      return std::string(prefix).append(text, end.ptr);
    }
    std::string reversed;
    const char* letters = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
    for (; n != 0; n = std::floor(n / radix))
      reversed += letters[static_cast<size_t>(std::fmod(n, radix))];
    return std::string(prefix) + std::string(reversed.rbegin(), reversed.rend());
  }

  std::string integer(bool negative, double magnitude, double min_chars, double min_digits,
                      bool blank, bool plus, double radix, std::string_view prefix) {
    const std::string digits = magnitude == 0 ? "0" : digits_of(magnitude, radix, prefix, false);
    const double room = min_chars - (negative || blank || plus ? 1 : 0);
    return sign(negative, blank, plus) + zeros(digits, std::max(room, min_digits));
  }

  std::string hexadecimal(double n, double min_chars, double min_digits, const Piece& spec) {
    const double magnitude = std::floor(std::fabs(n));
    const std::string digits = magnitude == 0 ? "0" : digits_of(magnitude, 16, "", spec.capitals);
    const bool negative = n < 0;
    const double room =
        min_chars - (negative || spec.blank || spec.plus ? 1 : 0) - (spec.alternate ? 2 : 0);
    const std::string prefix = spec.alternate ? (spec.capitals ? "0X" : "0x") : "";
    return sign(negative, spec.blank, spec.plus) + prefix +
           zeros(digits, std::max(room, min_digits));
  }

  std::string decimal(double n, double zero_width, const Piece& spec, bool ensure_point,
                      bool trailing, double places) {
    const double magnitude = std::fabs(n);
    const double denominator = checked(vm_, std::pow(10, places), at_).num();
    const double numerator = checked(vm_, magnitude * denominator + 0.5, at_).num();
    const double whole = (magnitude > 0 ? 1 : 0) * std::floor(numerator / denominator);
    const double fraction = std::fmod(std::floor(numerator), denominator);
    const double point = places == 0 && !ensure_point ? 0 : 1;
    std::string text =
        integer(n < 0, whole, zero_width - places - point, 0, spec.blank, spec.plus, 10, "");
    if (places == 0) return text + (ensure_point ? "." : "");
    if (!trailing && !(fraction > 0)) return text;
    std::string digits = integer(false, fraction, places, 0, false, false, 10, "");
    if (!trailing) digits.erase(digits.find_last_not_of('0') + 1);
    return text + "." + digits;
  }

  static double exponent_of(double n) {
    return n == 0 ? 0 : std::floor(std::log(std::fabs(n)) / std::log(10.0));
  }

  std::string scientific(double n, double zero_width, const Piece& spec, bool ensure_point,
                         bool trailing, double places) {
    const double exponent = exponent_of(n);
    const std::string suffix =
        (spec.capitals ? "E" : "e") +
        integer(exponent < 0, std::fabs(exponent), 3, 0, false, true, 10, "");
    const double mantissa =
        exponent == -324 ? n * 10 / std::pow(10, exponent + 1) : n / std::pow(10, exponent);
    return decimal(mantissa, zero_width - static_cast<double>(suffix.size()), spec, ensure_point,
                   trailing, places) +
           suffix;
  }

  std::string general(double n, double zero_width, const Piece& spec, double places) {
    const double exponent = exponent_of(n);
    if (exponent < -4 || exponent >= places)
      return scientific(n, zero_width, spec, spec.alternate, spec.alternate, places - 1);
    return decimal(n, zero_width, spec, spec.alternate, spec.alternate,
                   places - std::max(1.0, exponent + 1));
  }

  static constexpr double kExact = 9007199254740992.0;  // 2^53: below it doubles are whole numbers

  Vm& vm_;
  const FormatPattern& pattern_;
  const Exec* at_;
  Scratch scratch_;
  std::string& out;
};

const FormatPattern& pattern_of(Vm& vm, std::string_view text, const Exec* at) {
  const uint64_t place = reinterpret_cast<uint64_t>(text.data()) * 0x9E3779B97F4A7C15ull;
  const FormatPattern*& known = vm.formats[place >> 58];
  if (known != nullptr && known->text.data() == text.data() && known->text.size() == text.size())
    return *known;
  const std::span<const Piece> pieces = PatternReader(vm, text, at).read();
  return *(known = vm.region.make<FormatPattern>(text, pieces));
}

}  // namespace

Value format(Vm& vm, const Str* pattern, Value values, const Exec* at) {
  Formatter formatter(vm, pattern_of(vm, pattern->view(), at), at);
  if (values.is_object()) {
    formatter.object(values.obj());
  } else if (values.is_array()) {
    formatter.array(values.arr());
  } else {
    formatter.array(vm.array(&values, 1));
  }
  return Value::of(vm.fresh = formatter.result());
}

}  // namespace kfctl::jsonnet
