// Reading the lists of an unresolved tree (engine/ast.h) by name instead of by offset.
#pragma once

#include <span>
#include <vector>

#include "templates/jsonnet/engine/ast.h"

namespace kfctl::lint {

using jsonnet::AstDraft;
using jsonnet::Node;
using jsonnet::NodeId;
using jsonnet::Op;
using jsonnet::SymbolId;

struct Bind {
  SymbolId name;
  uint32_t pos;  // of the name
  NodeId value;
};
/// Of a kLocal.
std::vector<Bind> binds_of(const AstDraft& tree, const Node& local);

struct ObjectView {
  std::vector<jsonnet::ObjectField> fields;
  std::vector<Bind> locals;
  std::vector<NodeId> asserts;  // conditions, each followed by its message or 0
};
/// Of a kObject or kObjectComp.
ObjectView object_of(const AstDraft& tree, const Node& object);

struct Spec {
  bool is_for;  // else if
  SymbolId name;
  uint32_t pos;  // of the name
  NodeId value;  // what is walked, or the condition
};
/// Of a kArrayComp or kObjectComp.
std::vector<Spec> specs_of(const AstDraft& tree, const Node& comprehension);

struct Parameter {
  SymbolId name;
  NodeId preset;  // 0: it must be given
};
struct FunctionView {
  std::vector<Parameter> parameters;
  NodeId body;
  SymbolId name_or_zero;  // symbol + 1
};
/// Of a kFunction.
FunctionView function_of(const AstDraft& tree, const Node& function);

struct Argument {
  SymbolId name;
  NodeId value;
};
struct CallView {
  std::vector<NodeId> positional;
  std::vector<Argument> named;
};
/// Of a kCall.
CallView call_of(const AstDraft& tree, const Node& call);

/// The expressions directly inside of a node, in no particular order.
std::vector<NodeId> children_of(const AstDraft& tree, NodeId id);

bool is_binary(Op op);

/// Where the parameters of a function stand in its source, in their order.
std::vector<uint32_t> parameter_places(const AstDraft& tree, const Node& function);

}  // namespace kfctl::lint
