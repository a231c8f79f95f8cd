// Forcing and calling.
#include "templates/jsonnet/engine/vm.h"

#include <algorithm>
#include <utility>

#include "templates/jsonnet/engine/exec.h"

namespace kfctl::jsonnet {

std::string_view type_name(Type type) {
  switch (type) {
    case Type::kNull:
      return "null";
    case Type::kBoolean:
      return "boolean";
    case Type::kNumber:
      return "number";
    case Type::kString:
      return "string";
    case Type::kArray:
      return "array";
    case Type::kObject:
      return "object";
    case Type::kFunction:
      return "function";
  }
  return "value";
}

Value Vm::thunk(const Exec* code, Env* env) {
  return Value::of(region.make<Thunk>(Value::pending(code), env));
}

Env* Vm::new_env(Env* parent, uint32_t count) {
  Env* env = static_cast<Env*>(region.allocate(Env::size_of(count)));
  env->parent = parent;
  env->count = count;
  std::fill(env->slots, env->slots + count, Value::hole());
  return env;
}

Value Vm::force_thunk(Thunk* thunk) {
  if (!thunk->value.is_hole()) return thunk->value;
  if (thunk->value.is_running()) fail(nullptr, "infinite recursion: this value needs itself");
  const Exec* code = thunk->value.code();
  thunk->value = Value::running();
  Scope scope(*this, TraceKind::kThunk, code, nullptr);
  Frame frame{*this, thunk->env, false};
  return thunk->value = code->eval(frame);
}

Env* Vm::tail_env(Env* parent, uint32_t count) {
  Env* env = std::exchange(spare_env_, nullptr);
  if (env == nullptr || env->count != count) return new_env(parent, count);
  env->parent = parent;
  std::fill(env->slots, env->slots + count, Value::hole());
  return env;
}

// A tail call's environment counts as being on the stack: who keeps it gets a copy. So it can
// serve the call after the next, and a loop of tail calls needs two of them.
Value Vm::run(const FunctionNode* node, Env* env, bool on_stack, const Exec* site) {
  Scope scope(*this, TraceKind::kCall, site, node->name);
  bool reusable = false;
  for (;;) {
    Frame frame{*this, env, on_stack};
    const Value value = node->body->eval(frame);
    if (on_stack && !frame.on_stack) node->captured = true;
    if (reusable && frame.on_stack) spare_env_ = env;
    if (!value.is_tail_call()) return value;
    if (depth_limit() < 0) fail(site, "cancelled");
    node = pending.function->node;
    env = pending.env;
    on_stack = reusable = pending.reusable && !node->captured;
    scope.trace.site = pending.site;
    scope.trace.name = node->name;
  }
}

Value Vm::call(const Func* function, std::initializer_list<Value> arguments, const Exec* at) {
  const FunctionNode* node = function->node;
  if (node == nullptr || node->count != arguments.size())
    return call(function, std::span<const Value>(arguments.begin(), arguments.size()), {}, at);
  if (node->body == nullptr) node->prepare(*this);
  constexpr uint32_t kOnStack = 12;
  struct {
    Env env;
    Value more[kOnStack];
  } place;
  const bool on_stack = !node->captured && node->slots <= kOnStack;
  Env* env = on_stack ? &place.env : new_env(nullptr, node->slots);
  env->parent = function->env;
  env->count = node->slots;
  std::copy(arguments.begin(), arguments.end(), env->slots);
  std::fill(env->slots + arguments.size(), env->slots + node->slots, Value::hole());
  return run(node, env, on_stack, at);
}

namespace {

std::string plural(size_t count, std::string_view word) {
  return std::to_string(count) + " " + std::string(word) + (count == 1 ? "" : "s");
}

[[noreturn]] void no_such_parameter(Vm& vm, const Str* name, const std::vector<std::string>& known,
                                    const Exec* at) {
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  vm.fail(at, "this function has no parameter '" + std::string(name->view()) + "'",
          list.empty() ? "it takes no arguments" : "its parameters are " + list);
}

}  // namespace

Value call_builtin(Vm& vm, const Func* function, std::span<const Value> arguments,
                   std::span<const NamedArgument> named, const Exec* at);

Value Vm::call(const Func* function, std::span<const Value> arguments,
               std::span<const NamedArgument> named, const Exec* at) {
  const FunctionNode* node = function->node;
  if (node == nullptr) return call_builtin(*this, function, arguments, named, at);
  if (arguments.size() > node->count)
    fail(at, "this function takes " + plural(node->count, "argument") + ", but " +
                 std::to_string(arguments.size()) + " were given");
  if (node->body == nullptr) node->prepare(*this);
  Env* env = new_env(function->env, node->slots);
  std::copy(arguments.begin(), arguments.end(), env->slots);
  for (const NamedArgument& argument : named) {
    const Str** const end = node->names + node->count;
    const Str** const found = std::find(node->names, end, argument.name);
    if (found == end) {
      std::vector<std::string> known;
      for (const Str** name = node->names; name != end; ++name) known.emplace_back((*name)->view());
      no_such_parameter(*this, argument.name, known, at);
    }
    Value& slot = env->slots[found - node->names];
    if (!slot.is_hole())
      fail(at, "the argument '" + std::string(argument.name->view()) + "' is given twice");
    slot = argument.value;
  }
  Frame frame{*this, env, false};
  if (arguments.size() + named.size() < node->count) node->fill_defaults(frame, at);
  return run(node, env, false, at);
}

namespace {

// slots: the function, then its arguments.
struct ApplyNode final : Exec {
  Value eval(Frame& frame) const override {
    Env* env = frame.env;
    return frame.vm.call(env->slots[0].func(),
                         std::span<const Value>(env->slots + 1, env->count - 1), {}, nullptr);
  }
};
const ApplyNode kApplyNode;

}  // namespace

Value Vm::lazy_call(const Func* function, std::initializer_list<Value> arguments) {
  Env* env = new_env(nullptr, static_cast<uint32_t>(arguments.size() + 1));
  env->slots[0] = Value::of(function);
  std::copy(arguments.begin(), arguments.end(), env->slots + 1);
  return thunk(&kApplyNode, env);
}

}  // namespace kfctl::jsonnet
