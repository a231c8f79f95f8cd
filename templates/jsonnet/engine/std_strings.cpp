// std: strings.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/text.h"
#include "templates/jsonnet/engine/library.h"
#include "templates/jsonnet/engine/manifest.h"

namespace kfctl::jsonnet {
namespace {

const Str* text(Vm& vm, Value v, const char* function, const Exec* at) {
  return want_string(vm, v, function, "the string", at);
}

// The code point at byte `at`, which moves behind it.
uint32_t next_code_point(std::string_view s, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(s[i])); };
  const uint32_t first = byte(at);
  const auto more = [&](size_t i) { return byte(at + i) & 0x3F; };
  uint32_t code = first;
  size_t length = 1;
  if (first >= 0xF0) {
    code = (first & 7) << 18 | more(1) << 12 | more(2) << 6 | more(3);
    length = 4;
  } else if (first >= 0xE0) {
    code = (first & 15) << 12 | more(1) << 6 | more(2);
    length = 3;
  } else if (first >= 0xC0) {
    code = (first & 31) << 6 | more(1);
    length = 2;
  }
  at += length;
  return code;
}

Value substr(Vm& vm, Value* a, const Exec* at) {
  const Str* str = text(vm, a[0], "substr", at);
  const double from = std::trunc(want_number(vm, a[1], "substr", "from", at));
  const double count = std::trunc(want_number(vm, a[2], "substr", "len", at));
  if (from < 0) vm.fail(at, "std.substr: from cannot be negative");
  if (count < 0) vm.fail(at, "std.substr: len cannot be negative");
  if (from >= str->chars) return Value::of(vm.empty_string());
  return Value::of(
      vm.substring(str, static_cast<size_t>(from),
                   static_cast<size_t>(std::min(count, static_cast<double>(str->chars)))));
}

Value starts_with(Vm& vm, Value* a, const Exec* at) {
  return Value::boolean(text(vm, a[0], "startsWith", at)
                            ->view()
                            .starts_with(text(vm, a[1], "startsWith", at)->view()));
}
Value ends_with(Vm& vm, Value* a, const Exec* at) {
  return Value::boolean(
      text(vm, a[0], "endsWith", at)->view().ends_with(text(vm, a[1], "endsWith", at)->view()));
}

// Whether the characters to strip, an array or a string, hold this one.
class StripSet {
 public:
  StripSet(Vm& vm, Value chars, const char* function, const Exec* at) : chars_(nullptr) {
    if (chars.is_string()) {
      chars_ = chars.str();
      return;
    }
    Arr* array = want_array(vm, chars, function, "the characters", at);
    for (uint32_t i = 0; i < array->count; ++i) {
      const Value item = vm.item(array, i);
      if (item.is_string()) items_.push_back(item.str()->view());
    }
  }
  bool has(std::string_view one) const {
    if (chars_ != nullptr) return chars_->view().find(one) != std::string_view::npos;
    return std::find(items_.begin(), items_.end(), one) != items_.end();
  }

 private:
  const Str* chars_;
  std::vector<std::string_view> items_;
};

size_t char_size(std::string_view s, size_t at) {
  size_t end = at + 1;
  while (end < s.size() && (static_cast<uint8_t>(s[end]) & 0xC0) == 0x80) ++end;
  return end - at;
}

Value strip(Vm& vm, Value* a, bool left, bool right, const char* name, const Exec* at) {
  const Str* str = text(vm, a[0], name, at);
  const StripSet set(vm, a[1], name, at);
  const std::string_view s = str->view();
  size_t from = 0, chars_from = 0, end = s.size(), chars_end = str->chars;
  while (left && from < end) {
    const size_t size = char_size(s, from);
    if (!set.has(s.substr(from, size))) break;
    from += size;
    ++chars_from;
  }
  while (right && end > from) {
    size_t last = end - 1;
    while (last > from && (static_cast<uint8_t>(s[last]) & 0xC0) == 0x80) --last;
    if (!set.has(s.substr(last, end - last))) break;
    end = last;
    --chars_end;
  }
  return Value::of(vm.substring(str, chars_from, chars_end - chars_from));
}

