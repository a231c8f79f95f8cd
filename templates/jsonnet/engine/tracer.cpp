#include "templates/jsonnet/engine/tracer.h"

#include <algorithm>

namespace kfctl::jsonnet {
namespace {

constexpr int kMostSteps = 20'000;  // of one walk: beyond it the way counts as lost
constexpr int kDeepestWalk = 24;    // walks in walks
constexpr size_t kMostHops = 40;    // that are remembered
constexpr size_t kMostOverridden = 16;

constexpr std::string_view kVariablePath = "<extvar:";

bool same_place(const SourcePlace& a, const SourcePlace& b) {
  return a.file == b.file && a.line == b.line && a.column == b.column;
}

}  // namespace

Tracer::Tracer(Vm& vm) : vm_(vm), code_(vm.code_at(vm.request.path)), start_(start()) {}

Provenance Tracer::trace(const ValuePath& path) {
  Walk walk;
  walk.rest.assign(path.rbegin(), path.rend());
  enter(walk, start_);
  run(walk);
  walk.out.path = path;
  return std::move(walk.out);
}

// The program, or, if that is a function, its body with the top-level arguments.
Tracer::Ref Tracer::start() {
  const Ref root{code_, code_->ast->root, root_env(code_)};
  const Value value = eval(root);
  if (!value.is_function() || value.func()->node == nullptr) return root;
  const Func* function = value.func();
  const FunctionNode& node = *function->node;
  if (node.body == nullptr) node.prepare(vm_);
  Env* env = vm_.new_env(function->env, node.slots);
  std::vector<Argument> arguments(node.count, Argument{{}, {}, "", true});
  for (const NamedArgument& given : vm_.top_level_arguments()) {
    const auto which = std::find(node.names, node.names + node.count, given.name) - node.names;
    const std::string name(given.name->view());
    env->slots[which] = given.value;
    Argument& argument = arguments[static_cast<size_t>(which)];
    argument.left_out = false;
    if (Code* code = vm_.code_at("<top-level-arg:" + name + ">")) {
      argument.expression = {code, code->ast->root, root_env(code)};
    } else {
      argument.external = "top-level argument " + name;
    }
  }
  record_of(env) = Value::number(static_cast<double>(replayed_.size()));
  replayed_.push_back(std::move(arguments));
  Frame frame{vm_, env, false};
  node.fill_defaults(frame, nullptr);
  return {node.code, node.body_id, env};
}

void Tracer::run(Walk& walk) {
  ++nested_;
  try {
    for (int steps = 0; !walk.done && steps < kMostSteps; ++steps) step(walk);
  } catch (const EvalError&) {
    // What was evaluated before cannot fail now; what was not may.
  }
  if (!walk.done) finish(walk, OriginKind::kUnknown);
  if (nested_ < kDeepestWalk) reveal(walk);
  if (nested_ == 1 && walk.out.origin.kind == OriginKind::kComputed) inputs(walk);
  --nested_;
}

void Tracer::step(Walk& walk) {
  const Node& n = walk.at.code->ast->node(walk.at.node);
  const auto extra = [&](uint32_t at) { return walk.at.code->ast->extra[at]; };
  const auto go = [&](NodeId node) { enter(walk, {walk.at.code, node, walk.at.env}); };
  switch (n.op) {
    case Op::kNull:
    case Op::kTrue:
    case Op::kFalse:
    case Op::kNumber:
    case Op::kString:
    case Op::kFunction:
      return finish(walk, OriginKind::kLiteral);
    case Op::kVar:
      return variable(walk, n);
    case Op::kSelf:
      return self_member(walk, n.aux, false);
    case Op::kSuperField:
      walk.rest.emplace_back(std::string(walk.at.code->ast->symbol(n.a)));
      return self_member(walk, n.aux, true);
    case Op::kSuperIndex:
      walk.rest.emplace_back(std::string(eval({walk.at.code, n.a, walk.at.env}).str()->view()));
      return self_member(walk, n.aux, true);
    case Op::kField:
      walk.rest.emplace_back(std::string(walk.at.code->ast->symbol(n.b)));
      walk.at.node = n.a;
      return;
    case Op::kIndex:
      return index(walk, n);
    case Op::kSlice:
      return slice(walk, n);
    case Op::kCall:
      return call(walk, n);
    case Op::kAdd:
      return sum(walk, n);
    case Op::kIf: {
      const NodeId branch = extra(n.b + (eval({walk.at.code, n.a, walk.at.env}).is_true() ? 0 : 1));
      return branch == 0 ? finish(walk, OriginKind::kLiteral) : go(branch);
    }
    case Op::kLocal: {
      const auto* node = static_cast<const LocalNode*>(lowered(walk.at));
      Frame frame{vm_, walk.at.env, false};
      bind_slots(frame, node->bindings);
      return go(n.b);
    }
    case Op::kAssert:
      return go(extra(n.b + 1));
    case Op::kArray:
      if (walk.rest.empty() || !walk.rest.back().is_index())
        return finish(walk, OriginKind::kLiteral);
      return element(walk, n);
    case Op::kArrayComp:
      if (walk.rest.empty()) return finish(walk, OriginKind::kComputed);
      return element(walk, n);
    case Op::kObject:
    case Op::kObjectComp:
      return object(walk);
    case Op::kImport:
      return import(walk, n);
    case Op::kImportStr:
    case Op::kImportBin:
      return import(walk, n);
    default:
      return finish(walk, OriginKind::kComputed);
  }
}

// Goes on at another expression, and remembers it if all it does is hand on.
void Tracer::enter(Walk& walk, Ref to) {
  walk.at = to;
  const Node& node = to.code->ast->node(to.node);
  if (is_reference(node) && walk.out.hops.size() < kMostHops)
    walk.out.hops.push_back({place(to), ""});
}

bool Tracer::is_reference(const Node& node) {
  switch (node.op) {
    case Op::kVar:
    case Op::kField:
    case Op::kIndex:
    case Op::kSlice:
    case Op::kSuperField:
    case Op::kSuperIndex:
    case Op::kCall:
    case Op::kImport:
    case Op::kImportStr:
      return true;
    default:
      return false;
  }
}

void Tracer::finish(Walk& walk, OriginKind kind) {
  walk.done = true;
  Origin& origin = walk.out.origin;
  origin.kind = kind;
  origin.place = place(walk.at);
  // The layers of an object may have led into a variable's code without passing its name.
  if (origin.place.file.starts_with(kVariablePath)) {
    origin.external = origin.place.file.substr(kVariablePath.size());
    origin.external.pop_back();
    origin.inside = tree(walk.at.code).way_to(walk.at.node);
    origin.inside.insert(origin.inside.end(), walk.rest.rbegin(), walk.rest.rend());
  }
  if (kind == OriginKind::kExternal) return;
  // The last step did not hand on: it is the origin itself.
  std::vector<Hop>& hops = walk.out.hops;
  if (!hops.empty() && same_place(hops.back().place, origin.place) && hops.back().external.empty())
    hops.pop_back();
  if (kind == OriginKind::kUnknown) return;
  try {
    Value value;
    if (value_at(eval(walk.at), walk.rest, value)) origin.value = scalar(value);
  } catch (const EvalError&) {
    // Then it has no value to show.
  }
}

// What the definitions on the way hide, the innermost first.
void Tracer::reveal(Walk& walk) {
  std::vector<Origin>& list = walk.out.overridden;
  const auto add = [&](Origin origin) {
    // A definition that takes up what it hides (super.x) leads there as well.
    const bool known = same_place(origin.place, walk.out.origin.place) ||
                       std::any_of(list.begin(), list.end(), [&](const Origin& one) {
                         return same_place(origin.place, one.place);
                       });
    if (!known) list.push_back(std::move(origin));
  };
  for (; !walk.hidden.empty() && list.size() < kMostOverridden; walk.hidden.pop_back()) {
    Walk below;
    if (!begin_hidden(walk.hidden.back(), below)) continue;
    run(below);
    add(std::move(below.out.origin));
    for (Origin& origin : below.out.overridden) add(std::move(origin));
  }
}

// False if the hidden definition has no value at what is left of the path.
bool Tracer::begin_hidden(const Hidden& hidden, Walk& walk) {
  try {
    walk.rest = hidden.rest;
    Value value;
    if (hidden.object == nullptr) {
      if (!value_at(eval(hidden.expression), walk.rest, value)) return false;
      enter(walk, hidden.expression);
      return true;
    }
    uint32_t layer = 0, field = 0;
    if (!find_layer(hidden.object, walk.rest.back().key, layer, field, hidden.layers)) return false;
    const Way inside(walk.rest.begin(), walk.rest.end() - 1);
    if (!value_at(vm_.layer_field(hidden.object, layer, field), inside, value)) return false;
    walk.at = hidden.maker.expression;
    if (walk.at.code == nullptr) walk.at = start_;
    member(walk, hidden.object, hidden.layers, hidden.maker);
    return true;
  } catch (const EvalError&) {
    return false;  // nobody asked for it before
  }
}

// --- variables

Env* Tracer::out_by(Env* env, uint32_t depth) {
  for (; depth > 0; --depth) env = env->parent;
  return env;
}

void Tracer::variable(Walk& walk, const Node& node) {
  const Binding binding = tree(walk.at.code).binding_of(walk.at.node);
  Env* env = out_by(walk.at.env, node.aux);
  switch (binding.kind) {
    case Binding::kNone:
      return finish(walk, OriginKind::kUnknown);
    case Binding::kLocal:
      return enter(walk, {walk.at.code, binding.node, env});
    case Binding::kParameter:
      return parameter(walk, binding, env);
    case Binding::kLoop:
      walk.rest.emplace_back(static_cast<int64_t>(record_of(env).num()));
      return enter(walk, {walk.at.code, binding.node, env->parent});
  }
}

void Tracer::parameter(Walk& walk, const Binding& binding, Env* env) {
  const Ast& ast = *walk.at.code->ast;
  const NodeId preset = ast.extra[ast.node(binding.node).a + 4 + 2 * binding.index + 1];
  const Value record = record_of(env);
  if (record.is_thunk()) {
    const auto* site = static_cast<const RecordingCallNode*>(record.thunk()->value.code());
    const SymbolId name = ast.extra[ast.node(binding.node).a + 4 + 2 * binding.index];
    const NodeId given = site->argument(vm_.symbol(walk.at.code, name), binding.index);
    if (given != 0) return enter(walk, {site->code, given, record.thunk()->env});
    return preset == 0 ? finish(walk, OriginKind::kUnknown)
                       : enter(walk, {walk.at.code, preset, env});
  }
  if (!record.is_number()) return finish(walk, OriginKind::kGiven);
  static const Argument kLeftOut{{}, {}, "", true};
  const std::vector<Argument>& arguments = replayed_[static_cast<size_t>(record.num())];
  const Argument& argument = binding.index < arguments.size() ? arguments[binding.index] : kLeftOut;
  if (argument.left_out) return enter(walk, {walk.at.code, preset, env});
  if (!argument.external.empty()) {
    finish(walk, OriginKind::kExternal);
    walk.out.origin.place = {"", 0, 0, argument.external, ""};
    return;
  }
  if (argument.expression.code == nullptr) return finish(walk, OriginKind::kGiven);
  walk.rest.insert(walk.rest.end(), argument.inside.begin(), argument.inside.end());
  enter(walk, argument.expression);
}

// --- arrays and operators

void Tracer::index(Walk& walk, const Node& node) {
  const Value key = eval({walk.at.code, node.b, walk.at.env});
  if (key.is_string()) {
    walk.rest.emplace_back(std::string(key.str()->view()));
  } else if (key.is_number() && eval({walk.at.code, node.a, walk.at.env}).is_array()) {
    walk.rest.emplace_back(static_cast<int64_t>(key.num()));
  } else {
    return finish(walk, OriginKind::kComputed);  // a character of a string
  }
  walk.at.node = node.a;
}

void Tracer::slice(Walk& walk, const Node& node) {
  const Value target = eval({walk.at.code, node.a, walk.at.env});
  if (!target.is_array() || walk.rest.empty()) return finish(walk, OriginKind::kComputed);
  const auto part = [&](uint32_t i, double otherwise) {
    const NodeId id = walk.at.code->ast->extra[node.b + i];
    if (id == 0) return otherwise;
    const Value value = eval({walk.at.code, id, walk.at.env});
    return value.is_number() ? value.num() : otherwise;
  };
  double from = part(0, 0);
  if (from < 0) from = std::max(0.0, from + target.arr()->count);
  walk.rest.back().index =
      static_cast<int64_t>(from + part(2, 1) * static_cast<double>(walk.rest.back().index));
  walk.at.node = node.a;
}

void Tracer::sum(Walk& walk, const Node& node) {
  if (walk.rest.empty()) return finish(walk, OriginKind::kComputed);
  PathStep& next = walk.rest.back();
  if (!next.is_index()) return object(walk);
  const Ref left{walk.at.code, node.a, walk.at.env};
  const Value first = eval(left);
  if (!first.is_array()) return finish(walk, OriginKind::kComputed);
  if (next.index < first.arr()->count) return enter(walk, left);
  next.index -= first.arr()->count;
  enter(walk, {walk.at.code, node.b, walk.at.env});
}

// An item of an array literal or of a comprehension. REQUIRES: there is a rest.
void Tracer::element(Walk& walk, const Node& node) {
  if (!walk.rest.back().is_index()) return finish(walk, OriginKind::kUnknown);
  const size_t which = static_cast<size_t>(walk.rest.back().index);
  Ref to = walk.at;
  if (node.op == Op::kArray) {
    if (which >= node.b) return finish(walk, OriginKind::kUnknown);
    to.node = walk.at.code->ast->extra[node.a + which];
  } else {
    const Arr* made = eval(walk.at).arr();  // of DelayedNode: thunks, each with its turn
    if (which >= made->count) return finish(walk, OriginKind::kUnknown);
    to.node = node.a;
    to.env = made->items[which].thunk()->env;
  }
  walk.rest.pop_back();
  enter(walk, to);
}

// --- calls and imports

void Tracer::call(Walk& walk, const Node& node) {
  const Value callee = eval({walk.at.code, node.a, walk.at.env});
  if (!callee.is_function()) return finish(walk, OriginKind::kUnknown);
  const Func* function = callee.func();
  if (function->native != nullptr) return finish(walk, OriginKind::kComputed);
  if (function->builtin != nullptr) return library(walk, function);
  Frame frame{vm_, walk.at.env, false};
  Env* env = static_cast<const RecordingCallNode*>(lowered(walk.at))->bind(frame, function);
  if (env == nullptr) return finish(walk, OriginKind::kUnknown);
  enter(walk, {function->node->code, function->node->body_id, env});
}

void Tracer::import(Walk& walk, const Node& node) {
  const std::string_view path = walk.at.code->ast->string(node.a);
  const Code* from = walk.at.code;
  std::string resolved;
  vm_.import(from, path, node.op, nullptr);  // so that it is read
  vm_.load_text(from, path, resolved, nullptr);
  if (node.op == Op::kImport) {
    Code* code = vm_.code_at(resolved);
    if (code == nullptr) return finish(walk, OriginKind::kUnknown);
    return enter(walk, {code, code->ast->root, root_env(code)});
  }
  finish(walk, OriginKind::kText);
  walk.out.hops.push_back({walk.out.origin.place, ""});
  walk.out.origin.place = {resolved, 0, 0, "", ""};
}

}  // namespace kfctl::jsonnet
