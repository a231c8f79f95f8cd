// What a tree tells about itself when somebody asks: the parents of its nodes, what binds a
// variable, and which part of the source an expression is. Evaluation needs none of it.
#pragma once

#include <vector>

#include "templates/jsonnet/engine/ast.h"
#include "templates/jsonnet/value_path.h"

namespace kfctl::jsonnet {

/// What gives a variable its value.
struct Binding {
  enum Kind : uint8_t { kNone, kLocal, kParameter, kLoop };
  Kind kind = kNone;
  NodeId node = 0;     // kLocal: the bound expression; kParameter: the function; kLoop: what the
                       // loop goes over
  uint32_t index = 0;  // kParameter: which
};

/// What the body of a function, a field or a file belongs to.
struct Owner {
  enum Kind : uint8_t { kFile, kFunction, kField };
  Kind kind = kFile;
  std::string_view name;  // "" for what has none
  uint32_t pos = 0;
};

struct Extent {
  uint32_t begin = 0;  // byte offsets into the source
  uint32_t end = 0;
};

class TreeIndex {
 public:
  /// Looks at every node once. `ast` must outlive the index.
  explicit TreeIndex(const Ast& ast);

  /// REQUIRES: `variable` is a resolved kVar.
  Binding binding_of(NodeId variable) const;
  /// REQUIRES: `body` is the body of a function or a field, or the root.
  Owner owner_of(NodeId body) const;
  /// The text of the expression, from its first token to its last.
  Extent extent_of(NodeId node) const;
  /// The way from the root through object literals with plain names and array literals, or as much
  /// of its end as there is.
  ValuePath way_to(NodeId node) const;

 private:
  bool binds(NodeId parent, NodeId child, const Node& variable, uint32_t& depth,
             Binding& out) const;
  bool list_binds(uint32_t triples, uint32_t count, uint32_t slot, Binding& out) const;
  bool object_binds(const Node& object, NodeId child, const Node& variable, uint32_t& depth,
                    Binding& out) const;
  bool specs_bind(uint32_t specs, NodeId child, const Node& variable, uint32_t& depth,
                  Binding& out) const;
  uint32_t begin_of(NodeId node) const;
  uint32_t end_of(NodeId node) const;

  const Ast& ast_;
  std::vector<NodeId> parents_;  // by node
};

/// Calls each(child) for the nodes directly below `id`, those that are left out excepted.
template <typename Each>
void for_each_child(const Ast& ast, NodeId id, const Each& each) {
  const Node& n = ast.node(id);
  const auto visit = [&](NodeId child) {
    if (child != 0) each(child);
  };
  const auto visit_list = [&](uint32_t at, uint32_t count, uint32_t stride) {
    for (uint32_t i = 0; i < count; ++i) visit(ast.extra[at + i * stride]);
  };
  const auto visit_object = [&](uint32_t at) {
    const uint32_t fields = ast.extra[at], locals = ast.extra[at + 1], asserts = ast.extra[at + 2];
    for (uint32_t i = 0; i < fields; ++i) {
      const uint32_t field = at + kHeadWords + i * kFieldWords;
      if ((ast.extra[field + 2] & kComputedKey) != 0) visit(ast.extra[field]);
      visit(ast.extra[field + 1]);
    }
    const uint32_t list = at + kHeadWords + fields * kFieldWords;
    visit_list(list + 2, locals, 3);
    visit_list(list + 3 * locals, 2 * asserts, 1);
  };
  switch (n.op) {
    case Op::kNone:
    case Op::kNull:
    case Op::kTrue:
    case Op::kFalse:
    case Op::kNumber:
    case Op::kString:
    case Op::kVar:
    case Op::kStd:
    case Op::kSelf:
    case Op::kDollar:
    case Op::kSuperField:
    case Op::kImport:
    case Op::kImportStr:
    case Op::kImportBin:
      return;
    case Op::kSuperIndex:
    case Op::kInSuper:
    case Op::kField:
    case Op::kNeg:
    case Op::kPlus:
    case Op::kNot:
    case Op::kBitNot:
    case Op::kError:
      return visit(n.a);
    case Op::kSlice:
      visit(n.a);
      return visit_list(n.b, 3, 1);
    case Op::kCall: {
      visit(n.a);
      const uint32_t positional = ast.extra[n.b], named = ast.extra[n.b + 1];
      visit_list(n.b + 2, positional, 1);
      return visit_list(n.b + 2 + positional + 1, named, 2);
    }
    case Op::kIf:
    case Op::kAssert:
      visit(n.a);
      return visit_list(n.b, 2, 1);
    case Op::kLocal:
      visit_list(n.a + 3, ast.extra[n.a], 3);
      return visit(n.b);
    case Op::kArray:
      return visit_list(n.a, n.b, 1);
    case Op::kArrayComp:
      visit(n.a);
      return visit_list(n.b + 4, ast.extra[n.b], 4);
    case Op::kObject:
      return visit_object(n.a);
    case Op::kObjectComp:
      visit_object(n.a);
      return visit_list(n.b + 4, ast.extra[n.b], 4);
    case Op::kFunction:
      visit(ast.extra[n.a + 2]);
      return visit_list(n.a + 5, ast.extra[n.a], 2);
    default:  // the binary operators
      visit(n.a);
      return visit(n.b);
  }
}

}  // namespace kfctl::jsonnet
