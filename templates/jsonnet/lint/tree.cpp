#include "templates/jsonnet/lint/tree.h"

#include "templates/jsonnet/engine/lexer.h"

namespace kfctl::lint {

using jsonnet::kFieldWords;
using jsonnet::kHeadWords;
using jsonnet::Lexer;
using jsonnet::ObjectField;
using jsonnet::Tok;
using jsonnet::Token;

namespace {

std::vector<Bind> binds_at(const AstDraft& tree, uint32_t at, uint32_t count) {
  std::vector<Bind> binds;
  for (uint32_t i = 0; i < count; ++i, at += 3)
    binds.push_back({tree.extra[at], tree.extra[at + 1], tree.extra[at + 2]});
  return binds;
}

}  // namespace

std::vector<Bind> binds_of(const AstDraft& tree, const Node& local) {
  return binds_at(tree, local.a + 1, tree.extra[local.a]);
}

ObjectView object_of(const AstDraft& tree, const Node& object) {
  ObjectView view;
  uint32_t at = object.a;
  const uint32_t fields = tree.extra[at], locals = tree.extra[at + 1], asserts = tree.extra[at + 2];
  at += kHeadWords;
  for (uint32_t i = 0; i < fields; ++i, at += kFieldWords) {
    const uint32_t* words = &tree.extra[at];
    view.fields.push_back({words[0], words[1], words[2], words[3], words[4]});
  }
  view.locals = binds_at(tree, at, locals);
  at += 3 * locals;
  view.asserts.assign(tree.extra.begin() + at, tree.extra.begin() + at + 2 * asserts);
  return view;
}

std::vector<Spec> specs_of(const AstDraft& tree, const Node& comprehension) {
  std::vector<Spec> specs;
  uint32_t at = comprehension.b + 1;
  for (uint32_t i = 0; i < tree.extra[comprehension.b]; ++i, at += 4) {
    const bool is_for = static_cast<jsonnet::SpecKind>(tree.extra[at]) == jsonnet::SpecKind::kFor;
    specs.push_back({is_for, tree.extra[at + 1], tree.extra[at + 2], tree.extra[at + 3]});
  }
  return specs;
}

FunctionView function_of(const AstDraft& tree, const Node& function) {
  FunctionView view;
  const uint32_t count = tree.extra[function.a];
  view.body = tree.extra[function.a + 2];
  view.name_or_zero = tree.extra[function.a + 3];
  for (uint32_t i = 0; i < count; ++i)
    view.parameters.push_back(
        {tree.extra[function.a + 4 + 2 * i], tree.extra[function.a + 5 + 2 * i]});
  return view;
}

CallView call_of(const AstDraft& tree, const Node& call) {
  CallView view;
  const uint32_t positional = tree.extra[call.b], named = tree.extra[call.b + 1];
  uint32_t at = call.b + 2;
  for (uint32_t i = 0; i < positional; ++i) view.positional.push_back(tree.extra[at++]);
  for (uint32_t i = 0; i < named; ++i, at += 2)
    view.named.push_back({tree.extra[at], tree.extra[at + 1]});
  return view;
}

bool is_binary(Op op) { return op >= Op::kAdd && op <= Op::kOr; }

namespace {

void add_object(const AstDraft& tree, const Node& node, std::vector<NodeId>& out) {
  const ObjectView object = object_of(tree, node);
  for (const ObjectField& field : object.fields) {
    if ((field.flags & jsonnet::kComputedKey) != 0) out.push_back(field.key);
    out.push_back(field.body);
  }
  for (const Bind& bind : object.locals) out.push_back(bind.value);
  out.insert(out.end(), object.asserts.begin(), object.asserts.end());
}

void add_call(const AstDraft& tree, const Node& node, std::vector<NodeId>& out) {
  const CallView call = call_of(tree, node);
  out.push_back(node.a);
  out.insert(out.end(), call.positional.begin(), call.positional.end());
  for (const Argument& argument : call.named) out.push_back(argument.value);
}

void add_specs(const AstDraft& tree, const Node& node, std::vector<NodeId>& out) {
  for (const Spec& spec : specs_of(tree, node)) out.push_back(spec.value);
}

}  // namespace

std::vector<NodeId> children_of(const AstDraft& tree, NodeId id) {
  const Node& node = tree.node(id);
  std::vector<NodeId> out;
  switch (node.op) {
    case Op::kField:
    case Op::kNeg:
    case Op::kPlus:
    case Op::kNot:
    case Op::kBitNot:
    case Op::kError:
    case Op::kSuperIndex:
    case Op::kInSuper:
      out = {node.a};
      break;
    case Op::kIndex:
      out = {node.a, node.b};
      break;
    case Op::kSlice:
      out = {node.a, tree.extra[node.b], tree.extra[node.b + 1], tree.extra[node.b + 2]};
      break;
    case Op::kIf:
    case Op::kAssert:
      out = {node.a, tree.extra[node.b], tree.extra[node.b + 1]};
      break;
    case Op::kLocal:
      for (const Bind& bind : binds_of(tree, node)) out.push_back(bind.value);
      out.push_back(node.b);
      break;
    case Op::kArray:
      out.assign(tree.extra.begin() + node.a, tree.extra.begin() + node.a + node.b);
      break;
    case Op::kArrayComp:
      out = {node.a};
      add_specs(tree, node, out);
      break;
    case Op::kObject:
      add_object(tree, node, out);
      break;
    case Op::kObjectComp:
      add_object(tree, node, out);
      add_specs(tree, node, out);
      break;
    case Op::kFunction: {
      const FunctionView function = function_of(tree, node);
      for (const Parameter& parameter : function.parameters) out.push_back(parameter.preset);
      out.push_back(function.body);
      break;
    }
    case Op::kCall:
      add_call(tree, node, out);
      break;
    default:
      if (is_binary(node.op)) out = {node.a, node.b};
  }
  std::erase(out, NodeId{0});
  return out;
}

namespace {

// Behind the name, which may be computed: [f(x)](parameter):: ...
void skip_to_parameters(Lexer& lexer) {
  int brackets = 0;
  for (Token token = lexer.next(); brackets > 0 || token.kind != Tok::kParenL;
       token = lexer.next()) {
    if (token.kind == Tok::kBracketL) ++brackets;
    if (token.kind == Tok::kBracketR) --brackets;
  }
}

}  // namespace

std::vector<uint32_t> parameter_places(const AstDraft& tree, const Node& function) {
  std::vector<uint32_t> places;
  Lexer lexer(*tree.source);
  lexer.seek(function.pos);
  skip_to_parameters(lexer);
  int depth = 0;
  bool at_name = true;
  for (Token token = lexer.next(); depth > 0 || token.kind != Tok::kParenR; token = lexer.next()) {
    if (depth == 0 && at_name) places.push_back(token.begin);
    at_name = false;
    switch (token.kind) {
      case Tok::kParenL:
      case Tok::kBraceL:
      case Tok::kBracketL:
        ++depth;
        break;
      case Tok::kParenR:
      case Tok::kBraceR:
      case Tok::kBracketR:
        --depth;
        break;
      case Tok::kComma:
        at_name = depth == 0;
        break;
      default:
        break;
    }
  }
  return places;
}

}  // namespace kfctl::lint
