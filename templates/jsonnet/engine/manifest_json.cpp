// JSON out, and Json in and out.
#include <bit>
#include <cmath>
#include <cstring>

#include "templates/jsonnet/engine/manifest.h"

namespace kfctl::jsonnet {
namespace {

// What stands for a byte in a JSON string: 0 itself, 1 a \u escape, 2 maybe (the first byte of
// U+0080..U+009F), else the letter after the backslash.
struct EscapeTable {
  char of[256] = {};
  constexpr EscapeTable() {
    for (int c = 0; c < 32; ++c) of[c] = 1;
    of[0x7f] = 1;
    of[0xc2] = 2;
    of[static_cast<int>('"')] = '"';
    of[static_cast<int>('\\')] = '\\';
    of[static_cast<int>('\b')] = 'b';
    of[static_cast<int>('\f')] = 'f';
    of[static_cast<int>('\n')] = 'n';
    of[static_cast<int>('\r')] = 'r';
    of[static_cast<int>('\t')] = 't';
  }
};
constexpr EscapeTable kEscapes;

class JsonWriter {
 public:
  JsonWriter(Vm& vm, const JsonStyle& style, std::string& out, const Exec* at)
      : vm_(vm), style_(style), out_(out), at_(at) {}

  void write(Value value) {
    switch (value.type()) {
      case Type::kNull:
        out_ += "null";
        return;
      case Type::kBoolean:
        out_ += value.is_true() ? "true" : "false";
        return;
      case Type::kNumber:
        append_number(out_, value.num());
        return;
      case Type::kString:
        append_quoted(out_, value.str()->view());
        return;
      case Type::kArray:
        return array(value.arr());
      case Type::kObject:
        return object(value.obj());
      case Type::kFunction:
        vm_.fail(at_, "a function cannot be written as JSON");
    }
  }

 private:
  void begin(char bracket) {
    out_ += bracket;
    if (style_.one_line) return;
    out_ += style_.newline;
    indent_ += style_.indent;
  }
  void separate() {
    out_ += ',';
    if (style_.one_line) {
      out_ += ' ';
    } else {
      out_ += style_.newline;
    }
  }
  void end(char bracket) {
    if (!style_.one_line) {
      indent_.resize(indent_.size() - style_.indent.size());
      out_ += style_.newline;
      out_ += indent_;
    }
    out_ += bracket;
  }
  // True if it wrote all there is to write of an empty array or object.
  bool empty(bool is_empty, char open, char close) {
    if (!is_empty) return false;
    out_ += open;
    if (style_.library) {
      out_ += style_.newline;
      out_ += style_.newline;
      out_ += indent_;
    } else {
      out_ += ' ';
    }
    out_ += close;
    return true;
  }

  void array(Arr* array) {
    if (empty(array->count == 0, '[', ']')) return;
    begin('[');
    for (uint32_t i = 0; i < array->count; ++i) {
      const PathScope path(vm_, TraceKind::kElement, nullptr, i);
      if (i > 0) separate();
      out_ += indent_;
      write(vm_.item(array, i));
    }
    end(']');
  }

  void object(Object* object) {
    vm_.check_asserts(object, at_);
    const std::span<const uint32_t> fields = vm_.fields(object, false);
    if (empty(fields.empty(), '{', '}')) return;
    begin('{');
    bool first = true;
    for (const uint32_t position : fields) {
      const Str* key = object->shape->table.keys[position];
      const PathScope path(vm_, TraceKind::kMember, key, 0);
      if (!first) separate();
      first = false;
      out_ += indent_;
      append_quoted(out_, key->view());
      out_ += style_.one_line ? std::string_view(": ") : style_.key_separator;
      write(vm_.field(object, position, at_));
    }
    end('}');
  }

