// The lexer: one token at a time, straight from the text of a file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kfctl::jsonnet {

enum class Tok : uint8_t {
  kEnd,
  kBraceL,
  kBraceR,
  kBracketL,
  kBracketR,
  kParenL,
  kParenR,
  kComma,
  kDot,
  kSemicolon,
  kNumber,
  kString,     // text holds the value, escapes resolved
  kTextBlock,  // a ||| block; likewise
  kIdent,      // text is the name, a view into the source
  kOperator,   // text is the operator
  kDollar,
  // keywords
  kAssert,
  kElse,
  kError,
  kFalse,
  kFor,
  kFunction,
  kIf,
  kImport,
  kImportStr,
  kImportBin,
  kIn,
  kLocal,
  kNull,
  kTailstrict,
  kThen,
  kSelf,
  kSuper,
  kTrue,
};

struct Token {
  Tok kind = Tok::kEnd;
  uint32_t begin = 0;  // byte offsets into the source
  uint32_t end = 0;
  uint32_t code = 0;      // kOperator: operator_code(text)
  std::string_view text;  // valid until the next token of kind kString or kTextBlock is read
};

/// The characters of an operator as a number; UINT32_MAX for more than four, which none has.
constexpr uint32_t operator_code(std::string_view text) {
  if (text.size() > 4) return UINT32_MAX;
  uint32_t code = 0;
  for (const char c : text) code = code << 8 | static_cast<unsigned char>(c);
  return code;
}

/// What is wrong with a text, and where; thrown inside the engine, never out of it.
struct SyntaxError {
  uint32_t begin = 0;
  uint32_t end = 0;
  std::string message;
  std::string hint;
};

class Lexer {
 public:
  /// `source` must outlive the lexer and be shorter than 4 GiB.
  explicit Lexer(std::string_view source) : source_(source) {}

  /// The next token; kEnd for ever at the end. Throws SyntaxError.
  Token next();

  /// The value of the last token of kind kNumber.
  double number_value() const { return number_; }

  /// A position to come back to with seek().
  uint32_t offset() const { return at_; }
  void seek(uint32_t offset) { at_ = offset; }

 private:
  char peek(uint32_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  bool at_end() const { return at_ >= source_.size(); }
  bool skip_space();
  void skip_block_comment();
  Token single(Tok kind);
  Token number();
  Token word();
  Token quoted(char quote);
  Token verbatim(char quote);
  Token text_block();
  Token symbol();
  [[noreturn]] void foreign(uint32_t end);
  void escape(uint32_t begin);
  uint32_t hex4(uint32_t begin);
  [[noreturn]] void fail(uint32_t begin, uint32_t end, std::string message, std::string hint = "");

  std::string_view source_;
  uint32_t at_ = 0;
  double number_ = 0;
  std::string buffer_;  // the value of a string with escapes
};

/// How a token kind is called in messages: "'{'", "an identifier", "end of file".
std::string_view token_name(Tok kind);

}  // namespace kfctl::jsonnet
