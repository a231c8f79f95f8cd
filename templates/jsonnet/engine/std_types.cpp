// std: types, comparison, and the doors to the outside.
#include "templates/jsonnet/engine/exec.h"
#include "templates/jsonnet/engine/library.h"
#include "templates/jsonnet/engine/manifest.h"

namespace kfctl::jsonnet {
namespace {

template <Type kType>
Value is_type(Vm&, Value* a, const Exec*) {
  return Value::boolean(a[0].type() == kType);
}

Value type(Vm& vm, Value* a, const Exec*) { return Value::of(vm.string(type_name(a[0].type()))); }

Value to_string_value(Vm& vm, Value* a, const Exec* at) {
  return Value::of(to_string(vm, a[0], at));
}

size_t parameter_count(const Func* function) {
  if (function->node != nullptr) return function->node->count;
  if (function->builtin != nullptr) return function->builtin->count;
  return function->native->function->parameters.size();
}

double length_of(Vm& vm, Value value, const Exec* at) {
  switch (value.type()) {
    case Type::kString:
      return value.str()->chars;
    case Type::kArray:
      return value.arr()->count;
    case Type::kObject:
      return static_cast<double>(vm.fields(value.obj(), false).size());
    case Type::kFunction:
      return static_cast<double>(parameter_count(value.func()));
    default:
      vm.fail(at, "std.length: a " + std::string(type_name(value.type())) + " has no length");
  }
}

Value length(Vm& vm, Value* a, const Exec* at) { return Value::number(length_of(vm, a[0], at)); }

Value is_empty(Vm& vm, Value* a, const Exec* at) {
  return Value::boolean(length_of(vm, a[0], at) == 0);
}

Value equals(Vm& vm, Value* a, const Exec* at) { return Value::boolean(equal(vm, a[0], a[1], at)); }

Value not_equals(Vm& vm, Value* a, const Exec* at) {
  return Value::boolean(!equal(vm, a[0], a[1], at));
}

Value primitive_equals(Vm& vm, Value* a, const Exec* at) {
  const Type type = a[0].type();
  if (type == a[1].type() && (type == Type::kArray || type == Type::kObject))
    vm.fail(at, "std.primitiveEquals: works on primitive types, not on a " +
                    std::string(type_name(type)));
  return equals(vm, a, at);
}

Value compare_values(Vm& vm, Value* a, const Exec* at) {
  if (a[0].type() != a[1].type() || !(a[0].is_number() || a[0].is_string() || a[0].is_array())) {
    if (a[0].is_null() && a[1].is_null()) return Value::number(0);
  }
  const int order = compare(vm, a[0], a[1], at);
  return Value::number(order < 0 ? -1 : order > 0 ? 1 : 0);
}

template <bool kLess, bool kOrEqual>
Value array_order(Vm& vm, Value* a, const Exec* at) {
  const int order = compare(vm, a[0], a[1], at);
  return Value::boolean(kLess ? (kOrEqual ? order <= 0 : order < 0)
                              : (kOrEqual ? order >= 0 : order > 0));
}

const Str* shown(Vm& vm, Value value, const Exec* at) {
  if (!value.is_string()) return to_string(vm, value, at);
  std::string quoted;
  append_quoted(quoted, value.str()->view());
  return vm.string(quoted);
}

Value assert_equal(Vm& vm, Value* a, const Exec* at) {
  if (equal(vm, a[0], a[1], at)) return Value::boolean(true);
  vm.fail(at, "Assertion failed. " + std::string(shown(vm, a[0], at)->view()) +
                  " != " + std::string(shown(vm, a[1], at)->view()));
}

Value ext_var(Vm& vm, Value* a, const Exec* at) {
  return vm.external(want_string(vm, a[0], "extVar", "the name", at), at);
}

Value native(Vm& vm, Value* a, const Exec* at) {
  return vm.native(want_string(vm, a[0], "native", "the name", at));
}

Value trace(Vm& vm, Value* a, const Exec* at) {
  const Str* text = want_string(vm, a[0], "trace", "the text", at);
  vm.say_trace(at, text->view());
  return vm.force(a[1]);
}

constexpr Builtin kTable[] = {
    {"isString", is_type<Type::kString>, "v", 0},
    {"isNumber", is_type<Type::kNumber>, "v", 0},
    {"isBoolean", is_type<Type::kBoolean>, "v", 0},
    {"isObject", is_type<Type::kObject>, "v", 0},
    {"isArray", is_type<Type::kArray>, "v", 0},
    {"isFunction", is_type<Type::kFunction>, "v", 0},
    {"isNull", is_type<Type::kNull>, "v", 0},
    {"type", type, "x", 0},
    {"toString", to_string_value, "a", 0},
    {"length", length, "x", 0},
    {"isEmpty", is_empty, "str", 0},
    {"equals", equals, "a b", 0},
    {"xor", not_equals, "x y", 0},
    {"xnor", equals, "x y", 0},
    {"primitiveEquals", primitive_equals, "x y", 0},
    {"__compare", compare_values, "v1 v2", 0},
    {"__compare_array", compare_values, "arr1 arr2", 0},
    {"__array_less", array_order<true, false>, "arr1 arr2", 0},
    {"__array_greater", array_order<false, false>, "arr1 arr2", 0},
    {"__array_less_or_equal", array_order<true, true>, "arr1 arr2", 0},
    {"__array_greater_or_equal", array_order<false, true>, "arr1 arr2", 0},
    {"assertEqual", assert_equal, "a b", 0},
    {"extVar", ext_var, "x", 0},
    {"native", native, "name", 0},
    {"trace", trace, "str rest", kLazy1},
};

}  // namespace

std::span<const Builtin> std_types() { return kTable; }

}  // namespace kfctl::jsonnet