  Vm& vm_;
  const JsonStyle& style_;
  std::string& out_;
  const Exec* at_;
  std::string indent_;
};

}  // namespace

namespace {

// 0x80 in each of these eight bytes that needs a closer look: below 0x20, above 0x7e, a quote or a
// backslash.
uint64_t special_bytes(const char* text) {
  constexpr uint64_t kOnes = 0x0101010101010101ull, kLow = kOnes * 0x7f;
  uint64_t word;
  std::memcpy(&word, text, 8);
  const auto zero = [](uint64_t w) { return ~(((w & kLow) + kLow) | w | kLow); };
  return zero(word & kOnes * 0xe0) | zero(word ^ kOnes * '"') | zero(word ^ kOnes * '\\') |
         zero(word ^ kOnes * 0x7f) | (word & kOnes * 0x80);
}

size_t first_byte(uint64_t marks) { return static_cast<size_t>(std::countr_zero(marks)) / 8; }

// Writes the escape of the character at `text` if it needs one; returns how many bytes it is, and
// 0 if it needs none.
size_t write_escape(const char* text, char*& to) {
  constexpr char kHex[] = "0123456789abcdef";
  unsigned code = static_cast<uint8_t>(*text);
  const char escape = kEscapes.of[code];
  if (escape == 0) return 0;
  if (escape == 2) {
    code = static_cast<uint8_t>(text[1]);
    if (code >= 0xa0) return 0;
  }
  *to++ = '\\';
  if (escape > 2) {
    *to++ = escape;
    return 1;
  }
  std::memcpy(to, "u00", 3);
  to[3] = kHex[code >> 4];
  to[4] = kHex[code & 15];
  to += 5;
  return escape == 2 ? 2 : 1;
}

// How many bytes from `at` on need no escape for sure.
size_t plain_bytes(std::string_view text, size_t at) {
  const size_t begin = at;
  for (; at + 8 <= text.size(); at += 8) {
    const uint64_t special = special_bytes(text.data() + at);
    if (special != 0) return at - begin + first_byte(special);
  }
  return at - begin;
}

}  // namespace

// Goes through a small buffer where there are escapes: each costs a few stores instead of calls.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  size_t at = plain_bytes(text, 0);
  out.append(text.substr(0, at));
  char buffer[512];
  while (at < text.size()) {
    char* to = buffer;
    while (at < text.size() && to < buffer + sizeof buffer - 64) {
      const bool whole = at + 8 <= text.size();
      uint64_t special = whole ? special_bytes(text.data() + at) : 1;
      if (whole) std::memcpy(to, text.data() + at, 8);
      if (special == 0) {
        to += 8;
        at += 8;
        continue;
      }
      const size_t plain = whole ? first_byte(special) : 0;
      to += plain;
      at += plain;
      const size_t escaped = write_escape(text.data() + at, to);
      if (escaped == 0) *to++ = text[at];
      at += escaped == 0 ? 1 : escaped;
    }
    out.append(buffer, to);
  }
  out += '"';
}

void manifest_json(Vm& vm, Value value, const JsonStyle& style, std::string& out, const Exec* at) {
  JsonWriter(vm, style, out, at).write(value);
}

Json to_json(Vm& vm, Value value, const Exec* at) {
  switch (value.type()) {
    case Type::kNull:
      return Json();
    case Type::kBoolean:
      return Json(value.is_true());
    case Type::kNumber: {
      const double number = value.num();
      // Every whole number that int64 holds is one in Json; beyond 2^53 as the double says.
      if (number == std::floor(number) && std::fabs(number) < 9.2e18)
        return Json(static_cast<int64_t>(number));
      return Json(number);
    }
    case Type::kString:
      return Json(value.str()->view());
    case Type::kArray: {
      Arr* array = value.arr();
      Json::Array items;
      items.reserve(array->count);
      for (uint32_t i = 0; i < array->count; ++i) {
        const PathScope path(vm, TraceKind::kElement, nullptr, i);
        items.push_back(to_json(vm, vm.item(array, i), at));
      }
      return Json(std::move(items));
    }
    case Type::kObject: {
      Object* object = value.obj();
      vm.check_asserts(object, at);
      Json result = Json::object();
      for (const uint32_t position : vm.fields(object, false)) {
        const Str* key = object->shape->table.keys[position];
        const PathScope path(vm, TraceKind::kMember, key, 0);
        result.members().emplace_back(std::string(key->view()),
                                      to_json(vm, vm.field(object, position, at), at));
      }
      return result;
    }
    case Type::kFunction:
      break;
  }
  vm.fail(at, "a function cannot be written as JSON");
}

Value from_json(Vm& vm, const Json& json) {
  if (json.is_null()) return Value::null();
  if (json.is_bool()) return Value::boolean(json.as_bool());
  if (json.is_number()) return Value::number(json.as_double());
  if (json.is_string()) return Value::of(vm.string(json.as_string()));
  if (json.is_array()) {
    Value* items = vm.region.array<Value>(json.items().size());
    size_t count = 0;
    for (const Json& item : json.items()) items[count++] = from_json(vm, item);
    return Value::of(vm.array(items, count));
  }
  std::vector<const Str*> keys;
  std::vector<Value> values;
  for (const Json::Member& member : json.members()) {
    keys.push_back(vm.intern(member.first));
    values.push_back(from_json(vm, member.second));
  }
  return Value::of(vm.make_object(keys, values.data()));
}

}  // namespace kfctl::jsonnet