Value lstrip(Vm& vm, Value* a, const Exec* at) {
  return strip(vm, a, true, false, "lstripChars", at);
}
Value rstrip(Vm& vm, Value* a, const Exec* at) {
  return strip(vm, a, false, true, "rstripChars", at);
}
Value strip_both(Vm& vm, Value* a, const Exec* at) {
  return strip(vm, a, true, true, "stripChars", at);
}
Value trim_value(Vm& vm, Value* a, const Exec* at) {
  Value arguments[] = {a[0], Value::of(vm.string(" \t\n\f\r\xC2\x85\xC2\xA0"))};
  return strip(vm, arguments, true, true, "trim", at);
}

Value string_chars(Vm& vm, Value* a, const Exec* at) {
  return Value::of(vm.chars_of(text(vm, a[0], "stringChars", at)));
}

// Digits as std.parseInt and its kin read them: any letter counts as a digit of its value.
Value parse_digits(Vm& vm, std::string_view digits, int base, const char* name, const Exec* at) {
  double number = 0;
  for (size_t i = 0; i < digits.size();) {
    const double code = next_code_point(digits, i);
    const double digit = code >= 'a' ? code - 'a' + 10 : code >= 'A' ? code - 'A' + 10 : code - '0';
    if (digit < 0 || digit >= base)
      vm.fail(at, "std." + std::string(name) + ": '" + std::string(digits) +
                      "' is not a whole number of base " + std::to_string(base));
    number = base * number + digit;
  }
  return checked(vm, number, at);
}

Value parse_int(Vm& vm, Value* a, const Exec* at) {
  const std::string_view s = text(vm, a[0], "parseInt", at)->view();
  if (s.empty() || s == "-")
    vm.fail(at, "std.parseInt: '" + std::string(s) + "' is not a whole number");
  if (s[0] != '-') return parse_digits(vm, s, 10, "parseInt", at);
  return Value::number(-parse_digits(vm, s.substr(1), 10, "parseInt", at).num());
}
template <int kBase>
Value parse_base(Vm& vm, Value* a, const Exec* at) {
  const char* name = kBase == 8 ? "parseOctal" : "parseHex";
  const std::string_view s = text(vm, a[0], name, at)->view();
  if (s.empty()) vm.fail(at, "std." + std::string(name) + ": '' is not a number");
  return parse_digits(vm, s, kBase, name, at);
}

Value pieces(Vm& vm, const Str* str, std::string_view separator, size_t limit) {
  const std::string_view s = str->view();
  std::vector<Value> parts;
  size_t from = 0;
  while (parts.size() < limit) {
    const size_t at = s.find(separator, from);
    if (at == std::string_view::npos) break;
    parts.push_back(Value::of(vm.string_view_of(s.substr(from, at - from))));
    from = at + separator.size();
  }
  parts.push_back(Value::of(vm.string_view_of(s.substr(from))));
  return Value::of(vm.array(parts));
}

const Str* separator(Vm& vm, Value v, const char* name, const Exec* at) {
  const Str* result = want_string(vm, v, name, "the separator", at);
  if (result->bytes == 0)
    vm.fail(at, "std." + std::string(name) + ": the separator must have at least one character");
  return result;
}

size_t split_limit_of(Vm& vm, Value v, const char* name, const Exec* at) {
  const double limit = std::trunc(want_number(vm, v, name, "maxsplits", at));
  return limit < 0 || limit > 4e9 ? SIZE_MAX : static_cast<size_t>(limit);
}

Value split_value(Vm& vm, Value* a, const Exec* at) {
  const Str* str = text(vm, a[0], "split", at);
  return pieces(vm, str, separator(vm, a[1], "split", at)->view(), SIZE_MAX);
}
Value split_limit(Vm& vm, Value* a, const Exec* at) {
  const Str* str = text(vm, a[0], "splitLimit", at);
  const Str* between = separator(vm, a[1], "splitLimit", at);
  return pieces(vm, str, between->view(), split_limit_of(vm, a[2], "splitLimit", at));
}
Value split_limit_right(Vm& vm, Value* a, const Exec* at) {
  const Str* str = text(vm, a[0], "splitLimitR", at);
  const std::string_view between = separator(vm, a[1], "splitLimitR", at)->view();
  const size_t limit = split_limit_of(vm, a[2], "splitLimitR", at);
  if (limit == SIZE_MAX) return pieces(vm, str, between, limit);
  std::string_view s = str->view();
  std::vector<Value> parts;
  while (parts.size() < limit) {
    const size_t found = s.rfind(between);
    if (found == std::string_view::npos) break;
    parts.push_back(Value::of(vm.string_view_of(s.substr(found + between.size()))));
    s = s.substr(0, found);
  }
  parts.push_back(Value::of(vm.string_view_of(s)));
  std::reverse(parts.begin(), parts.end());
  return Value::of(vm.array(parts));
}

