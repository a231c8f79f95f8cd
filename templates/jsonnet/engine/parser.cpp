// Recursive descent with operator precedence, one token of look-ahead. Lists are gathered on
// `scratch_` while they grow, because the expressions inside them make lists of their own, and are
// moved to Ast::extra when complete.
#include "templates/jsonnet/engine/parser.h"

#include <span>
#include <utility>

#include "base/pages.h"
#include "templates/jsonnet/engine/hash.h"
#include "templates/jsonnet/engine/lexer.h"
#include "templates/jsonnet/engine/native_stack.h"

namespace kfctl::jsonnet {
namespace {

// Binds tighter when smaller, as in the C++ implementation's table.
enum Precedence { kApply = 2, kUnary = 4, kLowest = 15 };

struct BinaryOperator {
  uint32_t code;
  Op op;
  int precedence;
};
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

// The names of a file: an open-addressing table from text to SymbolId.
class SymbolTable {
 public:
  explicit SymbolTable(AstDraft& ast) : ast_(ast), slots_(1024) {}

  SymbolId id(std::string_view text) {
    if (ast_.symbols.size() * 2 >= slots_.size()) grow();
    const size_t mask = slots_.size() - 1;
    const uint64_t hash = hash_text(text);
    const uint32_t tag = static_cast<uint32_t>(hash >> 32);
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
      Slot& slot = slots_[i];
      if (slot.id == 0) {
        slot = {tag, static_cast<uint32_t>(ast_.symbols.size() + 1)};
        return add(text);
      }
      if (slot.tag == tag && same_text(ast_.symbol(slot.id - 1), text)) return slot.id - 1;
    }
  }

 private:
  struct Slot {
    uint32_t tag = 0;  // the upper half of the hash
    uint32_t id = 0;   // SymbolId + 1; 0: empty
  };

  SymbolId add(std::string_view text) {
    ast_.symbols.push_back(
        {static_cast<uint32_t>(ast_.pool.size()), static_cast<uint32_t>(text.size())});
    ast_.pool.append(text);
    return static_cast<SymbolId>(ast_.symbols.size() - 1);
  }
  void grow() {
    slots_.assign(slots_.size() * 4, {});
    const size_t mask = slots_.size() - 1;
    for (SymbolId id = 0; id < ast_.symbols.size(); ++id) {
      const uint64_t hash = hash_text(ast_.symbol(id));
      size_t i = hash & mask;
      while (slots_[i].id != 0) i = (i + 1) & mask;
      slots_[i] = {static_cast<uint32_t>(hash >> 32), id + 1};
    }
  }

  AstDraft& ast_;
  std::vector<Slot> slots_;
};

class Parser {
 public:
  Parser(AstDraft& ast, std::string_view source) : ast_(ast), lexer_(source), symbols_(ast) {
    // More than any usual file needs: what is not used is never touched.
    reserve(ast_.nodes, source.size() / 8 + 16);
    reserve(ast_.extra, source.size() / 3 + 16);
    ast_.nodes.push_back({});
    advance();
  }

  NodeId parse_file() {
    const NodeId root = expression(kLowest);
    if (token_.kind != Tok::kEnd) unexpected("after the end of the expression");
    return root;
  }

 private:
  template <typename T>
  static void reserve(std::vector<T>& list, size_t count) {
    list.reserve(round_to_huge_pages(count * sizeof(T)) / sizeof(T));
    prefer_huge_pages(list.data(), list.capacity() * sizeof(T));
  }

  // What `self` and `$` mean while the inside of an object is read.
  struct ObjectContext {
    bool uses_self = false;
  };

  [[noreturn]] void fail(const Token& at, std::string message, std::string hint = "") {
    throw SyntaxError{at.begin, at.end, std::move(message), std::move(hint)};
  }
  std::string shown(const Token& token) const {
    if (token.kind == Tok::kIdent || token.kind == Tok::kOperator || token.kind == Tok::kNumber)
      return "'" + std::string(token.text) + "'";
    const std::string name(token_name(token.kind));
    return token.kind > Tok::kDollar ? "'" + name + "'" : name;
  }
  [[noreturn]] void unexpected(std::string_view where, std::string hint = "") {
    fail(token_, "unexpected " + shown(token_) + " " + std::string(where), std::move(hint));
  }

