// How each node is evaluated. Here: what gives a value that is there already, and what decides
// where to go on. exec_calls.cpp, exec_operators.cpp and exec_literals.cpp have the others.
#include "templates/jsonnet/engine/exec.h"

#include <algorithm>
#include <cmath>

namespace kfctl::jsonnet {

Env* Frame::capture() {
  if (!on_stack) return env;
  Env* kept = static_cast<Env*>(vm.region.allocate(Env::size_of(env->count)));
  kept->parent = env->parent;
  kept->count = env->count;
  std::copy(env->slots, env->slots + env->count, kept->slots);
  on_stack = false;
  return env = kept;
}

Value Exec::lazy(Frame& frame) const { return frame.vm.thunk(this, frame.capture()); }

// --- variables

template <int kDepth>
Value VariableNode<kDepth>::eval(Frame& frame) const {
  Value& here = place(frame);
  if (here.is_forced()) return here;
  return here = frame.vm.force(here);
}

template <int kDepth>
Value VariableNode<kDepth>::lazy(Frame& frame) const {
  Value& here = place(frame);
  if (here.is_forced()) return here;
  // A hole is a local whose turn to be bound has not come yet.
  if (here.is_hole()) return Exec::lazy(frame);
  const Value value = here.thunk()->value;
  return value.is_forced() ? here = value : here;
}

template <int kDepth>
bool VariableNode<kDepth>::quick(Frame& frame, Value& out) const {
  Value& here = place(frame);
  if (here.is_forced()) {
    out = here;
    return true;
  }
  if (here.is_hole()) return false;
  const Value value = here.thunk()->value;
  if (!value.is_forced()) return false;
  out = here = value;
  return true;
}

template struct VariableNode<-1>;
template struct VariableNode<0>;
template struct VariableNode<1>;
template struct VariableNode<2>;
template struct VariableNode<3>;

// --- super

Value SuperNode::eval(Frame& frame) const {
  Vm& vm = frame.vm;
  const Env* env = self.env_of(frame);
  const Str* key = name;
  if (index != nullptr) {
    const Value value = index->eval(frame);
    if (!value.is_string())
      vm.fail(this,
              "super is indexed by a string, not by a " + std::string(type_name(value.type())));
    key = value.str();
  }
  Object* object = env->slots[kSelfSlot].obj();
  const uint32_t layer = static_cast<uint32_t>(env->slots[kLayerSlot].num());
  Value value;
  if (vm.super_field(object, layer, key, value, this)) return value;
  if (layer == 0) vm.fail(this, "there is no super here: this object was not added to another");
  vm.fail(this, "super has no field '" + std::string(key->view()) + "'");
}

Value InSuperNode::eval(Frame& frame) const {
  Vm& vm = frame.vm;
  const Env* env = self.env_of(frame);
  const Value key = name->eval(frame);
  if (!key.is_string())
    vm.fail(this,
            "the left side of 'in' must be a string, not a " + std::string(type_name(key.type())));
  const uint32_t layer = static_cast<uint32_t>(env->slots[kLayerSlot].num());
  return Value::boolean(vm.has_super(env->slots[kSelfSlot].obj(), layer, key.str()));
}

// --- fields and items

Value FieldNode::eval(Frame& frame) const {
  Vm& vm = frame.vm;
  const Value value = target->eval(frame);
  if (!value.is_object())
    vm.fail(this, "only objects have fields: this is a " + std::string(type_name(value.type())) +
                      ", and '" + std::string(name->view()) + "' was asked of it");
  Object* object = value.obj();
  Shape* its_shape = vm.shape_of(object);
  if (its_shape == shape) {
    const Value known = object->values[position];
    if (known.is_forced() && object->asserts != Asserts::kUnchecked) return known;
    return vm.field(object, position, this);
  }
  const uint32_t found = its_shape->table.find(name);
  if (found == KeyTable::kNone) return vm.index(object, name, this);  // reports it
  shape = its_shape;
  position = found;
  return vm.field(object, found, this);
}

bool FieldNode::quick(Frame& frame, Value& out) const {
  Value value;
  if (shape == nullptr || !target->quick(frame, value) || !value.is_object()) return false;
  const Object* object = value.obj();
  if (object->shape != shape || object->asserts == Asserts::kUnchecked) return false;
  const Value known = object->values[position];
  if (!known.is_forced()) return false;
  out = known;
  return true;
}

Value FieldNode::lazy(Frame& frame) const {
  Value value;
  return quick(frame, value) ? value : Exec::lazy(frame);
}

Value IndexNode::eval(Frame& frame) const {
  Vm& vm = frame.vm;
  const Value value = target->eval(frame);
  const Value key = index->eval(frame);
  if (value.is_object()) {
    if (!key.is_string())
      vm.fail(this,
              "an object is indexed by a string, not by a " + std::string(type_name(key.type())));
    return vm.index(value.obj(), key.str(), this);
  }
  if (!value.is_array() && !value.is_string())
    vm.fail(this, "a " + std::string(type_name(value.type())) + " cannot be indexed");
  if (!key.is_number())
    vm.fail(this, std::string(value.is_array() ? "an array" : "a string") +
                      " is indexed by a number, not by a " + std::string(type_name(key.type())));
  const double at = key.num();
  const uint32_t count = value.is_array() ? value.arr()->count : value.str()->chars;
  if (at != std::floor(at)) {
    std::string text;
    append_number(text, at);
    vm.fail(this, "an index must be a whole number, not " + text);
  }
  if (at < 0 || at >= count) {
    std::string text;
    append_number(text, at);
    vm.fail(this, "index " + text + " is out of bounds: there are " + std::to_string(count) +
                      (value.is_array() ? " items" : " characters") + " from 0");
  }
  const size_t place = static_cast<size_t>(at);
  if (value.is_array()) return vm.item(value.arr(), place);
  return Value::of(vm.substring(value.str(), place, 1));
}

Value slice(Vm& vm, Value target, Value from, Value to, Value step, const Exec* at);

Value SliceNode::eval(Frame& frame) const {
  const Value value = target->eval(frame);
  Value limits[3];
  for (int i = 0; i < 3; ++i)
    limits[i] = parts[i] == nullptr ? Value::null() : parts[i]->eval(frame);
  return slice(frame.vm, value, limits[0], limits[1], limits[2], this);
}

// --- control

Value IfNode::eval(Frame& frame) const {
  const Value value = condition->eval(frame);
  if (value.is_true()) return yes->eval(frame);
  if (!value.is_false())
    frame.vm.fail(this, "the condition of an if must be a boolean, not a " +
                            std::string(type_name(value.type())));
  return no == nullptr ? Value::null() : no->eval(frame);
}

void bind_slots(Frame& frame, std::span<const SlotNode> bindings) {
  for (const SlotNode& binding : bindings) frame.env->slots[binding.slot] = Value::hole();
  for (const SlotNode& binding : bindings) {
    const Value value = binding.value->lazy(frame);  // may move the environment
    frame.env->slots[binding.slot] = value;
  }
}

Value LocalNode::eval(Frame& frame) const {
  bind_slots(frame, bindings);
  return body->eval(frame);
}

Value AssertNode::eval(Frame& frame) const {
  Vm& vm = frame.vm;
  const Value value = condition->eval(frame);
  if (value.is_true()) return rest->eval(frame);
  if (!value.is_false())
    vm.fail(this, "an assertion must be a boolean, not a " + std::string(type_name(value.type())));
  if (message == nullptr) vm.fail(this, "assertion failed");
  vm.fail(this, std::string(to_string(vm, message->eval(frame), this)->view()));
}

Value ErrorNode::eval(Frame& frame) const {
  const Value value = message->eval(frame);
  frame.vm.fail(this, std::string(to_string(frame.vm, value, this)->view()));
}

// --- imports

Value ImportNode::eval(Frame& frame) const {
  if (known.is_hole()) known = frame.vm.import(code, path, how, this);
  return known;
}

}  // namespace kfctl::jsonnet
