// The walk of engine/resolver.cpp, but one that remembers the bindings. `bound_[symbol]` is the
// innermost binding of each name; what a scope hides is put back at its end.
#include "templates/jsonnet/lint/names.h"

#include "templates/jsonnet/lint/deep_walk.h"

namespace kfctl::lint {
namespace {

class Walk {
 public:
  explicit Walk(const AstDraft& tree) : tree_(tree), bound_(tree.symbols.size(), 0) {
    names_.by_node.assign(tree.nodes.size(), 0);
    open_.assign(1, false);
  }

  Names run() {
    walk(tree_.root);
    return std::move(names_);
  }

 private:
  BindingId bind(const Binding& binding) {
    const BindingId id = static_cast<BindingId>(names_.bindings.size());
    names_.bindings.push_back(binding);
    names_.bindings.back().hides = bound_[binding.name];
    open_.push_back(false);
    bound_[binding.name] = id;
    scope_.push_back(id);
    return id;
  }
  void unbind_to(size_t mark) {
    for (; scope_.size() > mark; scope_.pop_back()) {
      const Binding& binding = names_[scope_.back()];
      bound_[binding.name] = binding.hides;
    }
  }

  void use(NodeId id, bool called) {
    const BindingId binding = bound_[tree_.node(id).a];
    names_.by_node[id] = binding;
    if (binding == 0) return;
    if (!open_[binding]) ++names_.bindings[binding].uses;
    if (!called) ++names_.bindings[binding].not_calls;
  }

  // Binds all before it walks any: they see each other.
  void bind_group(const std::vector<Bind>& binds) {
    std::vector<BindingId> ids;
    for (const Bind& one : binds)
      ids.push_back(bind({one.name, BindingKind::kLocal, one.pos, one.value}));
    for (const BindingId id : ids) {
      open_[id] = true;
      walk(names_[id].value);
      open_[id] = false;
    }
  }

  void walk(NodeId id) {
    if (id == 0) return;
    const Node& node = tree_.node(id);
    check_depth(node);
    const size_t mark = scope_.size();
    switch (node.op) {
      case Op::kVar:
        return use(id, false);
      case Op::kCall:
        return call(node);
      case Op::kLocal:
        bind_group(binds_of(tree_, node));
        walk(node.b);
        break;
      case Op::kFunction:
        function(id, node);
        break;
      case Op::kArrayComp:
        specs(node);
        walk(node.a);
        break;
      case Op::kObject:
        object(node);
        break;
      case Op::kObjectComp:
        specs(node);
        object(node);
        break;
      default:
        for (const NodeId child : children_of(tree_, id)) walk(child);
    }
    unbind_to(mark);
  }

  void call(const Node& node) {
    if (tree_.node(node.a).op == Op::kVar) {
      use(node.a, true);
    } else {
      walk(node.a);
    }
    const CallView call = call_of(tree_, node);
    for (const NodeId argument : call.positional) walk(argument);
    for (const Argument& argument : call.named) walk(argument.value);
  }

  void function(NodeId id, const Node& node) {
    const FunctionView function = function_of(tree_, node);
    for (const Parameter& parameter : function.parameters)
      bind({parameter.name, BindingKind::kParameter, node.pos, 0, id});
    for (const Parameter& parameter : function.parameters) walk(parameter.preset);
    walk(function.body);
  }

  void specs(const Node& node) {
    for (const Spec& spec : specs_of(tree_, node)) {
      walk(spec.value);
      if (spec.is_for) bind({spec.name, BindingKind::kLoop, spec.pos, spec.value});
    }
  }

  void object(const Node& node) {
    const ObjectView object = object_of(tree_, node);
    for (const jsonnet::ObjectField& field : object.fields)
      if ((field.flags & jsonnet::kComputedKey) != 0) walk(field.key);
    bind_group(object.locals);
    for (const jsonnet::ObjectField& field : object.fields) walk(field.body);
    for (const NodeId assertion : object.asserts) walk(assertion);
  }

  const AstDraft& tree_;
  std::vector<BindingId> bound_;
  std::vector<BindingId> scope_;
  std::vector<bool> open_;  // by binding: its own value is being walked
  Names names_;
};

}  // namespace

Names names_of(const AstDraft& tree) { return Walk(tree).run(); }

}  // namespace kfctl::lint
