// std: objects.
#include <algorithm>

#include "templates/jsonnet/engine/exec.h"
#include "templates/jsonnet/engine/library.h"

namespace kfctl::jsonnet {
namespace {

// slots: an object and a position in its shape; a thunk of this code is that field's value.
struct FieldValueNode final : Exec {
  Value eval(Frame& frame) const override {
    return frame.vm.field(frame.env->slots[0].obj(),
                          static_cast<uint32_t>(frame.env->slots[1].num()), nullptr);
  }
};
const FieldValueNode kFieldValueNode;

Value lazy_field(Vm& vm, Object* object, uint32_t position) {
  const Value known = object->values[position];
  if (known.is_forced() && object->asserts != Asserts::kUnchecked) return known;
  Env* env = vm.new_env(nullptr, 2);
  env->slots[0] = Value::of(object);
  env->slots[1] = Value::number(position);
  return vm.thunk(&kFieldValueNode, env);
}

Value names_of(Vm& vm, Object* object, bool hidden) {
  const std::span<const uint32_t> fields = vm.fields(object, hidden);
  Value* items = vm.region.array<Value>(fields.size());
  for (size_t i = 0; i < fields.size(); ++i)
    items[i] = Value::of(object->shape->table.keys[fields[i]]);
  return Value::of(vm.array(items, fields.size()));
}

Value object_fields_ex(Vm& vm, Value* a, const Exec* at) {
  Object* object = want_object(vm, a[0], "objectFieldsEx", "the object", at);
  return names_of(vm, object, want_bool(vm, a[1], "objectFieldsEx", "inc_hidden", at));
}

template <bool kHidden>
Value object_fields(Vm& vm, Value* a, const Exec* at) {
  return names_of(vm, want_object(vm, a[0], "objectFields", "the object", at), kHidden);
}

Value object_has_ex(Vm& vm, Value* a, const Exec* at) {
  Object* object = want_object(vm, a[0], "objectHasEx", "the object", at);
  const Str* name = want_string(vm, a[1], "objectHasEx", "the field name", at);
  return Value::boolean(vm.has(object, name, want_bool(vm, a[2], "objectHasEx", "inc_hidden", at)));
}

template <bool kHidden>
Value object_has(Vm& vm, Value* a, const Exec* at) {
  Object* object = want_object(vm, a[0], "objectHas", "the object", at);
  return Value::boolean(
      vm.has(object, want_string(vm, a[1], "objectHas", "the field name", at), kHidden));
}

template <bool kHidden>
Value object_values(Vm& vm, Value* a, const Exec* at) {
  Object* object = want_object(vm, a[0], "objectValues", "the object", at);
  const std::span<const uint32_t> fields = vm.fields(object, kHidden);
  Value* items = vm.region.array<Value>(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) items[i] = lazy_field(vm, object, fields[i]);
  return Value::of(vm.array(items, fields.size()));
}

template <bool kHidden>
Value object_keys_values(Vm& vm, Value* a, const Exec* at) {
  Object* object = want_object(vm, a[0], "objectKeysValues", "the object", at);
  const std::span<const uint32_t> fields = vm.fields(object, kHidden);
  const Str* keys[] = {vm.intern(std::string_view("key")), vm.intern(std::string_view("value"))};
  const Layout* layout = vm.make_layout(keys, kVisInherit);
  Value* items = vm.region.array<Value>(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    const Value pair[] = {Value::of(object->shape->table.keys[fields[i]]),
                          lazy_field(vm, object, fields[i])};
    items[i] = Value::of(vm.make_object(layout, pair));
  }
  return Value::of(vm.array(items, fields.size()));
}

Value get(Vm& vm, Value* a, const Exec* at) {
  Object* object = want_object(vm, a[0], "get", "the object", at);
  const Str* name = want_string(vm, a[1], "get", "the field name", at);
  const bool hidden = a[3].is_hole() || want_bool(vm, a[3], "get", "inc_hidden", at);
  Value value;
  if (vm.has(object, name, hidden) && vm.get(object, name, value, at)) return value;
  return a[2].is_hole() ? Value::null() : vm.force(a[2]);
}

Value map_with_key(Vm& vm, Value* a, const Exec* at) {
  const Func* function = want_function(vm, a[0], "mapWithKey", "the function", at);
  Object* object = want_object(vm, a[1], "mapWithKey", "the object", at);
  std::vector<const Str*> keys;
  std::vector<Value> values;
  for (const uint32_t position : vm.fields(object, false)) {
    keys.push_back(object->shape->table.keys[position]);
    values.push_back(
        vm.lazy_call(function, {Value::of(keys.back()), lazy_field(vm, object, position)}));
  }
  return Value::of(vm.make_object(keys, values.data()));
}

// slots: what to remove the key from, seen from the outside.
Value object_remove_key(Vm& vm, Value* a, const Exec* at) {
  Object* object = want_object(vm, a[0], "objectRemoveKey", "the object", at);
  const Str* removed = want_string(vm, a[1], "objectRemoveKey", "the key", at);
  const Str* symbol = vm.find_interned(removed);
  std::vector<Field> fields;
  std::vector<Value> values;
  for (const uint32_t position : vm.fields(object, true)) {
    const Str* key = object->shape->table.keys[position];
    if (key == symbol) continue;
    fields.push_back({key, nullptr, object->shape->entries[position].visibility});
    values.push_back(lazy_field(vm, object, position));
  }
  return Value::of(vm.make_object(vm.new_layout(fields, nullptr, true), values.data()));
}

Value merge_patch(Vm& vm, Value target, Value patch);

// slots: target (lazy), patch.
struct MergeNode final : Exec {
  Value eval(Frame& frame) const override {
    return merge_patch(frame.vm, frame.env->slots[0], frame.env->slots[1]);
  }
};
const MergeNode kMergeNode;

Value lazy_merge(Vm& vm, Value target, Value patch) {
  if (!patch.is_object()) return patch;
  Env* env = vm.new_env(nullptr, 2);
  env->slots[0] = target;
  env->slots[1] = patch;
  return vm.thunk(&kMergeNode, env);
}

Value merge_patch(Vm& vm, Value lazy_target, Value patch_value) {
  if (!patch_value.is_object()) return patch_value;
  Object* patch = patch_value.obj();
  const Value target_value = vm.force(lazy_target);
  Object* target = target_value.is_object() ? target_value.obj() : nullptr;
  std::vector<const Str*> keys;
  std::vector<Value> values;
  if (target != nullptr) {
    for (const uint32_t position : vm.fields(target, false)) {
      const Str* key = target->shape->table.keys[position];
      if (vm.has(patch, key, false)) continue;
      keys.push_back(key);
      values.push_back(lazy_field(vm, target, position));
    }
  }
  for (const uint32_t position : vm.fields(patch, false)) {
    const Str* key = patch->shape->table.keys[position];
    const Value change = vm.field(patch, position, nullptr);
    if (change.is_null()) continue;
    Value base = Value::null();
    if (target != nullptr && vm.has(target, key, false))
      base = lazy_field(vm, target, target->shape->table.find(key));
    keys.push_back(key);
    values.push_back(lazy_merge(vm, base, change));
  }
  return Value::of(vm.make_object(keys, values.data()));
}

Value merge_patch_value(Vm& vm, Value* a, const Exec*) { return merge_patch(vm, a[0], a[1]); }

bool is_content(Vm& vm, Value value) {
  if (value.is_null()) return false;
  if (value.is_array()) return value.arr()->count > 0;
  if (value.is_object()) return !vm.fields(value.obj(), false).empty();
  return true;
}

Value prune(Vm& vm, Value value, const Exec* at) {
  if (stack_is_low()) vm.fail(at, "std.prune: this value is nested too deeply");
  if (value.is_array()) {
    Arr* array = value.arr();
    ValueList kept(vm);
    for (uint32_t i = 0; i < array->count; ++i) {
      const Value item = prune(vm, vm.item(array, i), at);
      if (is_content(vm, item)) kept.push_back(item);
    }
    return Value::of(vm.array(kept));
  }
  if (!value.is_object()) return value;
  Object* object = value.obj();
  std::vector<const Str*> keys;
  std::vector<Value> values;
  for (const uint32_t position : vm.fields(object, false)) {
    const Value field = prune(vm, vm.field(object, position, at), at);
    if (!is_content(vm, field)) continue;
    keys.push_back(object->shape->table.keys[position]);
    values.push_back(field);
  }
  return Value::of(vm.make_object(keys, values.data()));
}

Value prune_value(Vm& vm, Value* a, const Exec* at) { return prune(vm, a[0], at); }

constexpr Builtin kTable[] = {
    {"objectFieldsEx", object_fields_ex, "obj inc_hidden", 0},
    {"objectFields", object_fields<false>, "o", 0},
    {"objectFieldsAll", object_fields<true>, "o", 0},
    {"objectHasEx", object_has_ex, "obj f inc_hidden", 0},
    {"objectHas", object_has<false>, "o f", 0},
    {"objectHasAll", object_has<true>, "o f", 0},
    {"objectValues", object_values<false>, "o", 0},
    {"objectValuesAll", object_values<true>, "o", 0},
    {"objectKeysValues", object_keys_values<false>, "o", 0},
    {"objectKeysValuesAll", object_keys_values<true>, "o", 0},
    {"get", get, "o f default= inc_hidden=", kLazy2},
    {"mapWithKey", map_with_key, "func obj", 0},
    {"objectRemoveKey", object_remove_key, "obj key", 0},
    {"mergePatch", merge_patch_value, "target patch", kLazy0},
    {"prune", prune_value, "a", 0},
};

}  // namespace

std::span<const Builtin> std_objects() { return kTable; }

}  // namespace kfctl::jsonnet