  void advance() { token_ = lexer_.next(); }
  Token take() {
    const Token token = token_;
    advance();
    return token;
  }
  bool accept(Tok kind) {
    if (token_.kind != kind) return false;
    advance();
    return true;
  }
  bool at_operator(std::string_view text) const {
    return token_.code == operator_code(text) && token_.kind == Tok::kOperator;
  }
  void expect(Tok kind, std::string_view where) {
    if (token_.kind != kind)
      fail(token_, "expected " + std::string(token_name(kind)) + " " + std::string(where) +
                       ", not " + shown(token_));
    advance();
  }
  void expect_operator(std::string_view text, std::string_view where) {
    if (!at_operator(text))
      fail(token_,
           "expected '" + std::string(text) + "' " + std::string(where) + ", not " + shown(token_));
    advance();
  }
  SymbolId expect_name(std::string_view where) {
    if (token_.kind != Tok::kIdent) {
      const bool keyword = token_.kind > Tok::kDollar;
      fail(token_, "expected a name " + std::string(where) + ", not " + shown(token_),
           keyword ? std::string(token_name(token_.kind)) + " is a keyword of jsonnet" : "");
    }
    const SymbolId id = symbols_.id(token_.text);
    advance();
    return id;
  }

  NodeId make(Op op, uint32_t pos, uint32_t a = 0, uint32_t b = 0) {
    ast_.nodes.push_back({op, 0, 0, a, b, pos});
    return static_cast<NodeId>(ast_.nodes.size() - 1);
  }
  uint32_t add_string(std::string_view text) {
    ast_.strings.push_back(
        {static_cast<uint32_t>(ast_.pool.size()), static_cast<uint32_t>(text.size())});
    ast_.pool.append(text);
    return static_cast<uint32_t>(ast_.strings.size() - 1);
  }
  // Moves what was pushed on scratch_ since `mark` to extra; returns where it begins.
  uint32_t commit(size_t mark) {
    const uint32_t begin = static_cast<uint32_t>(ast_.extra.size());
    ast_.extra.insert(ast_.extra.end(), scratch_.begin() + static_cast<ptrdiff_t>(mark),
                      scratch_.end());
    scratch_.resize(mark);
    return begin;
  }

  // Counts how deeply expressions are nested while it lives.
  class Depth {
   public:
    explicit Depth(Parser& parser) : parser_(parser) {
      if (++parser.depth_ > kDeepest || stack_is_low())
        parser.fail(parser.token_, "this is nested too deeply");
    }
    ~Depth() { --parser_.depth_; }

   private:
    static constexpr int kDeepest = 20'000;  // far beyond what people write
    Parser& parser_;
  };

