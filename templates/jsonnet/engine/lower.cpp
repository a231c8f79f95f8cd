// From the compact tree to nodes that run: one body at a time, when it is first needed.
#include <bit>

#include "templates/jsonnet/engine/recorder.h"
#include "templates/jsonnet/engine/recording.h"

namespace kfctl::jsonnet {
namespace {

class Lowering {
 public:
  Lowering(Vm& vm, Code* code) : vm_(vm), code_(code), ast_(*code->ast) {}

  const Exec* node(NodeId id, bool tail = false) {
    if (id == 0) return nullptr;
    if (stack_is_low()) vm_.fail(nullptr, "this program is nested too deeply");
    const Node& n = ast_.node(id);
    switch (n.op) {
      case Op::kNull:
      case Op::kTrue:
      case Op::kFalse:
      case Op::kNumber:
      case Op::kString:
        return make<ConstantNode>(n, [&](auto* x) { x->value = constant(n); });
      case Op::kVar:
        return variable(n);
      case Op::kStd:
        return make<StdNode>(n);
      case Op::kSelf:
        return make<SelfNode>(n, [&](auto* x) { x->depth = n.aux; });
      case Op::kSuperField:
        return make<SuperNode>(n, [&](auto* x) {
          x->self.depth = n.aux;
          x->index = nullptr;
          x->name = name(n.a);
        });
      case Op::kSuperIndex:
        return make<SuperNode>(n, [&](auto* x) {
          x->self.depth = n.aux;
          x->index = node(n.a);
        });
      case Op::kInSuper:
        return make<InSuperNode>(n, [&](auto* x) {
          x->self.depth = n.aux;
          x->name = node(n.a);
        });
      case Op::kField:
        return field(n);
      case Op::kIndex:
        return make<IndexNode>(n, [&](auto* x) {
          x->target = node(n.a);
          x->index = node(n.b);
        });
      case Op::kSlice:
        return make<SliceNode>(n, [&](auto* x) {
          x->target = node(n.a);
          for (uint32_t i = 0; i < 3; ++i) x->parts[i] = node(ast_.extra[n.b + i]);
        });
      case Op::kCall:
        return call(n, tail);
      case Op::kNeg:
        return unary<Op::kNeg>(n);
      case Op::kPlus:
        return unary<Op::kPlus>(n);
      case Op::kNot:
        return unary<Op::kNot>(n);
      case Op::kBitNot:
        return unary<Op::kBitNot>(n);
      case Op::kAdd:
        return binary<Op::kAdd>(n);
      case Op::kSub:
        return binary<Op::kSub>(n);
      case Op::kMul:
        return binary<Op::kMul>(n);
      case Op::kDiv:
        return binary<Op::kDiv>(n);
      case Op::kMod:
        return binary<Op::kMod>(n);
      case Op::kShiftLeft:
        return binary<Op::kShiftLeft>(n);
      case Op::kShiftRight:
        return binary<Op::kShiftRight>(n);
      case Op::kBitAnd:
        return binary<Op::kBitAnd>(n);
      case Op::kBitOr:
        return binary<Op::kBitOr>(n);
      case Op::kBitXor:
        return binary<Op::kBitXor>(n);
      case Op::kLess:
        return binary<Op::kLess>(n);
      case Op::kLessEq:
        return binary<Op::kLessEq>(n);
      case Op::kGreater:
        return binary<Op::kGreater>(n);
      case Op::kGreaterEq:
        return binary<Op::kGreaterEq>(n);
      case Op::kEqual:
      case Op::kNotEqual:
        return make<EqualNode>(n, [&](auto* x) {
          x->left = node(n.a);
          x->right = node(n.b);
          x->negated = n.op == Op::kNotEqual;
        });
      case Op::kIn:
        return make<InNode>(n, [&](auto* x) {
          x->left = node(n.a);
          x->right = node(n.b);
        });
      case Op::kAnd:
      case Op::kOr:
        return make<LogicNode>(n, [&](auto* x) {
          x->left = node(n.a);
          x->right = node(n.b);
          x->stops_at = n.op == Op::kOr;
        });
      case Op::kIf:
        return make<IfNode>(n, [&](auto* x) {
          x->condition = node(n.a);
          x->yes = node(ast_.extra[n.b], tail);
          x->no = node(ast_.extra[n.b + 1], tail);
        });
      case Op::kLocal:
        return make<LocalNode>(n, [&](auto* x) {
          x->bindings = slots(n.a + 1, ast_.extra[n.a]);
          x->body = node(n.b, tail);
        });
      case Op::kAssert:
        return make<AssertNode>(n, [&](auto* x) {
          x->condition = node(n.a);
          x->message = node(ast_.extra[n.b]);
          x->rest = node(ast_.extra[n.b + 1], tail);
        });
      case Op::kError:
        return make<ErrorNode>(n, [&](auto* x) { x->message = node(n.a); });
      case Op::kArray:
        return make<ArrayNode>(n, [&](auto* x) { x->items = nodes(n.a, n.b); });
      case Op::kArrayComp:
        return make<ArrayCompNode>(n, [&](auto* x) {
          x->element = element(n);
          x->specs = specs(n.b);
        });
      case Op::kObject:
      case Op::kObjectComp:
        return object(n);
      case Op::kFunction:
        return function(n);
      case Op::kImport:
      case Op::kImportStr:
      case Op::kImportBin:
        return make<ImportNode>(n, [&](auto* x) {
          x->path = ast_.string(n.a);
          x->how = n.op;
        });
      case Op::kDollar:
      case Op::kNone:
        break;
    }
    return nullptr;
  }

