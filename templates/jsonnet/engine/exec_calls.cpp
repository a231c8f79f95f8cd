// How functions are made and called.
#include <algorithm>

#include <alloca.h>

#include "templates/jsonnet/engine/exec.h"

namespace kfctl::jsonnet {

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
  if ((texts | arrays) != 0) return eval_with_temporaries(frame);
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
    if ((texts >> i & 1) != 0 && values[i].is_string() && values[i].str() == vm.fresh)
      made[i] = vm.fresh;
    if ((arrays >> i & 1) != 0) values[i].arr()->made->read_once = true;
  }
  for (size_t i = arguments.size(); i < builtin->count; ++i) values[i] = Value::hole();
  Scope scope(vm, TraceKind::kCall, this, nullptr);
  const Value result = builtin->call(vm, values, this);
  for (size_t i = arguments.size(); i-- > 0;)
    if (made[i] != nullptr) vm.give_back(made[i]);
  vm.fresh = builtin->makes_text && result.is_string() ? result.str() : nullptr;
  return result;
}

}  // namespace kfctl::jsonnet
