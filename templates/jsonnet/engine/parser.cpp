// Recursive descent with operator precedence, one token of look-ahead. Lists are gathered on
// `scratch_` while they grow, because the expressions inside them make lists of their own, and are
// moved to Ast::extra when complete.
#include "templates/jsonnet/engine/parser.h"

#include "base/pages.h"
#include "templates/jsonnet/engine/parser_impl.h"

namespace kfctl::jsonnet {
namespace {

template <typename T>
void reserve(std::vector<T>& list, size_t count) {
  list.reserve(round_to_huge_pages(count * sizeof(T)) / sizeof(T));
  prefer_huge_pages(list.data(), list.capacity() * sizeof(T));
}

}  // namespace

Parser::Parser(AstDraft& ast, std::string_view source) : ast_(ast), lexer_(source), symbols_(ast) {
  // More than any usual file needs: what is not used is never touched.
  reserve(ast_.nodes, source.size() / 8 + 16);
  reserve(ast_.extra, source.size() / 3 + 16);
  ast_.nodes.push_back({});
  advance();
}

NodeId Parser::parse_file() {
  const NodeId root = expression(kLowest);
  if (token_.kind != Tok::kEnd) unexpected("after the end of the expression");
  return root;
}

std::string Parser::shown(const Token& token) const {
  if (token.kind == Tok::kIdent || token.kind == Tok::kOperator || token.kind == Tok::kNumber)
    return "'" + std::string(token.text) + "'";
  const std::string name(token_name(token.kind));
  return token.kind > Tok::kDollar ? "'" + name + "'" : name;
}

void Parser::unexpected(std::string_view where, std::string hint) {
  fail(token_, "unexpected " + shown(token_) + " " + std::string(where), std::move(hint));
}

void Parser::expect(Tok kind, std::string_view where) {
  if (token_.kind != kind)
    fail(token_, "expected " + std::string(token_name(kind)) + " " + std::string(where) + ", not " +
                     shown(token_));
  advance();
}

void Parser::expect_operator(std::string_view text, std::string_view where) {
  if (!at_operator(text))
    fail(token_,
         "expected '" + std::string(text) + "' " + std::string(where) + ", not " + shown(token_));
  advance();
}

SymbolId Parser::expect_name(std::string_view where) {
  if (token_.kind != Tok::kIdent) {
    const bool keyword = token_.kind > Tok::kDollar;
    fail(token_, "expected a name " + std::string(where) + ", not " + shown(token_),
         keyword ? std::string(token_name(token_.kind)) + " is a keyword of jsonnet" : "");
  }
  const SymbolId id = symbols_.id(token_.text);
  advance();
  return id;
}

uint32_t Parser::add_string(std::string_view text) {
  ast_.strings.push_back(
      {static_cast<uint32_t>(ast_.pool.size()), static_cast<uint32_t>(text.size())});
  ast_.pool.append(text);
  return static_cast<uint32_t>(ast_.strings.size() - 1);
}

uint32_t Parser::commit(size_t mark) {
  const uint32_t begin = static_cast<uint32_t>(ast_.extra.size());
  ast_.extra.insert(ast_.extra.end(), scratch_.begin() + static_cast<ptrdiff_t>(mark),
                    scratch_.end());
  scratch_.resize(mark);
  return begin;
}

AstDraft parse(std::string path, std::shared_ptr<const std::string> source) {
  AstDraft draft;
  draft.path = std::move(path);
  draft.source = std::move(source);
  if (draft.source->size() >= UINT32_MAX / 2) throw SyntaxError{0, 0, "this file is too large", ""};
  Parser parser(draft, *draft.source);
  draft.root = parser.parse_file();
  return draft;
}

}  // namespace kfctl::jsonnet