 private:
  template <typename T, typename Fill>
  T* make(const Node& n, const Fill& fill) {
    T* made = vm_.region.make<T>();
    made->code = code_;
    made->pos = n.pos;
    fill(made);
    return made;
  }
  template <typename T>
  T* make(const Node& n) {
    return make<T>(n, [](T*) {});
  }
  template <typename T>
  T* list(size_t count) {
    T* memory = vm_.region.array<T>(count);
    for (size_t i = 0; i < count; ++i) new (memory + i) T{};
    return memory;
  }

  const Str* name(SymbolId id) { return vm_.symbol(code_, id); }

  Value constant(const Node& n) {
    switch (n.op) {
      case Op::kNull:
        return Value::null();
      case Op::kTrue:
        return Value::boolean(true);
      case Op::kFalse:
        return Value::boolean(false);
      case Op::kNumber:
        return Value::number(std::bit_cast<double>(uint64_t{n.b} << 32 | n.a));
      case Op::kString:
        return Value::of(vm_.string_view_of(ast_.string(n.a)));
      default:
        return Value::hole();
    }
  }

  template <int kDepth>
  const Exec* variable_at(const Node& n) {
    return make<VariableNode<kDepth>>(n, [&](auto* x) {
      x->depth = n.aux;
      x->slot = n.a;
    });
  }
  const Exec* variable(const Node& n) {
    switch (n.aux) {
      case 0:
        return variable_at<0>(n);
      case 1:
        return variable_at<1>(n);
      case 2:
        return variable_at<2>(n);
      case 3:
        return variable_at<3>(n);
      default:
        return variable_at<-1>(n);
    }
  }

  const Exec* field(const Node& n) {
    if (ast_.node(n.a).op == Op::kStd && ast_.symbol(n.b) == "thisFile")
      return make<ConstantNode>(
          n, [&](auto* x) { x->value = Value::of(vm_.string_view_of(ast_.path)); });
    return make<FieldNode>(n, [&](auto* x) {
      x->target = node(n.a);
      x->name = name(n.b);
    });
  }

  std::span<const Exec* const> nodes(uint32_t at, uint32_t count) {
    const Exec** items = list<const Exec*>(count);
    for (uint32_t i = 0; i < count; ++i) items[i] = node(ast_.extra[at + i]);
    return {items, count};
  }

  // Whether the node sets Vm::fresh when it has made a string.
  bool makes_text(NodeId id) const {
    const Node& n = ast_.node(id);
    if (n.op == Op::kAdd || n.op == Op::kMod) return true;
    if (n.op != Op::kCall) return false;
    const Builtin* builtin = builtin_of(n);
    return builtin != nullptr && builtin->makes_text;
  }

