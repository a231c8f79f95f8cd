#include "templates/jsonnet/engine/tree_index.h"

#include <algorithm>

#include "templates/jsonnet/engine/lexer.h"

namespace kfctl::jsonnet {
namespace {

bool is_for(const Ast& ast, uint32_t spec) {
  return static_cast<SpecKind>(ast.extra[spec]) == SpecKind::kFor;
}

bool opens(Tok kind) {
  return kind == Tok::kBraceL || kind == Tok::kBracketL || kind == Tok::kParenL;
}
bool closes(Tok kind) {
  return kind == Tok::kBraceR || kind == Tok::kBracketR || kind == Tok::kParenR;
}

// The end of the first bracket that opens behind `begin`, or of its line if it goes on.
uint32_t bracket_end(std::string_view source, uint32_t begin) {
  const size_t line_end = std::min(source.find('\n', begin), source.size());
  Lexer lexer(source);
  lexer.seek(begin);
  uint32_t end = begin;
  for (int depth = 0;;) {
    const Token token = lexer.next();
    if (token.kind == Tok::kEnd || token.begin >= line_end) return end;
    end = token.end;
    if (opens(token.kind)) ++depth;
    if (closes(token.kind) && --depth <= 0) return end;
  }
}

// The end of an expression that begins at `begin`, or of its line.
uint32_t expression_end(std::string_view source, uint32_t begin) {
  const size_t line_end = std::min(source.find('\n', begin), source.size());
  Lexer lexer(source);
  lexer.seek(begin);
  uint32_t end = begin;
  for (int depth = 0, ifs = 0;;) {
    const Token token = lexer.next();
    if (token.kind == Tok::kEnd || token.begin >= line_end) return end;
    if (opens(token.kind)) ++depth;
    if (closes(token.kind) && depth-- == 0) return end;
    if (token.kind == Tok::kIf) ++ifs;
    if (depth == 0) {
      const bool ends = token.kind == Tok::kComma || token.kind == Tok::kSemicolon ||
                        token.kind == Tok::kFor || (token.kind == Tok::kThen && ifs == 0) ||
                        (token.kind == Tok::kElse && ifs-- == 0) ||
                        (token.kind == Tok::kOperator && token.text == ":");
      if (ends) return end;
    }
    end = token.end;
  }
}

uint32_t token_end(std::string_view source, uint32_t begin) {
  Lexer lexer(source);
  lexer.seek(begin);
  return lexer.next().end;
}

}  // namespace

TreeIndex::TreeIndex(const Ast& ast) : ast_(ast), parents_(ast.nodes.size(), 0) {
  for (NodeId id = 1; id < ast.nodes.size(); ++id)
    for_each_child(ast, id, [&](NodeId child) { parents_[child] = id; });
}

// --- what binds a variable: out from its use, counting the environments on the way as the resolver
// does

Binding TreeIndex::binding_of(NodeId variable) const {
  const Node& use = ast_.node(variable);
  Binding found;
  uint32_t depth = use.aux;
  for (NodeId child = variable; parents_[child] != 0; child = parents_[child])
    if (binds(parents_[child], child, use, depth, found)) break;
  return found;
}

// Looks into what `parent` binds; `depth` is how many environments out the variable still is.
bool TreeIndex::binds(NodeId parent, NodeId child, const Node& use, uint32_t& depth,
                      Binding& out) const {
  const Node& n = ast_.node(parent);
  switch (n.op) {
    case Op::kLocal:
      return depth == 0 && list_binds(n.a + 1, ast_.extra[n.a], use.a, out);
    case Op::kFunction:
      if (depth-- != 0) return false;
      out = {Binding::kParameter, parent, use.a};
      return true;
    case Op::kArrayComp:
      return specs_bind(n.b, child, use, depth, out);
    case Op::kObject:
      return object_binds(n, child, use, depth, out);
    case Op::kObjectComp:
      return object_binds(n, child, use, depth, out) || specs_bind(n.b, child, use, depth, out);
    default:
      return false;
  }
}

bool TreeIndex::list_binds(uint32_t triples, uint32_t count, uint32_t slot, Binding& out) const {
  for (uint32_t i = 0; i < count; ++i) {
    if (ast_.extra[triples + 3 * i + 1] != slot) continue;
    out = {Binding::kLocal, ast_.extra[triples + 3 * i + 2], 0};
    return true;
  }
  return false;
}

bool TreeIndex::object_binds(const Node& object, NodeId child, const Node& use, uint32_t& depth,
                             Binding& out) const {
  const uint32_t at = object.a;
  const uint32_t fields = ast_.extra[at], locals = ast_.extra[at + 1], asserts = ast_.extra[at + 2];
  const uint32_t list = at + kHeadWords + fields * kFieldWords;
  bool inside = false;
  for (uint32_t i = 0; i < fields && !inside; ++i) {
    const uint32_t field = at + kHeadWords + i * kFieldWords;
    if (ast_.extra[field + 1] != child) continue;
    inside = true;
    // A local in the body binds before we get here: what is left is further out.
    if (ast_.extra[field + 3] != 0 && depth-- == 0) return false;
  }
  for (uint32_t i = 0; i < locals; ++i) inside |= ast_.extra[list + 3 * i + 2] == child;
  for (uint32_t i = 0; i < 2 * asserts; ++i) inside |= ast_.extra[list + 3 * locals + i] == child;
  if (!inside || ast_.extra[at + 3] == 0) return false;  // a name, or no environment
  return depth-- == 0 && list_binds(list, locals, use.a, out);
}

bool TreeIndex::specs_bind(uint32_t specs, NodeId child, const Node& use, uint32_t& depth,
                           Binding& out) const {
  uint32_t visible = ast_.extra[specs];
  for (uint32_t i = 0; i < ast_.extra[specs]; ++i)
    if (ast_.extra[specs + 1 + 4 * i + 3] == child) visible = i;
  while (visible-- > 0) {
    const uint32_t spec = specs + 1 + 4 * visible;
    if (!is_for(ast_, spec) || depth-- != 0) continue;
    if (use.a != 0) return false;
    out = {Binding::kLoop, ast_.extra[spec + 3], 0};
    return true;
  }
  return false;
}

// --- names

Owner TreeIndex::owner_of(NodeId body) const {
  const NodeId parent = parents_[body];
  if (parent == 0) return {Owner::kFile, "", 0};
  const Node& n = ast_.node(parent);
  if (n.op == Op::kFunction) {
    const uint32_t name = ast_.extra[n.a + 3];
    return {Owner::kFunction, name == 0 ? "" : ast_.symbol(name - 1), n.pos};
  }
  for (uint32_t i = 0; i < ast_.extra[n.a]; ++i) {
    const uint32_t field = n.a + kHeadWords + i * kFieldWords;
    if (ast_.extra[field + 1] != body) continue;
    const bool computed = (ast_.extra[field + 2] & kComputedKey) != 0;
    return {Owner::kField, computed ? "" : ast_.symbol(ast_.extra[field]), ast_.extra[field + 4]};
  }
  return {Owner::kField, "", n.pos};
}

ValuePath TreeIndex::way_to(NodeId node) const {
  ValuePath way;
  for (; parents_[node] != 0; node = parents_[node]) {
    const Node& parent = ast_.node(parents_[node]);
    if (parent.op == Op::kObject) {
      const Owner owner = owner_of(node);
      if (owner.kind != Owner::kField || owner.name.empty()) break;
      way.emplace_back(std::string(owner.name));
    } else if (parent.op == Op::kArray) {
      for (uint32_t i = 0; i < parent.b; ++i)
        if (ast_.extra[parent.a + i] == node) way.emplace_back(static_cast<int64_t>(i));
    } else {
      break;
    }
  }
  std::reverse(way.begin(), way.end());
  return way;
}

// --- places

Extent TreeIndex::extent_of(NodeId node) const {
  const uint32_t begin = begin_of(node);
  return {begin, std::max(begin + 1, end_of(node))};
}

uint32_t TreeIndex::begin_of(NodeId node) const {
  for (;;) {
    const Node& n = ast_.node(node);
    switch (n.op) {
      case Op::kSuperField:
        return static_cast<uint32_t>(std::string_view(*ast_.source).rfind("super", n.pos));
      case Op::kField:
      case Op::kIndex:
      case Op::kSlice:
      case Op::kCall:
      case Op::kInSuper:
        node = n.a;
        break;
      default:
        if (n.op < Op::kAdd || n.op > Op::kOr) return n.pos;
        node = n.a;
    }
  }
}

uint32_t TreeIndex::end_of(NodeId node) const {
  const Node& n = ast_.node(node);
  const std::string_view source = *ast_.source;
  switch (n.op) {
    case Op::kVar:
    case Op::kStd:
    case Op::kSelf:
    case Op::kNull:
    case Op::kTrue:
    case Op::kFalse:
    case Op::kNumber:
    case Op::kString:
    case Op::kSuperField:
      return token_end(source, n.pos);
    case Op::kField: {
      const uint32_t end = token_end(source, n.pos);
      return source[n.pos] == '"' || source[n.pos] == '\'' ? end + 1 : end;  // ["name"]
    }
    case Op::kCall:
    case Op::kIndex:
    case Op::kSlice:
    case Op::kSuperIndex:
    case Op::kArray:
    case Op::kArrayComp:
    case Op::kObject:
    case Op::kObjectComp:
      return bracket_end(source, n.pos);
    default:
      return expression_end(source, begin_of(node));
  }
}

}  // namespace kfctl::jsonnet
