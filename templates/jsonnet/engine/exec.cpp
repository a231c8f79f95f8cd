// How each node is evaluated.
#include "templates/jsonnet/engine/exec.h"

#include <algorithm>
#include <cmath>

#include <alloca.h>

#include "base/text.h"

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

// --- calls

const Func* CallNode::function(Frame& frame) const {
  const Value value = callee->eval(frame);
  if (!value.is_function())
    frame.vm.fail(
        this, "only functions can be called: this is a " + std::string(type_name(value.type())));
  return value.func();
}

// Any mixture of positional and named arguments, and functions of the library.
Value CallNode::general(Frame& frame, const Func* function) const {
  std::vector<Value> values(positional.size());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = strict ? positional[i]->eval(frame) : positional[i]->lazy(frame);
  std::vector<NamedArgument> pairs(named.size());
  for (size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = {named[i].name, strict ? named[i].value->eval(frame) : named[i].value->lazy(frame)};
  return frame.vm.call(function, values, pairs, this);
}

Value CallNode::eval(Frame& frame) const {
  const Func* callee_value = function(frame);
  const FunctionNode* node = callee_value->node;
  if (node == nullptr || !named.empty() || positional.size() > node->count)
    return general(frame, callee_value);
  Vm& vm = frame.vm;
  if (node->body == nullptr) node->prepare(vm);
  const bool on_stack = !node->captured && node->slots <= 32;
  const size_t bytes = Env::size_of(node->slots);
  Env* env = static_cast<Env*>(on_stack ? alloca(bytes) : vm.region.allocate(bytes));
  env->parent = callee_value->env;
  env->count = node->slots;
  const uint32_t given = static_cast<uint32_t>(positional.size());
  for (uint32_t i = 0; i < given; ++i)
    env->slots[i] = strict ? positional[i]->eval(frame) : positional[i]->lazy(frame);
  std::fill(env->slots + given, env->slots + node->slots, Value::hole());
  if (given == node->count) return vm.run(node, env, on_stack, this);
  Frame inner{vm, env, on_stack};
  node->fill_defaults(inner, this);
  return vm.run(node, inner.env, inner.on_stack, this);
}

Value TailCallNode::eval(Frame& frame) const {
  const Func* callee_value = function(frame);
  const FunctionNode* node = callee_value->node;
  if (node == nullptr || positional.size() > node->count) return general(frame, callee_value);
  Vm& vm = frame.vm;
  if (node->body == nullptr) node->prepare(vm);
  Env* env = vm.tail_env(callee_value->env, node->slots);
  for (size_t i = 0; i < positional.size(); ++i) env->slots[i] = positional[i]->eval(frame);
  const bool complete = positional.size() == node->count;
  if (!complete) {
    Frame inner{vm, env, false};
    node->fill_defaults(inner, this);
  }
  vm.pending = {callee_value, env, this, complete};
  return Value::tail_call();
}

Value BuiltinNode::eval(Frame& frame) const {
  if (temporaries != 0) return eval_with_temporaries(frame);
  Value values[8];
  for (size_t i = 0; i < arguments.size(); ++i)
    values[i] =
        (builtin->lazy >> i & 1) != 0 ? arguments[i]->lazy(frame) : arguments[i]->eval(frame);
  for (size_t i = arguments.size(); i < builtin->count; ++i) values[i] = Value::hole();
  Scope scope(frame.vm, TraceKind::kCall, this, nullptr);
  const Value result = builtin->call(frame.vm, values, this);
  frame.vm.fresh = builtin->makes_text && result.is_string() ? result.str() : nullptr;
  return result;
}

// As in std.length(std.manifestJson(x)): texts that live only for this call are given back.
Value BuiltinNode::eval_with_temporaries(Frame& frame) const {
  Vm& vm = frame.vm;
  Value values[8];
  const Str* made[8] = {};
  for (size_t i = 0; i < arguments.size(); ++i) {
    values[i] =
        (builtin->lazy >> i & 1) != 0 ? arguments[i]->lazy(frame) : arguments[i]->eval(frame);
    if ((temporaries >> i & 1) != 0 && values[i].is_string() && values[i].str() == vm.fresh)
      made[i] = vm.fresh;
  }
  for (size_t i = arguments.size(); i < builtin->count; ++i) values[i] = Value::hole();
  Scope scope(vm, TraceKind::kCall, this, nullptr);
  const Value result = builtin->call(vm, values, this);
  for (size_t i = arguments.size(); i-- > 0;)
    if (made[i] != nullptr) vm.give_back(made[i]);
  vm.fresh = builtin->makes_text && result.is_string() ? result.str() : nullptr;
  return result;
}

// --- operators

namespace {

std::string_view operator_text(Op op) {
  switch (op) {
    case Op::kNeg:
    case Op::kSub:
      return "-";
    case Op::kPlus:
    case Op::kAdd:
      return "+";
    case Op::kNot:
      return "!";
    case Op::kBitNot:
      return "~";
    case Op::kMul:
      return "*";
    case Op::kDiv:
      return "/";
    case Op::kMod:
      return "%";
    case Op::kShiftLeft:
      return "<<";
    case Op::kShiftRight:
      return ">>";
    case Op::kBitAnd:
      return "&";
    case Op::kBitOr:
      return "|";
    case Op::kBitXor:
      return "^";
    case Op::kLess:
      return "<";
    case Op::kLessEq:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterEq:
      return ">=";
    default:
      return "?";
  }
}

int64_t whole(Vm& vm, double number, const Exec* at) {
  constexpr double kLimit = 9007199254740991.0;  // 2^53 - 1: beyond it not every integer exists
  if (!(number >= -kLimit && number <= kLimit))
    vm.fail(at, "bitwise operators take whole numbers between -(2^53 - 1) and 2^53 - 1");
  return static_cast<int64_t>(number);
}

Value shift_left(Vm& vm, double a, double b, const Exec* at) {
  if (b < 0) vm.fail(at, "a shift cannot be negative");
  const int64_t left = whole(vm, a, at);
  const int64_t right = whole(vm, b, at) % 64;
  if (right >= 1 && std::abs(left) >= (int64_t{1} << (63 - right)))
    vm.fail(at, "this shift leaves the range of whole numbers");
  return Value::number(
      static_cast<double>(static_cast<int64_t>(static_cast<uint64_t>(left) << right)));
}

Value shift_right(Vm& vm, double a, double b, const Exec* at) {
  if (b < 0) vm.fail(at, "a shift cannot be negative");
  return Value::number(static_cast<double>(whole(vm, a, at) >> (whole(vm, b, at) % 64)));
}

// Two numbers; false if the result is an error or costs more than a glance.
template <Op kOp>
inline bool numbers(double a, double b, Value& out) {
  double result = 0;
  switch (kOp) {
    case Op::kAdd:
      result = a + b;
      break;
    case Op::kSub:
      result = a - b;
      break;
    case Op::kMul:
      result = a * b;
      break;
    case Op::kLess:
      return out = Value::boolean(a < b), true;
    case Op::kLessEq:
      return out = Value::boolean(a <= b), true;
    case Op::kGreater:
      return out = Value::boolean(a > b), true;
    case Op::kGreaterEq:
      return out = Value::boolean(a >= b), true;
    default:
      return false;
  }
  if (!std::isfinite(result)) return false;
  out = Value::number(result);
  return true;
}

[[noreturn]] void bad_operands(Vm& vm, Op op, Value a, Value b, const Exec* at) {
  const std::string text(operator_text(op));
  if (a.type() != b.type())
    vm.fail(at, "'" + text + "' cannot join a " + std::string(type_name(a.type())) + " and a " +
                    std::string(type_name(b.type())));
  vm.fail(at, "'" + text + "' does not work on a " + std::string(type_name(a.type())));
}

Value slow_binary(Vm& vm, Op op, Value a, Value b, const Exec* at) {
  switch (op) {
    case Op::kAdd:
      return add(vm, a, b, at);
    case Op::kLess:
      return Value::boolean(compare(vm, a, b, at) < 0);
    case Op::kLessEq:
      return Value::boolean(compare(vm, a, b, at) <= 0);
    case Op::kGreater:
      return Value::boolean(compare(vm, a, b, at) > 0);
    case Op::kGreaterEq:
      return Value::boolean(compare(vm, a, b, at) >= 0);
    default:
      break;
  }
  if (!a.is_number() || !b.is_number()) bad_operands(vm, op, a, b, at);
  const double x = a.num(), y = b.num();
  switch (op) {
    case Op::kSub:
      return checked(vm, x - y, at);
    case Op::kMul:
      return checked(vm, x * y, at);
    case Op::kDiv:
      if (y == 0) vm.fail(at, "division by zero");
      return checked(vm, x / y, at);
    case Op::kShiftLeft:
      return shift_left(vm, x, y, at);
    case Op::kShiftRight:
      return shift_right(vm, x, y, at);
    case Op::kBitAnd:
      return Value::number(static_cast<double>(whole(vm, x, at) & whole(vm, y, at)));
    case Op::kBitOr:
      return Value::number(static_cast<double>(whole(vm, x, at) | whole(vm, y, at)));
    default:
      return Value::number(static_cast<double>(whole(vm, x, at) ^ whole(vm, y, at)));
  }
}

}  // namespace

Value modulo(Vm& vm, Value a, Value b, const Exec* at);

template <Op kOp>
Value BinaryNode<kOp>::eval(Frame& frame) const {
  const Value a = left->eval(frame);
  if constexpr (kOp == Op::kAdd) {
    if (left_makes_text && a.is_string() && a.str() == frame.vm.fresh) {
      const Value more = right->eval(frame);
      return add_to_fresh(frame.vm, a.str(), more, this);
    }
  }
  const Value b = right->eval(frame);
  Value out = Value::hole();
  if (a.is_number() && b.is_number() && numbers<kOp>(a.num(), b.num(), out)) return out;
  if constexpr (kOp == Op::kMod) return modulo(frame.vm, a, b, this);
  return slow_binary(frame.vm, kOp, a, b, this);
}

template <Op kOp>
bool BinaryNode<kOp>::quick(Frame& frame, Value& out) const {
  Value a, b;
  return left->quick(frame, a) && a.is_number() && right->quick(frame, b) && b.is_number() &&
         numbers<kOp>(a.num(), b.num(), out);
}

template <Op kOp>
Value BinaryNode<kOp>::lazy(Frame& frame) const {
  Value out = Value::hole();
  return quick(frame, out) ? out : Exec::lazy(frame);
}

template struct BinaryNode<Op::kAdd>;
template struct BinaryNode<Op::kSub>;
template struct BinaryNode<Op::kMul>;
template struct BinaryNode<Op::kDiv>;
template struct BinaryNode<Op::kMod>;
template struct BinaryNode<Op::kShiftLeft>;
template struct BinaryNode<Op::kShiftRight>;
template struct BinaryNode<Op::kBitAnd>;
template struct BinaryNode<Op::kBitOr>;
template struct BinaryNode<Op::kBitXor>;
template struct BinaryNode<Op::kLess>;
template struct BinaryNode<Op::kLessEq>;
template struct BinaryNode<Op::kGreater>;
template struct BinaryNode<Op::kGreaterEq>;

template <Op kOp>
Value UnaryNode<kOp>::eval(Frame& frame) const {
  const Value value = operand->eval(frame);
  if constexpr (kOp == Op::kNot) {
    if (value.is_bool()) return Value::boolean(value.is_false());
  } else {
    if (value.is_number()) {
      const double number = value.num();
      if constexpr (kOp == Op::kNeg) return Value::number(-number);
      if constexpr (kOp == Op::kPlus) return value;
      return Value::number(static_cast<double>(~whole(frame.vm, number, this)));
    }
  }
  frame.vm.fail(this, "'" + std::string(operator_text(kOp)) + "' does not work on a " +
                          std::string(type_name(value.type())));
}

template struct UnaryNode<Op::kNeg>;
template struct UnaryNode<Op::kPlus>;
template struct UnaryNode<Op::kNot>;
template struct UnaryNode<Op::kBitNot>;

Value EqualNode::eval(Frame& frame) const {
  const Value a = left->eval(frame);
  const Value b = right->eval(frame);
  return Value::boolean(equal(frame.vm, a, b, this) != negated);
}

Value InNode::eval(Frame& frame) const {
  Vm& vm = frame.vm;
  const Value key = left->eval(frame);
  const Value object = right->eval(frame);
  if (!key.is_string())
    vm.fail(this,
            "the left side of 'in' must be a string, not a " + std::string(type_name(key.type())));
  if (!object.is_object())
    vm.fail(this, "the right side of 'in' must be an object, not a " +
                      std::string(type_name(object.type())));
  return Value::boolean(vm.has(object.obj(), key.str(), true));
}

Value LogicNode::eval(Frame& frame) const {
  const Value a = left->eval(frame);
  if (!a.is_bool())
    frame.vm.fail(this, std::string(stops_at ? "'||'" : "'&&'") + " works on booleans, not on a " +
                            std::string(type_name(a.type())));
  if (a.is_true() == stops_at) return a;
  const Value b = right->eval(frame);
  if (!b.is_bool())
    frame.vm.fail(this, std::string(stops_at ? "'||'" : "'&&'") + " works on booleans, not on a " +
                            std::string(type_name(b.type())));
  return b;
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

// --- arrays

Value ArrayNode::eval(Frame& frame) const {
  Vm& vm = frame.vm;
  Value* values = vm.region.array<Value>(items.size());
  for (size_t i = 0; i < items.size(); ++i) values[i] = items[i]->lazy(frame);
  return Value::of(vm.array(values, items.size()));
}

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

Value ArrayCompNode::eval(Frame& frame) const {
  std::vector<Value> values;
  run_specs(frame, specs, this, [&](Frame& inner) { values.push_back(element->lazy(inner)); });
  return Value::of(frame.vm.array(values));
}

// --- functions

Value FunctionNode::eval(Frame& frame) const {
  return Value::of(frame.vm.region.make<Func>(this, frame.capture(), nullptr, nullptr));
}

void FunctionNode::prepare(Vm& vm) const {
  defaults = vm.region.array<const Exec*>(count);
  for (uint32_t i = 0; i < count; ++i) defaults[i] = vm.lower(code, default_ids[i], false);
  body = vm.lower_body(code, body_id, true);
}

void FunctionNode::fill_defaults(Frame& frame, const Exec* at) const {
  for (uint32_t i = 0; i < count; ++i) {
    if (!frame.env->slots[i].is_hole()) continue;
    if (defaults[i] == nullptr)
      frame.vm.fail(at, "the parameter '" + std::string(names[i]->view()) +
                            "' of this function was not given");
    const Value value = defaults[i]->lazy(frame);
    frame.env->slots[i] = value;
  }
}

// --- objects

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

// --- imports

Value ImportNode::eval(Frame& frame) const {
  if (known.is_hole()) known = frame.vm.import(code, path, how, this);
  return known;
}

}  // namespace kfctl::jsonnet