  NodeId expression(int limit) {
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

  NodeId assert_expression() {
    const uint32_t pos = take().begin;
    const NodeId condition = expression(kLowest);
    const NodeId message = at_operator(":") ? (advance(), expression(kLowest)) : 0;
    expect(Tok::kSemicolon, "after the assertion");
    const NodeId rest = expression(kLowest);
    const size_t mark = scratch_.size();
    scratch_.insert(scratch_.end(), {message, rest});
    return make(Op::kAssert, pos, condition, commit(mark));
  }

  NodeId if_expression() {
    const uint32_t pos = take().begin;
    const NodeId condition = expression(kLowest);
    expect(Tok::kThen, "after the condition");
    const NodeId yes = expression(kLowest);
    const NodeId no = accept(Tok::kElse) ? expression(kLowest) : 0;
    const size_t mark = scratch_.size();
    scratch_.insert(scratch_.end(), {yes, no});
    return make(Op::kIf, pos, condition, commit(mark));
  }

  NodeId import(Op op) {
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

  NodeId local_expression() {
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

  // NAME = EXPR or NAME(PARAMS) = EXPR onto scratch_, counted at scratch_[mark].
  void binding(size_t mark) {
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

  // Parameters (the parenthesis is read) and body, which `before` precedes: "=", or nothing.
  NodeId function(uint32_t pos, uint32_t name, std::string_view before = "") {
    const size_t mark = scratch_.size();
    parameters();
    if (before == "=") expect_operator("=", "after the parameters");
    const NodeId body = expression(kLowest);
    return finish_function(mark, pos, name, body);
  }
  void parameters() {
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
  NodeId finish_function(size_t mark, uint32_t pos, uint32_t name, NodeId body) {
    scratch_[mark + 2] = body;
    scratch_[mark + 3] = name;
    return make(Op::kFunction, pos, commit(mark));
  }

  NodeId terminal() {
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

  void use_self(const Token& at, std::string_view word) {
    if (objects_.empty())
      fail(at, "there is no object here for '" + std::string(word) + "' to name");
    objects_.back().uses_self = true;
  }

  NodeId unary() {
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

  NodeId super() {
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

  NodeId array() {
    const uint32_t pos = take().begin;
    if (accept(Tok::kBracketR)) return make(Op::kArray, pos);
    const size_t mark = scratch_.size();
    bool comma = false;
    for (;;) {
      scratch_.push_back(expression(kLowest));
      comma = accept(Tok::kComma);
      if (accept(Tok::kBracketR)) break;
      if (token_.kind == Tok::kFor && scratch_.size() == mark + 1) return array_for(pos, mark);
      if (!comma) fail(token_, "expected ',' or ']' in the array, not " + shown(token_));
    }
    const uint32_t count = static_cast<uint32_t>(scratch_.size() - mark);
    return make(Op::kArray, pos, commit(mark), count);
  }
  NodeId array_for(uint32_t pos, size_t mark) {
    const NodeId element = scratch_[mark];
    scratch_.resize(mark);
    return make(Op::kArrayComp, pos, element, specs(Tok::kBracketR));
  }

  // for NAME in EXPR, then any number of for and if, up to and with `end`.
  uint32_t specs(Tok end) {
    const size_t mark = scratch_.size();
    scratch_.push_back(0);
    for (;;) {
      if (accept(Tok::kFor)) {
        const uint32_t pos = token_.begin;
        const SymbolId name = expect_name("after 'for'");
        expect(Tok::kIn, "after the name of the loop");
        const NodeId source = expression(kLowest);
        // As in a binding, the name's position waits where the resolver will put the slots.
        scratch_.insert(scratch_.end(), {static_cast<uint32_t>(SpecKind::kFor), name, pos, source});
      } else if (accept(Tok::kIf)) {
        const NodeId condition = expression(kLowest);
        scratch_.insert(scratch_.end(), {static_cast<uint32_t>(SpecKind::kIf), 0, 0, condition});
      } else {
        break;
      }
      scratch_[mark]++;
    }
    if (token_.kind != end)
      fail(token_,
           "expected 'for', 'if' or " + std::string(token_name(end)) + ", not " + shown(token_));
    advance();
    return commit(mark);
  }

  // An object after its brace. Fields, locals and asserts are gathered apart, each on a stack that
  // the objects further out have begun to fill.
  struct ObjectParts {
    size_t fields, locals, asserts;  // where this object's begin
    Token first_assert{};
  };

  NodeId object(uint32_t pos) {
    ObjectParts parts{fields_.size(), locals_.size(), asserts_.size()};
    objects_.push_back({});
    for (;;) {
      if (accept(Tok::kBraceR)) return make(Op::kObject, pos, finish_object(parts));
      if (token_.kind == Tok::kFor) return object_for(pos, parts);
      member(parts);
      const bool comma = accept(Tok::kComma);
      if (!comma && token_.kind != Tok::kBraceR && token_.kind != Tok::kFor)
        fail(token_, "expected ',' or '}' after a field, not " + shown(token_));
    }
  }

  uint32_t finish_object(const ObjectParts& parts) {
    const uint32_t begin = static_cast<uint32_t>(ast_.extra.size());
    const std::span<const ObjectField> fields = std::span(fields_).subspan(parts.fields);
    const std::span<const uint32_t> locals = std::span(locals_).subspan(parts.locals);
    const std::span<const uint32_t> asserts = std::span(asserts_).subspan(parts.asserts);
    const bool environment = objects_.back().uses_self || !locals.empty();
    objects_.pop_back();
    const uint32_t bound = static_cast<uint32_t>(locals.size() / 3);
    ast_.extra.insert(ast_.extra.end(), {static_cast<uint32_t>(fields.size()), bound,
                                         static_cast<uint32_t>(asserts.size() / 2),
                                         environment ? kObjectSlots + bound : 0});
    for (const ObjectField& field : fields)
      ast_.extra.insert(ast_.extra.end(),
                        {field.key, field.body, field.flags, field.slots, field.pos});
    ast_.extra.insert(ast_.extra.end(), locals.begin(), locals.end());
    ast_.extra.insert(ast_.extra.end(), asserts.begin(), asserts.end());
    fields_.resize(parts.fields);
    locals_.resize(parts.locals);
    asserts_.resize(parts.asserts);
    return begin;
  }

  NodeId object_for(uint32_t pos, ObjectParts& parts) {
    if (asserts_.size() > parts.asserts)
      fail(parts.first_assert, "an object comprehension cannot have assertions");
    if (fields_.size() != parts.fields + 1)
      fail(token_, "an object comprehension must have exactly one field");
    const ObjectField field = fields_.back();
    const Token at{Tok::kIdent, field.pos, field.pos + 1, 0, {}};
    if ((field.flags & kComputedKey) == 0)
      fail(at, "the field of an object comprehension needs a computed name: [expression]");
    if ((field.flags & kVisMask) != kVisInherit)
      fail(at, "the field of an object comprehension cannot be hidden");
    const uint32_t list = finish_object(parts);
    return make(Op::kObjectComp, pos, list, specs(Tok::kBraceR));
  }

  void member(ObjectParts& parts) {
    switch (token_.kind) {
      case Tok::kLocal: {
        advance();
        const size_t mark = scratch_.size();
        scratch_.push_back(0);
        binding(mark);
        locals_.insert(locals_.end(), scratch_.begin() + static_cast<ptrdiff_t>(mark) + 1,
                       scratch_.end());
        scratch_.resize(mark);
        return;
      }
      case Tok::kAssert: {
        parts.first_assert = take();
        const NodeId condition = expression(kLowest);
        const NodeId message = at_operator(":") ? (advance(), expression(kLowest)) : 0;
        asserts_.insert(asserts_.end(), {condition, message});
        return;
      }
      default:
        fields_.push_back(field());
    }
  }

  ObjectField field() {
    ObjectField field;
    field.pos = token_.begin;
    const Token begin = token_;
    uint32_t name = 0;
    if (accept(Tok::kBracketL)) {
      // The name is computed outside of the object: its self is the one further out.
      const ObjectContext inner = objects_.back();
      objects_.pop_back();
      field.key = expression(kLowest);
      objects_.push_back(inner);
      field.flags |= kComputedKey;
      expect(Tok::kBracketR, "after the computed field name");
    } else if (begin.kind == Tok::kIdent || begin.kind == Tok::kString ||
               begin.kind == Tok::kTextBlock) {
      field.key = symbols_.id(begin.text);
      name = field.key + 1;
      advance();
    } else {
      unexpected("where a field should be",
                 begin.kind > Tok::kDollar ? "quote a field whose name is a keyword" : "");
    }
    if (accept(Tok::kParenL)) {
      const size_t mark = scratch_.size();
      parameters();
      colons(field, begin, true);
      const NodeId body = expression(kLowest);
      field.body = finish_function(mark, begin.begin, name, body);
    } else {
      colons(field, begin, false);
      // Locals in the body need an environment of the field's own. Those of a function inside it
      // are counted too: the environment is then there for nothing, which is harmless.
      const bool outside = std::exchange(has_locals_, false);
      field.body = expression(kLowest);
      field.slots = has_locals_ && ast_.node(field.body).op != Op::kFunction ? 1 : 0;
      has_locals_ = outside;
    }
    return field;
  }

  void colons(ObjectField& field, const Token& name, bool method) {
    if (token_.kind != Tok::kOperator)
      fail(token_, "expected ':' after the field name, not " + shown(token_));
    uint32_t code = token_.code;
    const bool adds = token_.text.starts_with('+');
    if (adds) {
      if (method) fail(name, "a method cannot be added with '+:'");
      field.flags |= kPlusField;
      objects_.back().uses_self = true;  // it adds to super
      code = operator_code(token_.text.substr(1));
    }
    if (code == operator_code("::")) {
      field.flags |= kVisHidden;
    } else if (code == operator_code(":::")) {
      field.flags |= kVisForced;
    } else if (code != operator_code(":")) {
      fail(token_,
           "expected one of : :: ::: +: +:: +::: after the field name, not " + shown(token_));
    }
    advance();
  }

  NodeId infix(NodeId left, int limit) {
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

  const BinaryOperator& binary(const Token& token) {
    for (const BinaryOperator& candidate : kBinary)
      if (candidate.code == token.code) return candidate;
    fail(token, "'" + std::string(token.text) + "' is not a binary operator",
         token.text == "=" ? "== compares; = is only for local" : "");
  }

  NodeId index(NodeId target) {
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

  NodeId call(NodeId callee) {
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
  void argument(size_t mark) {
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

  AstDraft& ast_;
  Lexer lexer_;
  SymbolTable symbols_;
  Token token_;
  std::vector<uint32_t> scratch_;
  std::vector<ObjectField> fields_;
  std::vector<uint32_t> locals_;
  std::vector<uint32_t> asserts_;
  std::vector<ObjectContext> objects_;
  int depth_ = 0;
  bool has_locals_ = false;  // a local expression was read since the innermost field began
};

}  // namespace

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