const Str* replaced(Vm& vm, const Str* str, std::string_view from, std::string_view to) {
  const std::string_view s = str->view();
  size_t at = s.find(from);
  if (at == std::string_view::npos) return str;
  Scratch scratch(vm);
  std::string& out = scratch.text;
  size_t done = 0;
  for (; at != std::string_view::npos; at = s.find(from, done)) {
    out.append(s.substr(done, at - done)).append(to);
    vm.check_text(out);
    done = at + from.size();
  }
  out.append(s.substr(done));
  return vm.string(out);
}

Value str_replace(Vm& vm, Value* a, const Exec* at) {
  const Str* str = text(vm, a[0], "strReplace", at);
  const Str* from = want_string(vm, a[1], "strReplace", "from", at);
  const Str* to = want_string(vm, a[2], "strReplace", "to", at);
  if (from->bytes == 0) vm.fail(at, "std.strReplace: from must have at least one character");
  return Value::of(replaced(vm, str, from->view(), to->view()));
}

template <char kFirst>
const Str* shift_case(Vm& vm, const Str* str) {
  std::string out(str->view());
  for (char& c : out)
    if (c >= kFirst && c < kFirst + 26) c = static_cast<char>(c ^ 0x20);
  return vm.string(out);
}
Value ascii_upper(Vm& vm, Value* a, const Exec* at) {
  return Value::of(shift_case<'a'>(vm, text(vm, a[0], "asciiUpper", at)));
}
Value ascii_lower(Vm& vm, Value* a, const Exec* at) {
  return Value::of(shift_case<'A'>(vm, text(vm, a[0], "asciiLower", at)));
}
Value equals_ignore_case(Vm& vm, Value* a, const Exec* at) {
  const Str* left = shift_case<'A'>(vm, text(vm, a[0], "equalsIgnoreCase", at));
  const Str* right = shift_case<'A'>(vm, text(vm, a[1], "equalsIgnoreCase", at));
  return Value::boolean(left->view() == right->view());
}

Value find_substr(Vm& vm, Value* a, const Exec* at) {
  const Str* pattern = want_string(vm, a[0], "findSubstr", "the pattern", at);
  const Str* str = text(vm, a[1], "findSubstr", at);
  std::vector<Value> places;
  const std::string_view s = str->view();
  size_t counted = 0, chars = 0;  // `chars` code points are in front of byte `counted`
  for (size_t found = pattern->bytes == 0 ? std::string_view::npos : s.find(pattern->view());
       found != std::string_view::npos; found = s.find(pattern->view(), found + 1)) {
    for (; counted < found; ++counted)
      chars += counted + 1 >= s.size() || (static_cast<uint8_t>(s[counted + 1]) & 0xC0) != 0x80;
    places.push_back(Value::number(static_cast<double>(chars)));
  }
  return Value::of(vm.array(places));
}

Value codepoint(Vm& vm, Value* a, const Exec* at) {
  const Str* str = text(vm, a[0], "codepoint", at);
  if (str->chars != 1)
    vm.fail(at,
            "std.codepoint: the string must have one character, not " + std::to_string(str->chars));
  size_t place = 0;
  return Value::number(next_code_point(str->view(), place));
}

const Str* char_of(Vm& vm, double number, const Exec* at) {
  if (number < 0 || number >= 0x110000)
    vm.fail(at, "std.char: a code point is between 0 and 1114111");
  uint32_t code = static_cast<uint32_t>(number);
  if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;
  std::string out;
  append_utf8(out, code);
  return vm.string(out);
}
Value char_value(Vm& vm, Value* a, const Exec* at) {
  return Value::of(char_of(vm, want_number(vm, a[0], "char", "the code point", at), at));
}

Value lines(Vm& vm, Value* a, const Exec* at) {
  return Value::of(join_text(vm, "\n", "\n", want_array(vm, a[0], "lines", "the array", at), at));
}

