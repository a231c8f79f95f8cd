// YAML, TOML and Python out, as the reference library writes them.
#include <algorithm>

#include "base/text.h"
#include "templates/jsonnet/engine/manifest.h"

namespace kfctl::jsonnet {
namespace {

bool only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}
size_t occurrences(std::string_view text, char c) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), c));
}

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-/0123456789e.";
constexpr std::string_view kReserved[] = {"true", "false", "yes",  "no",    "on",    "off",
                                          "y",    "n",     ".nan", "-.inf", "+.inf", ".inf",
                                          "null", "-",     "---",  ""};

bool has_prefix(std::string_view key, std::string_view prefix) {
  return key.starts_with(prefix) || (key.starts_with('-') && key.substr(1).starts_with(prefix));
}

// True if a key may stand without quotes: no character that YAML gives a meaning, and nothing
// that could be read as a boolean, a number or a date.
bool is_bare_yaml_key(std::string_view key) {
  if (!only(key, kLetters)) return false;
  const std::string lower = to_lower_ascii(key);
  if (std::find(std::begin(kReserved), std::end(kReserved), lower) != std::end(kReserved))
    return false;
  const size_t dashes = occurrences(key, '-');
  if (only(key, "0123456789-") && dashes == 2) return false;
  if (only(lower, "0123456789_-") && dashes < 2) return false;
  if (only(lower, "0123456789_-b") && key.size() > 2 && has_prefix(key, "0b")) return false;
  if (only(lower, "0123456789e._-") && occurrences(key, '.') == 1 && dashes < 3 &&
      occurrences(lower, 'e') < 2)
    return false;
  return !(only(lower, "0123456789abcdefx_-") && dashes < 2 && key.size() > 2 &&
           has_prefix(key, "0x"));
}

class YamlWriter {
 public:
  YamlWriter(Vm& vm, const YamlStyle& style, std::string& out, const Exec* at)
      : vm_(vm), style_(style), out_(out), at_(at) {}

  void write(Value value, const std::string& indent) {
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
        reserve_quoted(vm_, value.str());
        return string(value.str()->view(), indent);
      case Type::kArray:
        return array(value.arr(), indent);
      case Type::kObject:
        return object(value.obj(), indent);
      case Type::kFunction:
        vm_.fail(at_, "a function cannot be written as YAML");
    }
  }

 private:
  void string(std::string_view text, const std::string& indent) {
    if (text.empty()) {
      out_ += "\"\"";
      return;
    }
    if (text.back() != '\n') return append_quoted(out_, text);
    out_ += '|';
    for (const std::string_view line : split(text.substr(0, text.size() - 1), '\n')) {
      out_.append("\n").append(indent).append("  ").append(line);
      vm_.check_text(out_);
    }
  }

  bool has_items(Value value) { return value.is_array() && value.arr()->count > 0; }
  bool has_fields(Value value) {
    return value.is_object() && !vm_.fields(value.obj(), false).empty();
  }

  void array(Arr* array, const std::string& indent) {
    if (array->count == 0) {
      out_ += "[]";
      return;
    }
    for (uint32_t i = 0; i < array->count; ++i) {
      const PathScope path(vm_, TraceKind::kElement, nullptr, i);
      if (i > 0) out_.append("\n").append(indent);
      out_ += '-';
      const Value item = vm_.item(array, i);
      const bool nested = has_items(item);
      const std::string inner = nested || has_fields(item) ? indent + "  " : indent;
      if (nested) {
        out_.append("\n").append(inner);
      } else {
        out_ += ' ';
      }
      write(item, inner);
      vm_.check_text(out_);
    }
  }

  void object(Object* object, const std::string& indent) {
    vm_.check_asserts(object, at_);
    const std::span<const uint32_t> fields = vm_.fields(object, false);
    if (fields.empty()) {
      out_ += "{}";
      return;
    }
    bool first = true;
    for (const uint32_t position : fields) {
      const Str* key = object->shape->table.keys[position];
      const PathScope path(vm_, TraceKind::kMember, key, 0);
      if (!first) out_.append("\n").append(indent);
      first = false;
      if (style_.quote_keys || !is_bare_yaml_key(key->view())) {
        append_quoted(out_, key->view());
      } else {
        out_ += key->view();
      }
      out_ += ':';
      const Value value = vm_.field(object, position, at_);
      std::string inner = indent;
      if (has_fields(value) || (has_items(value) && style_.indent_array_in_object)) inner += "  ";
      if (has_fields(value) || has_items(value)) {
        out_.append("\n").append(inner);
      } else {
        out_ += ' ';
      }
      write(value, inner);
      vm_.check_text(out_);
    }
  }

  Vm& vm_;
  const YamlStyle& style_;
  std::string& out_;
  const Exec* at_;
};

class TomlWriter {
 public:
  TomlWriter(Vm& vm, std::string_view indent, std::string& out, const Exec* at)
      : vm_(vm), indent_(indent), out_(out), at_(at) {}

  void document(Object* value) { table(value, {}, ""); }

 private:
  using Path = std::vector<std::string>;

  static std::string key_text(const Str* key) {
    constexpr std::string_view kBare =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    if (only(key->view(), kBare)) return std::string(key->view());
    std::string quoted;
    append_quoted(quoted, key->view());
    return quoted;
  }

  bool is_table_array(Value value) {
    if (!value.is_array() || value.arr()->count == 0) return false;
    for (uint32_t i = 0; i < value.arr()->count; ++i)
      if (!vm_.item(value.arr(), i).is_object()) return false;
    return true;
  }
  bool is_section(Value value) { return value.is_object() || is_table_array(value); }

