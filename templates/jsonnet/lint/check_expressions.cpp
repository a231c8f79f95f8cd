// One walk over the tree, each node looked at once. `guarded_` counts, for each binding, the
// conditions around the current node that mention it: what is behind `if x != null` may say
// anything about x.
#include <algorithm>
#include <set>

#include "templates/jsonnet/lint/checks.h"
#include "templates/jsonnet/lint/deep_walk.h"

namespace kfctl::lint {
namespace {

bool is_comparison(Op op) { return op >= Op::kLess && op <= Op::kGreaterEq; }
bool is_arithmetic(Op op) {
  return op == Op::kSub || op == Op::kMul || op == Op::kDiv ||
         (op >= Op::kShiftLeft && op <= Op::kBitXor);
}
// Those for which an expression beside itself says nothing.
bool is_idle_with_itself(Op op) {
  return op == Op::kSub || op == Op::kDiv || op == Op::kMod || op == Op::kBitAnd ||
         op == Op::kBitOr || op == Op::kBitXor ||
         (op >= Op::kLess && op <= Op::kOr && op != Op::kIn);
}

class ExpressionCheck {
 public:
  ExpressionCheck(const File& file, Values& values, Report& report)
      : file_(file),
        tree_(file.tree),
        values_(values),
        report_(report),
        guarded_(file.names.bindings.size(), 0) {}

  void run() { walk(tree_.root); }

 private:
  // `all` if there was too much to look at: then anything may be meant.
  struct Mentioned {
    std::vector<BindingId> bindings;
    bool all = false;
  };

  Ref ref(NodeId id) const { return {&file_, id}; }

  void walk(NodeId id) {
    if (id == 0) return;
    const Node& node = tree_.node(id);
    check_depth(node);
    check(node);
    switch (node.op) {
      case Op::kIf:
        walk(node.a);
        return guarded(mentioned_in({node.a}), {tree_.extra[node.b], tree_.extra[node.b + 1]});
      case Op::kAssert:
        walk(node.a);
        return guarded(mentioned_in({node.a}), {tree_.extra[node.b], tree_.extra[node.b + 1]});
      case Op::kAnd:
      case Op::kOr:
        walk(node.a);
        return guarded(mentioned_in({node.a}), {node.b});
      case Op::kArrayComp:
      case Op::kObjectComp:
        return guarded(mentioned_in(conditions_of(node)), children_of(tree_, id));
      case Op::kObject:
        return guarded(mentioned_in(object_of(tree_, node).asserts), children_of(tree_, id));
      default:
        for (const NodeId child : children_of(tree_, id)) walk(child);
    }
  }

  void guarded(const Mentioned& mentioned, const std::vector<NodeId>& inside) {
    all_guarded_ += mentioned.all ? 1 : 0;
    for (const BindingId binding : mentioned.bindings) ++guarded_[binding];
    for (const NodeId child : inside) walk(child);
    for (const BindingId binding : mentioned.bindings) --guarded_[binding];
    all_guarded_ -= mentioned.all ? 1 : 0;
  }

  std::vector<NodeId> conditions_of(const Node& comprehension) const {
    std::vector<NodeId> conditions;
    for (const Spec& spec : specs_of(tree_, comprehension))
      if (!spec.is_for) conditions.push_back(spec.value);
    return conditions;
  }

  // The bindings that the conditions mention, themselves or by what their locals say.
  Mentioned mentioned_in(const std::vector<NodeId>& conditions) const {
    std::set<BindingId> found;
    std::vector<NodeId> pending = conditions;
    for (size_t looked = 0; !pending.empty(); ++looked) {
      if (looked == kMostLooked) return {{}, true};
      const NodeId id = pending.back();
      pending.pop_back();
      if (id == 0) continue;
      const BindingId binding = file_.names.by_node[id];
      if (binding != 0 && found.insert(binding).second && found.size() < kMostMentioned &&
          file_.names[binding].kind == BindingKind::kLocal &&
          tree_.node(file_.names[binding].value).op != Op::kObject)
        pending.push_back(file_.names[binding].value);
      const std::vector<NodeId> children = children_of(tree_, id);
      pending.insert(pending.end(), children.begin(), children.end());
    }
    return {{found.begin(), found.end()}, false};
  }

