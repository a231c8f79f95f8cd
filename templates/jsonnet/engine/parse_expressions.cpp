// Expressions by precedence: operators, what stands between them, and what is made by applying:
// fields, indices, slices and calls.
#include "templates/jsonnet/engine/parser_impl.h"

namespace kfctl::jsonnet {

struct BinaryOperator {
  uint32_t code;
  Op op;
  int precedence;
};

namespace {

constexpr BinaryOperator kBinary[] = {
    {operator_code("*"), Op::kMul, 5},         {operator_code("/"), Op::kDiv, 5},
    {operator_code("%"), Op::kMod, 5},         {operator_code("+"), Op::kAdd, 6},
    {operator_code("-"), Op::kSub, 6},         {operator_code("<<"), Op::kShiftLeft, 7},
    {operator_code(">>"), Op::kShiftRight, 7}, {operator_code("<"), Op::kLess, 8},
    {operator_code("<="), Op::kLessEq, 8},     {operator_code(">"), Op::kGreater, 8},
    {operator_code(">="), Op::kGreaterEq, 8},  {operator_code("=="), Op::kEqual, 9},
    {operator_code("!="), Op::kNotEqual, 9},   {operator_code("&"), Op::kBitAnd, 10},
    {operator_code("^"), Op::kBitXor, 11},     {operator_code("|"), Op::kBitOr, 12},
    {operator_code("&&"), Op::kAnd, 13},       {operator_code("||"), Op::kOr, 14},
};

}  // namespace

NodeId Parser::expression(int limit) {
  const Depth depth(*this);
  const uint32_t begin = token_.begin;
  switch (token_.kind) {
    case Tok::kAssert:
      return assert_expression();
    case Tok::kError:
      advance();
      return make(Op::kError, begin, expression(kLowest));
    case Tok::kIf:
      return if_expression();
    case Tok::kFunction: {
      advance();
      expect(Tok::kParenL, "after 'function'");
      return function(begin, 0);
    }
    case Tok::kImport:
      return import(Op::kImport);
    case Tok::kImportStr:
      return import(Op::kImportStr);
    case Tok::kImportBin:
      return import(Op::kImportBin);
    case Tok::kLocal:
      return local_expression();
    default:
      return infix(terminal(), limit);
  }
}

NodeId Parser::terminal() {
  const Token begin = token_;
  switch (begin.kind) {
    case Tok::kNull:
      advance();
      return make(Op::kNull, begin.begin);
    case Tok::kTrue:
      advance();
      return make(Op::kTrue, begin.begin);
    case Tok::kFalse:
      advance();
      return make(Op::kFalse, begin.begin);
    case Tok::kNumber: {
      const uint64_t bits = std::bit_cast<uint64_t>(lexer_.number_value());
      advance();
      return make(Op::kNumber, begin.begin, static_cast<uint32_t>(bits),
                  static_cast<uint32_t>(bits >> 32));
    }
    case Tok::kString:
    case Tok::kTextBlock: {
      const uint32_t id = add_string(begin.text);
      advance();
      return make(Op::kString, begin.begin, id);
    }
    case Tok::kIdent: {
      const SymbolId name = symbols_.id(begin.text);
      advance();
      return make(Op::kVar, begin.begin, name);
    }
    case Tok::kSelf:
      use_self(begin, "self");
      advance();
      return make(Op::kSelf, begin.begin);
    case Tok::kDollar:
      if (objects_.empty()) fail(begin, "there is no object here for '$' to name");
      objects_.front().uses_self = true;
      advance();
      return make(Op::kDollar, begin.begin);
    case Tok::kSuper:
      return super();
    case Tok::kBraceL:
      advance();
      return object(begin.begin);
    case Tok::kBracketL:
      return array();
    case Tok::kParenL: {
      advance();
      const NodeId inner = expression(kLowest);
      expect(Tok::kParenR, "to close the parenthesis");
      return inner;
    }
    case Tok::kOperator:
      return unary();
    case Tok::kEnd:
      fail(begin, "the file ends where an expression should be");
    default:
      unexpected("where an expression should be");
  }
}

NodeId Parser::unary() {
  const Token begin = token_;
  Op op;
  if (begin.text == "-") {
    op = Op::kNeg;
  } else if (begin.text == "+") {
    op = Op::kPlus;
  } else if (begin.text == "!") {
    op = Op::kNot;
  } else if (begin.text == "~") {
    op = Op::kBitNot;
  } else {
    unexpected("where an expression should be");
  }
  advance();
  return make(op, begin.begin, expression(kUnary));
}

NodeId Parser::infix(NodeId left, int limit) {
  for (;;) {
    const Token at = token_;
    switch (at.kind) {
      case Tok::kDot: {
        if (kApply >= limit) return left;
        advance();
        const uint32_t pos = token_.begin;
        const SymbolId name = expect_name("after '.'");
        left = make(Op::kField, pos, left, name);
        break;
      }
      case Tok::kBracketL:
        if (kApply >= limit) return left;
        left = index(left);
        break;
      case Tok::kParenL:
        if (kApply >= limit) return left;
        left = call(left);
        break;
      case Tok::kBraceL: {
        if (kApply >= limit) return left;
        advance();
        const NodeId right = object(at.begin);
        left = make(Op::kAdd, at.begin, left, right);
        break;
      }
      case Tok::kIn: {
        if (8 >= limit) return left;
        advance();
        if (token_.kind == Tok::kSuper) {
          use_self(token_, "super");
          advance();
          left = make(Op::kInSuper, at.begin, left);
        } else {
          const NodeId right = expression(8);
          left = make(Op::kIn, at.begin, left, right);
        }
        break;
      }
      case Tok::kOperator: {
        if (at.code == operator_code(":") || at.code == operator_code("::")) return left;
        const BinaryOperator& found = binary(at);
        if (found.precedence >= limit) return left;
        advance();
        const NodeId right = expression(found.precedence);
        left = make(found.op, at.begin, left, right);
        break;
      }
      default:
        return left;
    }
  }
}

const BinaryOperator& Parser::binary(const Token& token) {
  for (const BinaryOperator& candidate : kBinary)
    if (candidate.code == token.code) return candidate;
  fail(token, "'" + std::string(token.text) + "' is not a binary operator",
       token.text == "=" ? "== compares; = is only for local" : "");
}

NodeId Parser::super() {
  use_self(token_, "super");
  const uint32_t pos = take().begin;
  if (accept(Tok::kDot)) {
    const uint32_t name_pos = token_.begin;
    return make(Op::kSuperField, name_pos, expect_name("after 'super.'"));
  }
  if (accept(Tok::kBracketL)) {
    const NodeId index = expression(kLowest);
    expect(Tok::kBracketR, "to close the index");
    return make(Op::kSuperIndex, pos, index);
  }
  unexpected("after 'super'", "super stands only before .name or [index], or after 'in'");
}

void Parser::use_self(const Token& at, std::string_view word) {
  if (objects_.empty()) fail(at, "there is no object here for '" + std::string(word) + "' to name");
  objects_.back().uses_self = true;
}

NodeId Parser::index(NodeId target) {
  const uint32_t pos = take().begin;
  if (token_.kind == Tok::kBracketR) unexpected("where an index should be");
  NodeId parts[3] = {0, 0, 0};
  int colons = 0;
  while (token_.kind != Tok::kBracketR) {
    if (at_operator("::") && colons == 0) {
      colons = 2;
      advance();
    } else if (at_operator(":") && colons < 2) {
      ++colons;
      advance();
    } else if (parts[colons] == 0) {
      parts[colons] = expression(kLowest);
    } else {
      fail(token_, "expected ':' or ']' in the index, not " + shown(token_));
    }
  }
  advance();
  if (colons == 0) {
    const Node& only = ast_.node(parts[0]);
    if (only.op == Op::kString)
      return make(Op::kField, only.pos, target, symbols_.id(std::string(ast_.string(only.a))));
    return make(Op::kIndex, pos, target, parts[0]);
  }
  const size_t mark = scratch_.size();
  scratch_.insert(scratch_.end(), {parts[0], parts[1], parts[2]});
  return make(Op::kSlice, pos, target, commit(mark));
}

NodeId Parser::call(NodeId callee) {
  const uint32_t pos = take().begin;
  const size_t mark = scratch_.size();
  scratch_.insert(scratch_.end(), {0, 0});
  while (token_.kind != Tok::kParenR) {
    argument(mark);
    if (token_.kind != Tok::kParenR) expect(Tok::kComma, "between arguments");
  }
  advance();
  // An error in a call points at the name of what is called, if it has one.
  const Node& called = ast_.node(callee);
  const bool named = called.op == Op::kVar || called.op == Op::kField;
  const uint32_t list = commit(mark);
  const NodeId node = make(Op::kCall, named ? called.pos : pos, callee, list);
  if (accept(Tok::kTailstrict)) ast_.nodes[node].flags |= kTailstrictCall;
  return node;
}

void Parser::argument(size_t mark) {
  const Token begin = token_;
  if (begin.kind == Tok::kIdent) {
    const uint32_t after_name = lexer_.offset();
    advance();
    if (at_operator("=")) {
      const SymbolId name = symbols_.id(begin.text);
      advance();
      const NodeId value = expression(kLowest);
      scratch_[mark + 1]++;
      scratch_.insert(scratch_.end(), {name, value});
      return;
    }
    lexer_.seek(after_name);
    token_ = begin;
  }
  const NodeId value = expression(kLowest);
  if (scratch_[mark + 1] != 0) fail(begin, "a positional argument cannot follow a named one");
  scratch_[mark]++;
  scratch_.push_back(value);
}

}  // namespace kfctl::jsonnet
