// JSON out, and Json in and out.
#include <cmath>

#include "base/pages.h"
#include "templates/jsonnet/engine/manifest.h"

namespace kfctl::jsonnet {
namespace {

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
        reserve_quoted(vm_, value.str());
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
  // A large text is not copied as it grows.
  void make_room() {
    constexpr size_t kLarge = 64 * 1024, kRoom = 4 * 1024;
    if (out_.capacity() - out_.size() < kRoom && out_.size() >= kLarge) reserve_ahead(out_);
  }
  void begin(char bracket) {
    out_ += bracket;
    if (style_.one_line) return;
    out_ += style_.newline;
    indent_ += style_.indent;
    vm_.check_text(indent_);
  }
  void separate() {
    make_room();
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
      vm_.check_text(out_);
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
      vm_.check_text(out_);
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
      vm.region.keep(value.str()->bytes);
      return Json(value.str()->view());
    case Type::kArray: {
      Arr* array = value.arr();
      vm.region.keep(array->count * sizeof(Json));
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
      const std::span<const uint32_t> fields = vm.fields(object, false);
      vm.region.keep(fields.size() * sizeof(Json::Member));
      result.members().reserve(fields.size());
      for (const uint32_t position : fields) {
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