  // True if a condition around decides what the expression is.
  bool is_guarded(NodeId id) const {
    if (all_guarded_ > 0) return true;
    for (size_t looked = 0; looked < kMostLooked; ++looked) {
      const BindingId binding = file_.names.by_node[id];
      if (binding != 0) return guarded_[binding] > 0;
      const Node& node = tree_.node(id);
      if (node.op != Op::kField && node.op != Op::kIndex && node.op != Op::kCall) return false;
      id = node.a;
    }
    return true;
  }

  Type type(NodeId id) { return is_guarded(id) ? Type::kUnknown : values_.type(ref(id)); }

  void error(const Node& node, std::string message, std::string hint = "") {
    report_.add("type-error", node.pos, 1, std::move(message), std::move(hint));
  }

  void check(const Node& node) {
    switch (node.op) {
      case Op::kField:
        return field(node);
      case Op::kCall:
        return call(node);
      case Op::kIf:
        return condition(node);
      case Op::kNot:
        return operand(node, node.a, Type::kBool, "'!'");
      case Op::kNeg:
      case Op::kPlus:
      case Op::kBitNot:
        return operand(node, node.a, Type::kNumber, "this sign");
      case Op::kAssert:
        return assertion(node.a);
      case Op::kObject:
        return assertions(node);
      default:
        if (is_binary(node.op)) binary(node);
    }
  }

  void field(const Node& node) {
    const Type target = type(node.a);
    const std::string name(tree_.symbol(node.b));
    if (target == Type::kUnknown) return;
    if (target != Type::kObject) {
      report_.add("type-error", node.pos, name.size(),
                  std::string(type_text(target)) + " has no field '" + name + "'");
      return;
    }
    if (values_.has_field(ref(node.a), name) != Has::kNo) return;
    std::vector<std::string> names;
    values_.collect_fields(ref(node.a), names);
    const bool std = tree_.node(node.a).op == Op::kVar && file_.names.by_node[node.a] == 0;
    report_.add("unknown-field", node.pos, name.size(),
                (std ? "std has no member '" : "this object has no field '") + name + "'",
                did_you_mean(name, names));
  }

  void call(const Node& node) {
    const Type callee = type(node.a);
    if (callee != Type::kUnknown && callee != Type::kFunction)
      return error(node, "only a function can be called, not " + std::string(type_text(callee)));
    if (is_guarded(node.a)) return;
    if (const std::optional<Signature> takes = values_.signature(ref(node.a)))
      arguments(node, *takes);
  }

  static std::string count(size_t number, std::string_view noun) {
    return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
  }

  void arguments(const Node& node, const Signature& takes) {
    const CallView call = call_of(tree_, node);
    const auto wrong = [&](std::string message, std::string hint = "") {
      report_.add("wrong-arguments", node.pos, 1, std::move(message), std::move(hint));
    };
    if (call.positional.size() > takes.parameters.size())
      return wrong("this function takes " + count(takes.parameters.size(), "argument") + ", not " +
                   std::to_string(call.positional.size()));
    std::vector<std::string> names;
    for (const Signature::Parameter& one : takes.parameters) names.push_back(one.name);
    std::set<std::string> given(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(call.positional.size()));
    for (const Argument& argument : call.named) {
      const std::string name(tree_.symbol(argument.name));
      if (std::find(names.begin(), names.end(), name) == names.end())
        return wrong("this function has no parameter '" + name + "'", did_you_mean(name, names));
      if (!given.insert(name).second) return wrong("the argument '" + name + "' is given twice");
    }
    for (const Signature::Parameter& one : takes.parameters)
      if (one.required && !given.contains(one.name))
        return wrong("this call lacks the argument '" + one.name + "'");
  }

