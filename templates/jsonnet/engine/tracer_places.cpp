// What the tracer knows of an expression where it stands: its value, its place, what it reads.
#include <algorithm>

#include "base/text.h"
#include "templates/jsonnet/engine/manifest.h"
#include "templates/jsonnet/engine/tracer.h"

namespace kfctl::jsonnet {
namespace {

constexpr size_t kMostInputs = 8;
constexpr int kDeepestInput = 8;  // how far down an expression its references are looked for
constexpr size_t kTextColumns = 60;

}  // namespace

// --- what a computation reads

void Tracer::inputs(Walk& walk) {
  std::vector<Ref> found;
  try {
    references(walk.at, 0, found);
  } catch (const EvalError&) {
    // Those that were found are shown.
  }
  for (const Ref& reference : found) {
    Walk one;
    enter(one, reference);
    run(one);
    if (!one.out.origin.value || one.out.origin.kind == OriginKind::kUnknown) continue;
    Origin& origin = one.out.origin;
    origin.place.text = place(reference).text;
    walk.out.inputs.push_back(std::move(origin));
  }
}

// The references in an expression, calls of the user's functions among them, outermost first.
void Tracer::references(Ref at, int depth, std::vector<Ref>& out) {
  const Ast& ast = *at.code->ast;
  const Node& n = ast.node(at.node);
  if (out.size() >= kMostInputs || depth > kDeepestInput) return;
  switch (n.op) {
    case Op::kVar:
    case Op::kField:
    case Op::kSuperField:
    case Op::kSuperIndex:
    case Op::kIndex:
      out.push_back(at);
      return;
    case Op::kFunction:
    case Op::kLocal:
    case Op::kObject:
    case Op::kObjectComp:
    case Op::kArrayComp:
      return;  // names in there have environments of their own
    case Op::kCall: {
      const Value callee = eval({at.code, n.a, at.env});
      if (callee.is_function() && callee.func()->node != nullptr) {
        out.push_back(at);
        return;
      }
      break;
    }
    default:
      break;
  }
  for_each_child(ast, at.node, [&](NodeId child) {
    const bool callee = n.op == Op::kCall && child == n.a;
    if (!callee) references({at.code, child, at.env}, depth + 1, out);
  });
}

Value Tracer::eval(Ref at) {
  Frame frame{vm_, at.env, false};
  return lowered(at)->eval(frame);
}

const Exec* Tracer::lowered(Ref at) {
  const Exec*& known = lowered_[{at.code, at.node}];
  if (known == nullptr) known = vm_.lower(at.code, at.node, false);
  return known;
}

const TreeIndex& Tracer::tree(const Code* code) {
  return trees_.try_emplace(code, *code->ast).first->second;
}

// The program and each file have one environment here, whoever asks.
Env* Tracer::root_env(Code* code) {
  Env*& env = roots_[code];
  if (env == nullptr) env = vm_.new_env(nullptr, code->ast->root_slots);
  return env;
}

bool Tracer::value_at(Value value, const Way& rest, Value& out) {
  for (auto step = rest.rbegin(); step != rest.rend(); ++step) {
    if (step->is_index()) {
      if (!value.is_array() || step->index >= value.arr()->count) return false;
      value = vm_.item(value.arr(), static_cast<size_t>(step->index));
    } else {
      if (!value.is_object()) return false;
      if (!vm_.get(value.obj(), vm_.intern(step->key), value, nullptr)) return false;
    }
  }
  out = value;
  return true;
}

std::optional<Json> Tracer::scalar(Value value) {
  if (value.is_object() || value.is_array() || value.is_function()) return std::nullopt;
  return to_json(vm_, value, nullptr);
}

SourcePlace Tracer::place(Ref at) {
  const Extent extent = tree(at.code).extent_of(at.node);
  const std::string_view source = *at.code->ast->source;
  const Place found = place_of(source, extent.begin);
  const size_t line_end = std::min(source.find('\n', extent.begin), source.size());
  const size_t end = std::min<size_t>(extent.end, line_end);
  std::string text(trim(source.substr(extent.begin, end - extent.begin)));
  if (text.size() > kTextColumns) text = text.substr(0, kTextColumns - 3) + "...";
  return {at.code->ast->path, found.line, found.column, std::move(text),
          excerpt_of(source, extent.begin, end - extent.begin)};
}

}  // namespace kfctl::jsonnet