  void table(Object* object, const Path& path, const std::string& indent) {
    vm_.check_asserts(object, at_);
    const std::span<const uint32_t> fields = vm_.fields(object, false);
    bool first = true;
    for (const uint32_t position : fields) {
      const Value value = vm_.field(object, position, at_);
      if (is_section(value)) continue;
      const Str* key = object->shape->table.keys[position];
      const PathScope scope(vm_, TraceKind::kMember, key, 0);
      if (!first) out_ += '\n';
      first = false;
      out_ += indent + key_text(key) + " = ";
      scalar(value, false, indent);
      vm_.check_text(out_);
    }
    for (const uint32_t position : fields) {
      const Value value = vm_.field(object, position, at_);
      if (!is_section(value)) continue;
      const Str* key = object->shape->table.keys[position];
      const PathScope scope(vm_, TraceKind::kMember, key, 0);
      out_ += "\n\n";
      Path inner = path;
      inner.push_back(key_text(key));
      if (value.is_object()) {
        section(value.obj(), inner, "[", "]", indent);
      } else {
        sections(value.arr(), inner, indent);
      }
    }
  }

  void section(Object* object, const Path& path, std::string_view open, std::string_view close,
               const std::string& indent) {
    vm_.check_text(out_);
    vm_.region.reserve(2 * indent.size());
    out_.append(indent).append(open).append(join(path, ".")).append(close);
    if (!vm_.fields(object, false).empty()) out_ += '\n';
    table(object, path, indent + std::string(indent_));
  }

  void sections(Arr* array, const Path& path, const std::string& indent) {
    for (uint32_t i = 0; i < array->count; ++i) {
      const PathScope scope(vm_, TraceKind::kElement, nullptr, i);
      if (i > 0) out_ += "\n\n";
      section(vm_.item(array, i).obj(), path, "[[", "]]", indent);
    }
  }

  void scalar(Value value, bool inline_value, const std::string& indent) {
    switch (value.type()) {
      case Type::kNull:
        vm_.fail(at_, "TOML has no null");
      case Type::kBoolean:
        out_ += value.is_true() ? "true" : "false";
        return;
      case Type::kNumber:
        append_number(out_, value.num());
        return;
      case Type::kString:
        reserve_quoted(vm_, value.str());
        append_quoted(out_, value.str()->view());
        return;
      case Type::kArray:
        return array(value.arr(), inline_value, indent);
      case Type::kObject:
        return inline_object(value.obj());
      case Type::kFunction:
        vm_.fail(at_, "a function cannot be written as TOML");
    }
  }

  void array(Arr* array, bool inline_value, const std::string& indent) {
    if (array->count == 0) {
      out_ += "[]";
      return;
    }
    const std::string inner = inline_value ? "" : indent + std::string(indent_);
    const std::string_view separator = inline_value ? " " : "\n";
    out_.append("[").append(separator);
    for (uint32_t i = 0; i < array->count; ++i) {
      const PathScope scope(vm_, TraceKind::kElement, nullptr, i);
      if (i > 0) out_.append(",").append(separator);
      out_ += inner;
      scalar(vm_.item(array, i), true, "");
      vm_.check_text(out_);
    }
    out_.append(separator).append(inline_value ? "" : indent).append("]");
  }

  void inline_object(Object* object) {
    vm_.check_asserts(object, at_);
    out_ += "{ ";
    bool first = true;
    for (const uint32_t position : vm_.fields(object, false)) {
      const Str* key = object->shape->table.keys[position];
      const PathScope scope(vm_, TraceKind::kMember, key, 0);
      if (!first) out_ += ", ";
      first = false;
      out_ += key_text(key) + " = ";
      scalar(vm_.field(object, position, at_), true, "");
      vm_.check_text(out_);
    }
    out_ += " }";
  }

  Vm& vm_;
  std::string_view indent_;
  std::string& out_;
  const Exec* at_;
};

}  // namespace

void manifest_yaml(Vm& vm, Value value, const YamlStyle& style, std::string& out, const Exec* at) {
  YamlWriter(vm, style, out, at).write(value, "");
}

void manifest_toml(Vm& vm, Value value, std::string_view indent, std::string& out, const Exec* at) {
  if (!value.is_object())
    vm.fail(at, "a TOML document is an object, not a " + std::string(type_name(value.type())));
  TomlWriter(vm, indent, out, at).document(value.obj());
}

void manifest_python(Vm& vm, Value value, std::string& out, const Exec* at) {
  switch (value.type()) {
    case Type::kNull:
      out += "None";
      return;
    case Type::kBoolean:
      out += value.is_true() ? "True" : "False";
      return;
    case Type::kNumber:
      append_number(out, value.num());
      return;
    case Type::kString:
      reserve_quoted(vm, value.str());
      append_quoted(out, value.str()->view());
      return;
    case Type::kArray: {
      out += '[';
      for (uint32_t i = 0; i < value.arr()->count; ++i) {
        const PathScope scope(vm, TraceKind::kElement, nullptr, i);
        if (i > 0) out += ", ";
        manifest_python(vm, vm.item(value.arr(), i), out, at);
        vm.check_text(out);
      }
      out += ']';
      return;
    }
    case Type::kObject: {
      Object* object = value.obj();
      vm.check_asserts(object, at);
      out += '{';
      bool first = true;
      for (const uint32_t position : vm.fields(object, false)) {
        const Str* key = object->shape->table.keys[position];
        const PathScope scope(vm, TraceKind::kMember, key, 0);
        if (!first) out += ", ";
        first = false;
        append_quoted(out, key->view());
        out += ": ";
        manifest_python(vm, vm.field(object, position, at), out, at);
        vm.check_text(out);
      }
      out += '}';
      return;
    }
    case Type::kFunction:
      vm.fail(at, "a function cannot be written as Python");
  }
}

}  // namespace kfctl::jsonnet
