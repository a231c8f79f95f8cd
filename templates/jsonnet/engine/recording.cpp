#include "templates/jsonnet/engine/recording.h"

#include <algorithm>

namespace kfctl::jsonnet {

Env* RecordingCallNode::bind(Frame& frame, const Func* function) const {
  Vm& vm = frame.vm;
  const FunctionNode& node = *function->node;
  if (positional.size() > node.count) return nullptr;
  if (node.body == nullptr) node.prepare(vm);
  Env* env = vm.new_env(function->env, node.slots);
  const auto value = [&](const Exec* argument) {
    return strict ? argument->eval(frame) : argument->lazy(frame);
  };
  for (size_t i = 0; i < positional.size(); ++i) env->slots[i] = value(positional[i]);
  for (const NamedNode& argument : named) {
    const Str** const end = node.names + node.count;
    const Str** const found = std::find(node.names, end, argument.name);
    if (found == end || !env->slots[found - node.names].is_hole()) return nullptr;
    env->slots[found - node.names] = value(argument.value);
  }
  record_of(env) = Value::of(vm.region.make<Thunk>(Value::pending(this), frame.capture()));
  Frame inner{vm, env, false};
  node.fill_defaults(inner, this);
  return env;
}

Value RecordingCallNode::eval(Frame& frame) const {
  const Func* callee_value = function(frame);
  if (callee_value->node == nullptr) return general(frame, callee_value);
  Env* env = bind(frame, callee_value);
  if (env == nullptr) return general(frame, callee_value);  // reports it
  if (!tail || !strict) return frame.vm.run(callee_value->node, env, false, this);
  frame.vm.pending = {callee_value, env, this, false};
  return Value::tail_call();
}

NodeId RecordingCallNode::argument(const Str* name, uint32_t index) const {
  const Ast& ast = *code->ast;
  const uint32_t list = ast.node(id).b;
  if (index < positional.size()) return ast.extra[list + 2 + index];
  for (uint32_t i = 0; i < named.size(); ++i)
    if (named[i].name == name) return ast.extra[list + 2 + positional.size() + 2 * i + 1];
  return 0;
}

}  // namespace kfctl::jsonnet
