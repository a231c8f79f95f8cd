// The nodes that are evaluated: the tree of a function or a field, lowered for this machine.
//
// Made by lower.cpp when a body is first needed, so that the parts of a library that nobody calls
// cost nothing but their parse. Nodes hold direct pointers and small caches, which is why each
// machine has its own.
#pragma once

#include <span>

#include "templates/jsonnet/engine/vm.h"

namespace kfctl::jsonnet {

struct ConstantNode final : Exec {
  Value value;
  Value eval(Frame&) const override { return value; }
  Value lazy(Frame&) const override { return value; }
  bool quick(Frame&, Value& out) const override { return out = value, true; }
};

/// A variable. `depth` environments out; small depths are nodes of their own.
template <int kDepth>
struct VariableNode final : Exec {
  uint32_t depth;
  uint32_t slot;
  Value eval(Frame& frame) const override;
  Value lazy(Frame& frame) const override;
  bool quick(Frame& frame, Value& out) const override;
  Value& place(Frame& frame) const {
    Env* env = frame.env;
    const uint32_t steps = kDepth >= 0 ? static_cast<uint32_t>(kDepth) : depth;
    for (uint32_t i = 0; i < steps; ++i) env = env->parent;
    return env->slots[slot];
  }
};

struct StdNode final : Exec {
  Value eval(Frame& frame) const override { return frame.vm.std_object(code); }
};

struct SelfNode final : Exec {
  uint32_t depth;
  Env* env_of(Frame& frame) const {
    Env* env = frame.env;
    for (uint32_t i = 0; i < depth; ++i) env = env->parent;
    return env;
  }
  Value eval(Frame& frame) const override { return env_of(frame)->slots[kSelfSlot]; }
  Value lazy(Frame& frame) const override { return eval(frame); }
  bool quick(Frame& frame, Value& out) const override { return out = eval(frame), true; }
};

struct SuperNode final : Exec {
  SelfNode self;
  const Exec* index;  // nullptr: `name`
  const Str* name;
  Value eval(Frame& frame) const override;
};

struct InSuperNode final : Exec {
  SelfNode self;
  const Exec* name;
  Value eval(Frame& frame) const override;
};

struct FieldNode final : Exec {
  const Exec* target;
  const Str* name;
  mutable Shape* shape = nullptr;  // where the name was last found
  mutable uint32_t position = 0;
  Value eval(Frame& frame) const override;
  bool quick(Frame& frame, Value& out) const override;
  Value lazy(Frame& frame) const override;
};

struct IndexNode final : Exec {
  const Exec* target;
  const Exec* index;
  Value eval(Frame& frame) const override;
};

struct SliceNode final : Exec {
  const Exec* target;
  const Exec* parts[3];  // nullptr: left out
  Value eval(Frame& frame) const override;
};

struct NamedNode {
  const Str* name;
  const Exec* value;
};

struct CallNode : Exec {
  const Exec* callee;
  std::span<const Exec* const> positional;
  std::span<const NamedNode> named;
  bool strict = false;
  Value eval(Frame& frame) const override;

 protected:
  ~CallNode() = default;
  const Func* function(Frame& frame) const;
  Value general(Frame& frame, const Func* function) const;
};
struct PlainCallNode final : CallNode {};

/// A tailstrict call in tail position: leaves the call to the loop of Vm::run.
struct TailCallNode final : CallNode {
  Value eval(Frame& frame) const override;
};

/// std.name(arguments), known to be that when it was lowered.
struct BuiltinNode final : Exec {
  const Builtin* builtin;
  std::span<const Exec* const> arguments;
  uint8_t texts = 0;   // bit i: argument i makes a text, and the function keeps none of it
  uint8_t arrays = 0;  // bit i: argument i makes an array of texts, which is read once (Made)
  Value eval(Frame& frame) const override;