  std::optional<bool> constant(NodeId id) const {
    const Node& node = tree_.node(id);
    if (node.op == Op::kTrue) return true;
    if (node.op == Op::kFalse) return false;
    if (node.op != Op::kNot) return std::nullopt;
    const std::optional<bool> inner = constant(node.a);
    return inner ? std::optional<bool>(!*inner) : std::nullopt;
  }

  void constant_condition(NodeId id, std::string_view what) {
    const Node& node = tree_.node(id);
    report_.add("constant-condition", node.pos, 1,
                std::string(what) + " is always " + (*constant(id) ? "true" : "false"));
  }

  void condition(const Node& node) {
    if (constant(node.a)) constant_condition(node.a, "this condition");
    operand(node, node.a, Type::kBool, "a condition");
    const NodeId yes = tree_.extra[node.b], no = tree_.extra[node.b + 1];
    if (no != 0 && same_expression(file_, yes, no))
      report_.add("same-branches", node.pos, 2, "both branches of this if are the same");
  }

  void assertion(NodeId condition) {
    if (constant(condition).value_or(false)) constant_condition(condition, "what is asserted");
  }
  void assertions(const Node& node) {
    const std::vector<NodeId> asserts = object_of(tree_, node).asserts;
    for (size_t i = 0; i < asserts.size(); i += 2) assertion(asserts[i]);
  }

  void operand(const Node& node, NodeId id, Type wanted, std::string_view what) {
    const Type got = type(id);
    if (got == Type::kUnknown || got == wanted) return;
    error(node, std::string(what) + " needs " + std::string(type_text(wanted)) + ", not " +
                    std::string(type_text(got)));
  }

  void binary(const Node& node) {
    if (is_idle_with_itself(node.op) && same_expression(file_, node.a, node.b)) {
      report_.add("same-operands", node.pos, 1,
                  "both sides of this operator are the same expression");
      return;
    }
    if (node.op == Op::kAnd || node.op == Op::kOr) {
      for (const NodeId side : {node.a, node.b})
        if (constant(side)) return constant_condition(side, "this side");
      return operand(node, node.a, Type::kBool, "this operator");
    }
    if (node.op == Op::kEqual || node.op == Op::kNotEqual) return equality(node);
    if (is_arithmetic(node.op)) {
      operand(node, node.a, Type::kNumber, "this operator");
      return operand(node, node.b, Type::kNumber, "this operator");
    }
    const Type left = type(node.a), right = type(node.b);
    if (left == Type::kUnknown || right == Type::kUnknown) return;
    if (is_comparison(node.op)) return order(node, left, right);
    if (node.op == Op::kAdd && !can_add(left, right))
      error(node, std::string(type_text(left)) + " and " + std::string(type_text(right)) +
                      " cannot be added");
  }

  static bool can_add(Type left, Type right) {
    if (left == Type::kString || right == Type::kString) return true;
    return left == right &&
           (left == Type::kNumber || left == Type::kArray || left == Type::kObject);
  }

  // Only what the sides say themselves: a local may be a switch that somebody turns by hand.
  void equality(const Node& node) {
    const Type left = values_.type(ref(node.a), false), right = values_.type(ref(node.b), false);
    if (left == Type::kUnknown || right == Type::kUnknown || left == right) return;
    report_.add("constant-comparison", node.pos, 2,
                std::string(type_text(left)) + " never equals " + std::string(type_text(right)));
  }

  void order(const Node& node, Type left, Type right) {
    const bool ordered = left == Type::kNumber || left == Type::kString || left == Type::kArray;
    if (left == right && ordered) return;
    error(node, std::string(type_text(left)) + " and " + std::string(type_text(right)) +
                    " have no order");
  }

  static constexpr size_t kMostMentioned = 64;
  static constexpr size_t kMostLooked = 500;  // nodes, for one question

  const File& file_;
  const AstDraft& tree_;
  Values& values_;
  Report& report_;
  std::vector<uint32_t> guarded_;  // by binding
  uint32_t all_guarded_ = 0;
};

}  // namespace

void check_expressions(const File& file, Values& values, Report& report) {
  ExpressionCheck(file, values, report).run();
}

}  // namespace kfctl::lint
