// What operators and the library share: equality, order, addition, numbers as text.
#include <charconv>
#include <cmath>
#include <cstring>

#include "templates/jsonnet/engine/manifest.h"
#include "templates/jsonnet/engine/vm.h"

namespace kfctl::jsonnet {
namespace {

bool equal_arrays(Vm& vm, Arr* a, Arr* b, const Exec* at) {
  if (a->count != b->count) return false;
  if (a == b && a->kind == ArrKind::kRange) return true;
  for (uint32_t i = 0; i < a->count; ++i)
    if (!equal(vm, vm.item(a, i), vm.item(b, i), at)) return false;
  return true;
}

bool equal_objects(Vm& vm, Object* a, Object* b, const Exec* at) {
  const std::span<const uint32_t> fields_a = vm.fields(a, false);
  const std::span<const uint32_t> fields_b = vm.fields(b, false);
  if (fields_a.size() != fields_b.size()) return false;
  for (size_t i = 0; i < fields_a.size(); ++i)
    if (a->shape->table.keys[fields_a[i]] != b->shape->table.keys[fields_b[i]]) return false;
  for (size_t i = 0; i < fields_a.size(); ++i)
    if (!equal(vm, vm.field(a, fields_a[i], at), vm.field(b, fields_b[i], at), at)) return false;
  return true;
}

constexpr size_t kLongestNumber = 352;  // 309 digits and a sign, with room to spare

// As the C++ command prints it; returns the end. Whole numbers have no exponent.
char* write_number(char* text, double number) {
  char* const end = text + kLongestNumber;
  // The comparison is false for what int64 cannot hold, and -0 has a sign to show.
  if (std::fabs(number) < 1e15) {
    const int64_t whole = static_cast<int64_t>(number);
    if (static_cast<double>(whole) == number && (whole != 0 || !std::signbit(number)))
      return std::to_chars(text, end, whole).ptr;
  }
  if (number == std::floor(number))
    return std::to_chars(text, end, number, std::chars_format::fixed, 0).ptr;
  return std::to_chars(text, end, number, std::chars_format::general, 17).ptr;
}

int sign(double difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }

int compare_arrays(Vm& vm, Arr* a, Arr* b, const Exec* at) {
  const uint32_t count = std::min(a->count, b->count);
  for (uint32_t i = 0; i < count; ++i)
    if (const int order = compare(vm, vm.item(a, i), vm.item(b, i), at)) return order;
  return sign(static_cast<double>(a->count) - static_cast<double>(b->count));
}

}  // namespace

bool equal(Vm& vm, Value a, Value b, const Exec* at) {
  if (a.is_number() && b.is_number()) return a.num() == b.num();
  const Type type = a.type();
  if (type != b.type()) return false;
  switch (type) {
    case Type::kNull:
      return true;
    case Type::kBoolean:
      return a.bits() == b.bits();
    case Type::kString:
      return a.str() == b.str() || a.str()->view() == b.str()->view();
    case Type::kArray: {
      const Scope scope(vm, TraceKind::kThunk, at, nullptr);
      return equal_arrays(vm, a.arr(), b.arr(), at);
    }
    case Type::kObject: {
      const Scope scope(vm, TraceKind::kThunk, at, nullptr);
      return equal_objects(vm, a.obj(), b.obj(), at);
    }
    default:
      vm.fail(at, "functions cannot be compared");
  }
}

int compare(Vm& vm, Value a, Value b, const Exec* at) {
  if (a.is_number() && b.is_number()) return sign(a.num() - b.num());
  if (a.type() != b.type())
    vm.fail(at, "a " + std::string(type_name(a.type())) + " and a " +
                    std::string(type_name(b.type())) + " have no order");
  switch (a.type()) {
    // UTF-8 sorts by byte as its code points do.
    case Type::kString:
      return a.str()->view().compare(b.str()->view());
    case Type::kArray: {
      const Scope scope(vm, TraceKind::kThunk, at, nullptr);
      return compare_arrays(vm, a.arr(), b.arr(), at);
    }
    default:
      vm.fail(at, "values of type " + std::string(type_name(a.type())) + " have no order");
  }
}

Value checked(Vm& vm, double number, const Exec* at) {
  if (!std::isfinite(number))
    vm.fail(at, std::isnan(number) ? "this is not a number" : "this number is too large");
  return Value::number(number);
}

namespace {

// A string and a number, without making a string of the number first.
const Str* join_number(Vm& vm, const Str* text, double number, bool number_first) {
  char digits[kLongestNumber];
  const uint32_t size = static_cast<uint32_t>(write_number(digits, number) - digits);
  const Str shown{digits, size, size, nullptr, nullptr};
  return number_first ? vm.concat(&shown, text) : vm.concat(text, &shown);
}

}  // namespace

Value add_to_fresh(Vm& vm, const Str* left, Value right, const Exec* at) {
  const Str* grown = nullptr;
  if (right.is_string()) {
    grown = vm.grow(left, right.str()->view(), right.str()->chars);
  } else if (right.is_number()) {
    char digits[kLongestNumber];
    const size_t size = static_cast<size_t>(write_number(digits, right.num()) - digits);
    grown = vm.grow(left, {digits, size}, static_cast<uint32_t>(size));
  }
  return grown != nullptr ? Value::of(vm.fresh = grown) : add(vm, Value::of(left), right, at);
}

Value add(Vm& vm, Value a, Value b, const Exec* at) {
  vm.fresh = nullptr;
  if (a.is_string() && b.is_number() && a.str()->bytes != 0)
    return Value::of(join_number(vm, a.str(), b.num(), false));
  if (b.is_string() && a.is_number() && b.str()->bytes != 0)
    return Value::of(join_number(vm, b.str(), a.num(), true));
  if (a.is_string() && b.is_number()) return Value::of(vm.fresh = to_string(vm, b, at));
  if (a.is_string() || b.is_string())
    return Value::of(vm.concat(to_string(vm, a, at), to_string(vm, b, at)));
  if (a.is_number() && b.is_number()) return checked(vm, a.num() + b.num(), at);
  if (a.is_object() && b.is_object()) return Value::of(vm.plus(a.obj(), b.obj()));
  if (a.is_array() && b.is_array()) return Value::of(vm.concat(a.arr(), b.arr()));
  const std::string left(type_name(a.type())), right(type_name(b.type()));
  vm.fail(at, left == right ? "'+' does not work on a " + left
                            : "'+' cannot join a " + left + " and a " + right);
}

void append_number(std::string& out, double number) {
  char text[kLongestNumber];
  out.append(text, write_number(text, number));
}

const Str* to_string(Vm& vm, Value value, const Exec* at) {
  if (value.is_string()) return value.str();
  if (value.is_number()) {
    char digits[kLongestNumber];
    return vm.string({digits, static_cast<size_t>(write_number(digits, value.num()) - digits)});
  }
  Scratch out(vm);
  JsonStyle style;
  style.one_line = true;
  manifest_json(vm, value, style, out.text, at);
  return vm.string(out.text);
}

}  // namespace kfctl::jsonnet