  // Whether the node makes an array that nobody else knows, of texts that nobody else knows, as
  // std.makeArray(n, function(i) 'item %d' % i) does.
  bool makes_texts(NodeId id) const {
    const Node& n = ast_.node(id);
    const Builtin* builtin = n.op == Op::kCall ? builtin_of(n) : nullptr;
    if (builtin == nullptr || !builtin->makes_items || vm_.options.provenance) return false;
    const uint32_t positional = ast_.extra[n.b];
    for (uint32_t i = 0; i < positional; ++i) {
      const Node& argument = ast_.node(ast_.extra[n.b + 2 + i]);
      if (argument.op == Op::kFunction) return makes_text(ast_.extra[argument.a + 2]);
    }
    return false;
  }

  // The function of the library that a call is to, if that is known and its arguments fit.
  const Builtin* builtin_of(const Node& call) const {
    const uint32_t positional = ast_.extra[call.b];
    const uint32_t named = ast_.extra[call.b + 1];
    const Node& callee = ast_.node(call.a);
    if (callee.op != Op::kField || ast_.node(callee.a).op != Op::kStd || named != 0) return nullptr;
    const Builtin* builtin = find_builtin(ast_.symbol(callee.b));
    const bool fits =
        builtin != nullptr && positional >= builtin->required && positional <= builtin->count;
    return fits ? builtin : nullptr;
  }

  const Exec* call(const Node& n, bool tail) {
    const uint32_t positional = ast_.extra[n.b];
    const uint32_t named = ast_.extra[n.b + 1];
    if (const Builtin* builtin = builtin_of(n); builtin != nullptr) {
      return make<BuiltinNode>(n, [&](auto* x) {
        x->builtin =
            vm_.options.recorder == nullptr ? builtin : vm_.options.recorder->measured(builtin);
        x->arguments = nodes(n.b + 2, positional);
        for (uint32_t i = 0; i < positional; ++i) {
          const NodeId argument = ast_.extra[n.b + 2 + i];
          if (builtin->takes_text && makes_text(argument)) x->texts |= 1 << i;
          if (builtin->takes_items && makes_texts(argument)) x->arrays |= 1 << i;
        }
      });
    }
    const bool strict = (n.flags & kTailstrictCall) != 0;
    const auto fill = [&](CallNode* x) {
      x->callee = node(n.a);
      x->positional = nodes(n.b + 2, positional);
      NamedNode* pairs = list<NamedNode>(named);
      for (uint32_t i = 0; i < named; ++i) {
        const uint32_t at = n.b + 2 + positional + 2 * i;
        pairs[i] = {name(ast_.extra[at]), node(ast_.extra[at + 1])};
      }
      x->named = {pairs, named};
      x->strict = strict;
    };
    if (vm_.options.provenance) {
      return make<RecordingCallNode>(n, [&](auto* x) {
        fill(x);
        x->id = static_cast<NodeId>(&n - ast_.nodes.data());
        x->tail = tail && named == 0;
      });
    }
    if (strict && tail && named == 0) return make<TailCallNode>(n, fill);
    return make<PlainCallNode>(n, fill);
  }

  template <Op kOp>
  const Exec* unary(const Node& n) {
    return make<UnaryNode<kOp>>(n, [&](auto* x) { x->operand = node(n.a); });
  }
  template <Op kOp>
  const Exec* binary(const Node& n) {
    return make<BinaryNode<kOp>>(n, [&](auto* x) {
      x->left = node(n.a);
      x->right = node(n.b);
      x->left_makes_text = kOp == Op::kAdd && makes_text(n.a);
    });
  }

  // `count` triples (symbol, slot, node).
  std::span<const SlotNode> slots(uint32_t at, uint32_t count) {
    SlotNode* bindings = list<SlotNode>(count);
    for (uint32_t i = 0; i < count; ++i)
      bindings[i] = {ast_.extra[at + 3 * i + 1], node(ast_.extra[at + 3 * i + 2])};
    return {bindings, count};
  }

  // With provenance, environments of functions and loops have a slot for what made them.
  uint32_t slots_of(uint32_t resolved) const { return resolved + (vm_.options.provenance ? 1 : 0); }