void deep_join(Vm& vm, Value value, std::string& out, const Exec* at) {
  if (stack_is_low()) vm.fail(at, "std.deepJoin: this array is nested too deeply");
  if (value.is_string()) {
    out += value.str()->view();
    return vm.check_text(out);
  }
  Arr* array = want_array(vm, value, "deepJoin", "every item", at);
  for (uint32_t i = 0; i < array->count; ++i) deep_join(vm, vm.item(array, i), out, at);
}
Value deep_join_value(Vm& vm, Value* a, const Exec* at) {
  std::string out;
  deep_join(vm, a[0], out, at);
  return Value::of(vm.string(out));
}

Value resolve_path(Vm& vm, Value* a, const Exec* at) {
  const std::string_view file = text(vm, a[0], "resolvePath", at)->view();
  const std::string_view relative = text(vm, a[1], "resolvePath", at)->view();
  const size_t slash = file.rfind('/');
  std::string out(slash == std::string_view::npos ? "" : file.substr(0, slash + 1));
  return Value::of(vm.string(out.append(relative)));
}

Value escape_json(Vm& vm, Value* a, const Exec* at) {
  const Str* text = to_string(vm, a[0], at);
  if (text->ascii()) {
    const size_t size = quoted_size(text->view());
    char* const memory = vm.region.array<char>(size);
    write_quoted(text->view(), memory);
    return Value::of(vm.ascii_in_region(memory, size));
  }
  Scratch out(vm);
  reserve_quoted(vm, text);
  append_quoted(out.text, text->view());
  return Value::of(vm.string(out.text));
}
Value escape_bash(Vm& vm, Value* a, const Exec* at) {
  const Str* quoted = replaced(vm, to_string(vm, a[0], at), "'", "'\"'\"'");
  return Value::of(vm.string("'" + std::string(quoted->view()) + "'"));
}
Value escape_dollars(Vm& vm, Value* a, const Exec* at) {
  return Value::of(replaced(vm, to_string(vm, a[0], at), "$", "$$"));
}
Value escape_xml(Vm& vm, Value* a, const Exec* at) {
  std::string out;
  const Str* text = to_string(vm, a[0], at);
  vm.region.reserve(size_t{6} * text->bytes);  // &quot; for every character
  for (const char c : text->view()) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return Value::of(vm.string(out));
}

Value format_value(Vm& vm, Value* a, const Exec* at) {
  return format(vm, want_string(vm, a[0], "format", "the format", at), a[1], at);
}

constexpr Builtin kTable[] = {
    {"substr", substr, "str from len", 0},
    {"startsWith", starts_with, "a b", 0},
    {"endsWith", ends_with, "a b", 0},
    {"lstripChars", lstrip, "str chars", 0},
    {"rstripChars", rstrip, "str chars", 0},
    {"stripChars", strip_both, "str chars", 0},
    {"trim", trim_value, "str", 0},
    {"stringChars", string_chars, "str", 0},
    {"parseInt", parse_int, "str", 0},
    {"parseOctal", parse_base<8>, "str", 0},
    {"parseHex", parse_base<16>, "str", 0},
    {"split", split_value, "str c", 0},
    {"splitLimit", split_limit, "str c maxsplits", 0},
    {"splitLimitR", split_limit_right, "str c maxsplits", 0},
    {"strReplace", str_replace, "str from to", 0},
    {"asciiUpper", ascii_upper, "str", 0},
    {"asciiLower", ascii_lower, "str", 0},
    {"equalsIgnoreCase", equals_ignore_case, "str1 str2", 0},
    {"findSubstr", find_substr, "pat str", 0},
    {"codepoint", codepoint, "str", 0},
    {"char", char_value, "n", 0},
    {"lines", lines, "arr", 0},
    {"deepJoin", deep_join_value, "arr", 0},
    {"resolvePath", resolve_path, "f r", 0},
    {"escapeStringJson", escape_json, "str_", 0},
    {"escapeStringPython", escape_json, "str", 0},
    {"escapeStringBash", escape_bash, "str_", 0},
    {"escapeStringDollars", escape_dollars, "str_", 0},
    {"escapeStringXML", escape_xml, "str_", 0},
    {"format", format_value, "str vals", 0},
};

}  // namespace

std::span<const Builtin> std_strings() { return kTable; }

}  // namespace kfctl::jsonnet
