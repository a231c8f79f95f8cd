// The inside of the parser: one class, whose methods lie in files by what they read.
//
//   parser.cpp             tokens, lists, the file as a whole
//   parse_expressions.cpp  operators and what stands between them
//   parse_statements.cpp   what begins with a keyword, functions
//   parse_arrays.cpp       arrays, the for and if of comprehensions
//   parse_objects.cpp      objects
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "templates/jsonnet/engine/ast.h"
#include "templates/jsonnet/engine/lexer.h"
#include "templates/jsonnet/engine/native_stack.h"
#include "templates/jsonnet/engine/symbol_table.h"

namespace kfctl::jsonnet {

struct BinaryOperator;

/// Belongs to one thread, and to one file: `ast` and `source` must outlive it. Every method throws
/// SyntaxError.
class Parser {
 public:
  Parser(AstDraft& ast, std::string_view source);

  NodeId parse_file();

 private:
  // Binds tighter when smaller, as in the C++ implementation's table.
  enum Precedence { kApply = 2, kUnary = 4, kLowest = 15 };

  // What `self` and `$` mean while the inside of an object is read.
  struct ObjectContext {
    bool uses_self = false;
  };
  // Where an object's own fields, locals and asserts begin on the stacks that the objects further
  // out have begun to fill.
  struct ObjectParts {
    size_t fields, locals, asserts;
    Token first_assert{};
  };
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

  // --- tokens
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
  void expect(Tok kind, std::string_view where);
  void expect_operator(std::string_view text, std::string_view where);
  SymbolId expect_name(std::string_view where);
  std::string shown(const Token& token) const;
  [[noreturn]] void fail(const Token& at, std::string message, std::string hint = "") {
    throw SyntaxError{at.begin, at.end, std::move(message), std::move(hint)};
  }
  [[noreturn]] void unexpected(std::string_view where, std::string hint = "");

  // --- the tree
  NodeId make(Op op, uint32_t pos, uint32_t a = 0, uint32_t b = 0) {
    ast_.nodes.push_back({op, 0, 0, a, b, pos});
    return static_cast<NodeId>(ast_.nodes.size() - 1);
  }
  uint32_t add_string(std::string_view text);
  /// Moves what was pushed on scratch_ since `mark` to extra; returns where it begins.
  uint32_t commit(size_t mark);

  // --- expressions
  NodeId expression(int limit);
  NodeId terminal();
  NodeId unary();
  /// What follows `left`, as far as it binds tighter than `limit`.
  NodeId infix(NodeId left, int limit);
  const BinaryOperator& binary(const Token& token);
  NodeId super();
  void use_self(const Token& at, std::string_view word);
  NodeId index(NodeId target);
  NodeId call(NodeId callee);
  void argument(size_t mark);

  // --- what begins with a keyword
  NodeId assert_expression();
  NodeId if_expression();
  NodeId import(Op op);
  NodeId local_expression();
  /// NAME = EXPR or NAME(PARAMS) = EXPR onto scratch_, counted at scratch_[mark].
  void binding(size_t mark);
  /// Parameters (the parenthesis is read) and body, which `before` precedes: "=", or nothing.
  NodeId function(uint32_t pos, uint32_t name, std::string_view before = "");
  void parameters();
  NodeId finish_function(size_t mark, uint32_t pos, uint32_t name, NodeId body);

  // --- arrays
  NodeId array();
  NodeId array_for(uint32_t pos, size_t mark);
  /// for NAME in EXPR, then any number of for and if, up to and with `end`.
  uint32_t specs(Tok end);

  // --- objects
  /// An object after its brace.
  NodeId object(uint32_t pos);
  uint32_t finish_object(const ObjectParts& parts);
  NodeId object_for(uint32_t pos, ObjectParts& parts);
  void member(ObjectParts& parts);
  ObjectField field();
  void colons(ObjectField& field, const Token& name, bool method);

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

}  // namespace kfctl::jsonnet