 private:
  Value eval_with_temporaries(Frame& frame) const;
};

template <Op kOp>
struct UnaryNode final : Exec {
  const Exec* operand;
  Value eval(Frame& frame) const override;
};

template <Op kOp>
struct BinaryNode final : Exec {
  const Exec* left;
  const Exec* right;
  bool left_makes_text = false;  // see Vm::fresh
  Value eval(Frame& frame) const override;
  Value lazy(Frame& frame) const override;
  bool quick(Frame& frame, Value& out) const override;
};

struct EqualNode final : Exec {
  const Exec* left;
  const Exec* right;
  bool negated;
  Value eval(Frame& frame) const override;
};

struct InNode final : Exec {
  const Exec* left;
  const Exec* right;
  Value eval(Frame& frame) const override;
};

/// && and ||: `stops_at` is the left value that decides alone.
struct LogicNode final : Exec {
  const Exec* left;
  const Exec* right;
  bool stops_at;
  Value eval(Frame& frame) const override;
};

struct IfNode final : Exec {
  const Exec* condition;
  const Exec* yes;
  const Exec* no;  // nullptr: null
  Value eval(Frame& frame) const override;
};

struct SlotNode {
  uint32_t slot;
  const Exec* value;
};

/// Gives every slot its lazy value; they may refer to each other.
void bind_slots(Frame& frame, std::span<const SlotNode> bindings);

struct LocalNode final : Exec {
  std::span<const SlotNode> bindings;
  const Exec* body;
  Value eval(Frame& frame) const override;
};

struct AssertNode final : Exec {
  const Exec* condition;
  const Exec* message;  // may be nullptr
  const Exec* rest;
  Value eval(Frame& frame) const override;
};

struct ErrorNode final : Exec {
  const Exec* message;
  Value eval(Frame& frame) const override;
};

struct ArrayNode final : Exec {
  std::span<const Exec* const> items;
  Value eval(Frame& frame) const override;
  Value lazy(Frame& frame) const override { return eval(frame); }
};

struct SpecNode {
  SpecKind kind;
  uint32_t slots;
  const Exec* value;
  bool counted = false;  // the last slot holds the number of the turn (recording.h)
};

struct ArrayCompNode final : Exec {
  const Exec* element;
  std::span<const SpecNode> specs;
  Value eval(Frame& frame) const override;
};

struct FunctionNode final : Exec {
  const Str* name;  // nullptr: anonymous
  uint32_t count;   // of parameters
  uint32_t slots;
  const Str** names;
  NodeId* default_ids;  // 0: must be given
  NodeId body_id;
  mutable const Exec** defaults = nullptr;  // this and `body` are lowered at the first call
  mutable const Exec* body = nullptr;
  mutable bool captured = false;  // a call's environment outlived it: allocate it so at once

  Value eval(Frame& frame) const override;
  Value lazy(Frame& frame) const override { return eval(frame); }
  void prepare(Vm& vm) const;
  /// Defaults for the parameters that are still holes. Errors: one that has none.
  void fill_defaults(Frame& frame, const Exec* at) const;
};

/// An object literal, or with `specs` an object comprehension.
struct ObjectNode final : Exec {
  uint32_t slots;  // of the object's environment; 0: none
  std::span<const FieldCode> fields;
  std::span<const Exec* const> keys;  // computed ones; nullptr where `names` has it
  std::span<const Str* const> names;
  std::span<const SlotNode> locals;
  std::span<const Exec* const> asserts;  // condition, message or nullptr, ...
  std::span<const SpecNode> specs;
  Layout* layout = nullptr;          // if all keys are known
  std::span<const Value> constants;  // by field: its value if that is a literal, else a hole
  mutable const Layout* last_computed = nullptr;

  Value eval(Frame& frame) const override;
  Value lazy(Frame& frame) const override;
  bool has_asserts() const { return !asserts.empty(); }
  void bind_locals(Frame& frame) const { bind_slots(frame, locals); }
  void run_asserts(Frame& frame, const Exec* at) const;

 private:
  Value literal(Frame& frame) const;
  Value comprehension(Frame& frame) const;
  const Layout* computed_layout(Vm& vm, std::span<const Field> fields) const;
};

struct ImportNode final : Exec {
  std::string_view path;
  Op how;
  mutable Value known = Value::hole();
  Value eval(Frame& frame) const override;
};

/// The field `name` of the standard library, or nullptr (library.cpp).
const Builtin* find_builtin(std::string_view name);

}  // namespace kfctl::jsonnet
