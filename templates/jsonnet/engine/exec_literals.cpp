// How arrays and objects are made, from literals and by comprehensions.
#include <algorithm>

#include "templates/jsonnet/engine/exec.h"

namespace kfctl::jsonnet {

Value ArrayNode::eval(Frame& frame) const {
  Vm& vm = frame.vm;
  Value* values = vm.region.array<Value>(items.size());
  for (size_t i = 0; i < items.size(); ++i) values[i] = items[i]->lazy(frame);
  return Value::of(vm.array(values, items.size()));
}

namespace {

// Runs `each` for every turn of the loops. Calls it with the innermost frame.
template <typename Each>
void run_specs(Frame& frame, std::span<const SpecNode> specs, const Exec* at, const Each& each) {
  Vm& vm = frame.vm;
  if (specs.empty()) return each(frame);
  const SpecNode& spec = specs[0];
  const Value value = spec.value->eval(frame);
  if (spec.kind == SpecKind::kIf) {
    if (value.is_true()) return run_specs(frame, specs.subspan(1), at, each);
    if (!value.is_false())
      vm.fail(spec.value, "the condition of a comprehension must be a boolean, not a " +
                              std::string(type_name(value.type())));
    return;
  }
  if (!value.is_array())
    vm.fail(spec.value, "a comprehension goes over an array, not over a " +
                            std::string(type_name(value.type())));
  Arr* array = value.arr();
  Env* outer = frame.capture();
  // One environment for all turns: who keeps it gets a copy, as if it were on the stack.
  Env* env = vm.new_env(outer, spec.slots);
  for (uint32_t i = 0; i < array->count; ++i) {
    std::fill(env->slots + 1, env->slots + spec.slots, Value::hole());
    env->slots[0] = vm.lazy_item(array, i);
    if (spec.counted) env->slots[spec.slots - 1] = Value::number(i);
    Frame inner{vm, env, true};
    run_specs(inner, specs.subspan(1), at, each);
  }
}

}  // namespace

Value ArrayCompNode::eval(Frame& frame) const {
  ValueList values(frame.vm);
  run_specs(frame, specs, this, [&](Frame& inner) { values.push_back(element->lazy(inner)); });
  return Value::of(frame.vm.array(values));
}

void ObjectNode::run_asserts(Frame& frame, const Exec* at) const {
  Vm& vm = frame.vm;
  for (size_t i = 0; i < asserts.size(); i += 2) {
    const Exec* condition = asserts[i];
    Scope scope(vm, TraceKind::kAssert, condition, nullptr);
    const Value value = condition->eval(frame);
    if (value.is_true()) continue;
    if (!value.is_false())
      vm.fail(condition,
              "an assertion must be a boolean, not a " + std::string(type_name(value.type())));
    if (asserts[i + 1] == nullptr) vm.fail(condition, "object assertion failed");
    vm.fail(condition, std::string(to_string(vm, asserts[i + 1]->eval(frame), at)->view()));
  }
}

Value ObjectNode::lazy(Frame& frame) const {
  return keys.empty() ? literal(frame) : Exec::lazy(frame);
}

Value ObjectNode::eval(Frame& frame) const {
  if (!specs.empty()) return comprehension(frame);
  return literal(frame);
}

// The layout of the last evaluation, if the keys are the same; else a new one.
const Layout* ObjectNode::computed_layout(Vm& vm, std::span<const Field> found) const {
  if (last_computed != nullptr && last_computed->table.count == found.size()) {
    bool same = true;
    for (size_t i = 0; i < found.size() && same; ++i)
      same = last_computed->fields[i].key == found[i].key &&
             last_computed->fields[i].code == found[i].code;
    if (same) return last_computed;
  }
  return last_computed = vm.new_layout(found, this, true);
}

namespace {

// A field's name as computed, or nullptr for null, which leaves the field out.
const Str* computed_key(Frame& frame, const Exec* key) {
  const Value value = key->eval(frame);
  if (value.is_null()) return nullptr;
  if (!value.is_string())
    frame.vm.fail(key,
                  "a field name must be a string, not a " + std::string(type_name(value.type())));
  return frame.vm.intern(value.str());
}

void check_unlike(Vm& vm, std::span<const Field> fields, const Exec* at) {
  std::vector<const Str*> sorted;
  sorted.reserve(fields.size());
  for (const Field& field : fields) sorted.push_back(field.key);
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end())
    vm.fail(at, "the field '" + std::string((*twice)->view()) + "' is there twice");
}

}  // namespace

Value ObjectNode::literal(Frame& frame) const {
  Vm& vm = frame.vm;
  const Layout* its_layout = layout;
  if (its_layout == nullptr) {
    std::vector<Field> found;
    found.reserve(fields.size());
    for (size_t i = 0; i < fields.size(); ++i) {
      const Str* key = keys[i] == nullptr ? names[i] : computed_key(frame, keys[i]);
      if (key != nullptr) found.push_back({key, &fields[i], fields[i].flags});
    }
    if (found.size() > 1) check_unlike(vm, found, this);
    its_layout = computed_layout(vm, found);
  }
  Instance* instance = vm.region.make<Instance>();
  instance->layout = its_layout;
  instance->outer = frame.capture();
  Object* object = vm.new_object(instance, vm.shape_of_layout(its_layout));
  if (layout != nullptr && !constants.empty())
    std::copy(constants.begin(), constants.end(), object->values);
  return Value::of(object);
}

Value ObjectNode::comprehension(Frame& frame) const {
  Vm& vm = frame.vm;
  std::vector<Field> found;
  std::vector<Env*> envs;
  run_specs(frame, specs, this, [&](Frame& inner) {
    size_t pattern = 0;
    while (keys[pattern] == nullptr) ++pattern;
    const Str* key = computed_key(inner, keys[pattern]);
    if (key == nullptr) return;
    found.push_back({key, &fields[pattern], fields[pattern].flags});
    envs.push_back(inner.capture());
  });
  check_unlike(vm, found, this);
  Instance* instance = vm.region.make<Instance>();
  instance->layout = computed_layout(vm, found);
  instance->field_envs = vm.region.array<Env*>(envs.size());
  std::copy(envs.begin(), envs.end(), instance->field_envs);
  return Value::of(vm.new_object(instance, vm.shape_of_layout(instance->layout)));
}

}  // namespace kfctl::jsonnet
