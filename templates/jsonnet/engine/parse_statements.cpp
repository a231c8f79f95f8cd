// What begins with a keyword: assert, if, import, local; and functions with their parameters.
#include "templates/jsonnet/engine/parser_impl.h"

namespace kfctl::jsonnet {

NodeId Parser::assert_expression() {
  const uint32_t pos = take().begin;
  const NodeId condition = expression(kLowest);
  const NodeId message = at_operator(":") ? (advance(), expression(kLowest)) : 0;
  expect(Tok::kSemicolon, "after the assertion");
  const NodeId rest = expression(kLowest);
  const size_t mark = scratch_.size();
  scratch_.insert(scratch_.end(), {message, rest});
  return make(Op::kAssert, pos, condition, commit(mark));
}

NodeId Parser::if_expression() {
  const uint32_t pos = take().begin;
  const NodeId condition = expression(kLowest);
  expect(Tok::kThen, "after the condition");
  const NodeId yes = expression(kLowest);
  const NodeId no = accept(Tok::kElse) ? expression(kLowest) : 0;
  const size_t mark = scratch_.size();
  scratch_.insert(scratch_.end(), {yes, no});
  return make(Op::kIf, pos, condition, commit(mark));
}

NodeId Parser::import(Op op) {
  const uint32_t pos = take().begin;
  const Token what = token_;
  if (what.kind == Tok::kTextBlock) fail(what, "an import cannot name its file by a text block");
  if (what.kind != Tok::kString)
    fail(what, "an import needs the name of its file as a plain string",
         "computed imports are not allowed: choose between imports with if");
  const NodeId node = make(op, pos, add_string(what.text));
  ast_.imports.push_back(node);
  advance();
  // import 'a' + x and import 'a'.x look computed, and are refused as such.
  if (const NodeId more = infix(node, kLowest); more != node)
    throw SyntaxError{what.begin, what.end, "computed imports are not allowed",
                      "put the import in parentheses: (import '...').field"};
  return node;
}

NodeId Parser::local_expression() {
  has_locals_ = true;
  const uint32_t pos = take().begin;
  const size_t mark = scratch_.size();
  scratch_.push_back(0);
  do {
    binding(mark);
  } while (accept(Tok::kComma));
  expect(Tok::kSemicolon, "after the local bindings");
  const uint32_t list = commit(mark);
  return make(Op::kLocal, pos, list, expression(kLowest));
}

void Parser::binding(size_t mark) {
  const Token begin = token_;
  const SymbolId name = expect_name("after 'local'");
  NodeId body;
  if (accept(Tok::kParenL)) {
    body = function(begin.begin, name + 1, "=");
  } else {
    expect_operator("=", "after the name of the local");
    body = expression(kLowest);
  }
  scratch_[mark]++;
  // The slot is the resolver's to fill in; until then its place holds where the name stands.
  scratch_.insert(scratch_.end(), {name, begin.begin, body});
}

NodeId Parser::function(uint32_t pos, uint32_t name, std::string_view before) {
  const size_t mark = scratch_.size();
  parameters();
  if (before == "=") expect_operator("=", "after the parameters");
  const NodeId body = expression(kLowest);
  return finish_function(mark, pos, name, body);
}

void Parser::parameters() {
  scratch_.insert(scratch_.end(), {0, 0, 0, 0});
  const size_t head = scratch_.size() - 4;
  while (token_.kind != Tok::kParenR) {
    const SymbolId name = expect_name("as a parameter");
    const NodeId preset = at_operator("=") ? (advance(), expression(kLowest)) : 0;
    scratch_[head]++;
    scratch_.insert(scratch_.end(), {name, preset});
    if (token_.kind != Tok::kParenR) expect(Tok::kComma, "between parameters");
  }
  advance();
}

NodeId Parser::finish_function(size_t mark, uint32_t pos, uint32_t name, NodeId body) {
  scratch_[mark + 2] = body;
  scratch_[mark + 3] = name;
  return make(Op::kFunction, pos, commit(mark));
}

}  // namespace kfctl::jsonnet