  const Exec* element(const Node& n) {
    const Exec* inner = node(n.a);
    if (!vm_.options.provenance) return inner;
    return make<DelayedNode>(n, [&](auto* x) { x->inner = inner; });
  }

  std::span<const SpecNode> specs(uint32_t at) {
    const uint32_t count = ast_.extra[at];
    SpecNode* made = list<SpecNode>(count);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t spec = at + 1 + 4 * i;
      made[i] = {static_cast<SpecKind>(ast_.extra[spec]), slots_of(ast_.extra[spec + 2]),
                 node(ast_.extra[spec + 3]), vm_.options.provenance};
    }
    return {made, count};
  }

  const Exec* function(const Node& n) {
    return make<FunctionNode>(n, [&](auto* x) {
      const uint32_t* words = &ast_.extra[n.a];
      x->count = words[0];
      x->slots = slots_of(words[1]);
      x->body_id = words[2];
      x->name = words[3] == 0 ? nullptr : name(words[3] - 1);
      x->names = list<const Str*>(x->count);
      x->default_ids = list<NodeId>(x->count);
      for (uint32_t i = 0; i < x->count; ++i) {
        x->names[i] = name(words[4 + 2 * i]);
        x->default_ids[i] = words[4 + 2 * i + 1];
      }
    });
  }

  const Exec* object(const Node& n) {
    return make<ObjectNode>(n, [&](ObjectNode* x) {
      const ObjectHead head{ast_.extra[n.a], ast_.extra[n.a + 1], ast_.extra[n.a + 2],
                            ast_.extra[n.a + 3]};
      x->slots = head.slots;
      object_fields(*x, n.a + kHeadWords, head.fields, head.asserts != 0);
      const uint32_t locals = n.a + kHeadWords + head.fields * kFieldWords;
      x->locals = slots(locals, head.locals);
      x->asserts = nodes(locals + 3 * head.locals, 2 * head.asserts);
      if (n.op == Op::kObjectComp) x->specs = specs(n.b);
      if (x->keys.empty()) x->layout = static_layout(*x);
    });
  }

  void object_fields(ObjectNode& object, uint32_t at, uint32_t count, bool asserts) {
    FieldCode* fields = list<FieldCode>(count);
    const Exec** keys = list<const Exec*>(count);
    const Str** names = list<const Str*>(count);
    Value* constants = vm_.region.array<Value>(count);
    bool computed = false, any_constant = false;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t* words = &ast_.extra[at + i * kFieldWords];
      fields[i] = {words[1], words[2], words[3], words[4], nullptr};
      const bool is_computed = (words[2] & kComputedKey) != 0;
      computed = computed || is_computed;
      if (is_computed) {
        keys[i] = node(words[0]);
      } else {
        names[i] = name(words[0]);
      }
      const bool may_be_constant = !asserts && (words[2] & (kPlusField | kComputedKey)) == 0;
      constants[i] = may_be_constant ? constant(ast_.node(words[1])) : Value::hole();
      any_constant = any_constant || !constants[i].is_hole();
    }
    object.fields = {fields, count};
    object.names = {names, count};
    if (computed) object.keys = {keys, count};
    if (any_constant) object.constants = {constants, count};
  }

  Layout* static_layout(const ObjectNode& object) {
    std::vector<Field> fields;
    for (size_t i = 0; i < object.fields.size(); ++i)
      fields.push_back({object.names[i], &object.fields[i], object.fields[i].flags});
    return vm_.new_layout(fields, &object, false);
  }

  Vm& vm_;
  Code* code_;
  const Ast& ast_;
};

}  // namespace

const Exec* Vm::lower(Code* code, NodeId node, bool tail) {
  return Lowering(*this, code).node(node, tail);
}

const Exec* Vm::lower_body(Code* code, NodeId node, bool tail) {
  const Exec* body = lower(code, node, tail);
  return options.recorder == nullptr ? body : options.recorder->measured(*this, code, node, body);
}

const Str* Vm::symbol(Code* code, SymbolId id) {
  const Str*& known = code->symbols[id];
  if (known == nullptr) known = intern(string_view_of(code->ast->symbol(id)));
  return known;
}

}  // namespace kfctl::jsonnet
