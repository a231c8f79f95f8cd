// The outline of a jsonnet text: its tokens, and where its object literals, their fields and the
// values of these begin and end. Enough to edit a file in place; it does not know expressions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kfctl {

enum class TokenType { kName, kNumber, kString, kSymbol };

struct Token {
  TokenType type = TokenType::kSymbol;
  size_t begin = 0;  // bytes of the text
  size_t end = 0;
  size_t match = 0;  // for a bracket: the position in the token list of its other half
};

/// The tokens without comments; a symbol is one character. Brackets are matched.
/// Errors: kProject with the place: an unterminated string or comment, a bracket without its half.
Result<std::vector<Token>> lex_jsonnet(std::string_view text, std::string_view name);

/// A run of tokens: [first, last).
struct TokenRange {
  size_t first = 0;
  size_t last = 0;
};

struct Field {
  std::string name;
  TokenRange all;        // from the name to the end of the value
  TokenRange value;      // what stands after the colons
  size_t separator = 0;  // the first token of "+:", ":", "::" and so on
  bool adds = false;     // "+:"
  bool plain = true;     // false for a method, or a computed name (whose `name` is "")
};

/// An object literal: the tokens between its braces, read member by member.
struct ObjectOutline {
  size_t open = 0;  // tokens "{" and "}"
  size_t close = 0;
  std::vector<Field> fields;
  bool comprehension = false;  // { [x]: ... for x in ... }: has no members to edit
  bool summed = false;         // it is added to something that the text before it gives

  const Field* find(std::string_view field) const;
};

class JsonnetOutline {
 public:
  /// `text` must outlive the outline. Errors: as lex_jsonnet.
  static Result<JsonnetOutline> read(std::string_view text, std::string_view name);

  std::string_view text() const { return text_; }
  const std::vector<Token>& tokens() const { return tokens_; }
  std::string_view token_text(size_t token) const;

  /// The text without its leading `local ...;` binds: the expression the file is.
  TokenRange body() const { return body_; }
  /// The values of the leading `local` binds, in order.
  const std::vector<TokenRange>& locals() const { return locals_; }

  /// The last object literal of a sum: the whole range "{...}", or its end after a "+".
  /// False if the range is neither.
  bool last_object(TokenRange range, ObjectOutline& out) const;

 private:
  bool is(size_t token, std::string_view symbol) const;
  void read_locals();
  size_t read_field(size_t token, size_t end, ObjectOutline& object) const;

  std::string_view text_;
  std::vector<Token> tokens_;
  TokenRange body_;
  std::vector<TokenRange> locals_;
};

}  // namespace kfctl
