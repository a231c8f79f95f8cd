// Lexical rules that are easy to get wrong, as the C++ implementation has them: an operator is the
// longest run of symbol characters, cut before //, /* and |||, and then shortened while it ends in
// + - ~ ! $ (so that a=-1 is a, =, -, 1).
#include "templates/jsonnet/engine/lexer.h"

#include <array>
#include <bit>
#include <charconv>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace kfctl::jsonnet {
namespace {

enum CharClass : uint8_t { kOther, kSpace, kIdentFirst, kDigit, kSymbol };

constexpr std::array<uint8_t, 256> char_classes() {
  std::array<uint8_t, 256> table{};
  for (const char c : {' ', '\t', '\r', '\n'}) table[static_cast<uint8_t>(c)] = kSpace;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 32] = kIdentFirst;
  table['_'] = kIdentFirst;
  for (int c = '0'; c <= '9'; ++c) table[c] = kDigit;
  for (const char c : {'!', '$', ':', '~', '+', '-', '&', '|', '^', '=', '<', '>', '*', '/', '%'})
    table[static_cast<uint8_t>(c)] = kSymbol;
  return table;
}
constexpr std::array<uint8_t, 256> kClass = char_classes();

CharClass class_of(char c) { return static_cast<CharClass>(kClass[static_cast<uint8_t>(c)]); }
bool is_ident(char c) { return class_of(c) == kIdentFirst || class_of(c) == kDigit; }

// How many bytes from `at` on are of a kind, looked at in blocks of 16. What is left over, up to a
// whole text where there is no SSE2, is for the caller to look at one by one.
#ifdef __SSE2__
template <typename Kind>
uint32_t run_of(std::string_view text, uint32_t at, const Kind& kind) {
  const uint32_t begin = at;
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const uint32_t others = ~static_cast<uint32_t>(_mm_movemask_epi8(kind(block))) & 0xFFFF;
    if (others != 0) return at - begin + static_cast<uint32_t>(std::countr_zero(others));
  }
  return at - begin;
}

__m128i between(__m128i block, char first, char last) {  // both ASCII
  return _mm_and_si128(_mm_cmpgt_epi8(block, _mm_set1_epi8(static_cast<char>(first - 1))),
                       _mm_cmplt_epi8(block, _mm_set1_epi8(static_cast<char>(last + 1))));
}

uint32_t spaces(std::string_view text, uint32_t at) {
  return run_of(text, at, [](__m128i block) {
    const __m128i blank = _mm_cmpeq_epi8(block, _mm_set1_epi8(' '));
    const __m128i tab_or_line = between(block, '\t', '\n');
    const __m128i carriage = _mm_cmpeq_epi8(block, _mm_set1_epi8('\r'));
    return _mm_or_si128(blank, _mm_or_si128(tab_or_line, carriage));
  });
}

uint32_t word_characters(std::string_view text, uint32_t at) {
  return run_of(text, at, [](__m128i block) {
    const __m128i letter = between(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i line = _mm_cmpeq_epi8(block, _mm_set1_epi8('_'));
    return _mm_or_si128(letter, _mm_or_si128(line, between(block, '0', '9')));
  });
}
#else
uint32_t spaces(std::string_view, uint32_t) { return 0; }
uint32_t word_characters(std::string_view, uint32_t) { return 0; }
#endif

struct Keyword {
  std::string_view word;
  Tok kind;
};
constexpr Keyword kKeywords[] = {
    {"assert", Tok::kAssert},
    {"else", Tok::kElse},
    {"error", Tok::kError},
    {"false", Tok::kFalse},
    {"for", Tok::kFor},
    {"function", Tok::kFunction},
    {"if", Tok::kIf},
    {"import", Tok::kImport},
    {"importstr", Tok::kImportStr},
    {"importbin", Tok::kImportBin},
    {"in", Tok::kIn},
    {"local", Tok::kLocal},
    {"null", Tok::kNull},
    {"tailstrict", Tok::kTailstrict},
    {"then", Tok::kThen},
    {"self", Tok::kSelf},
    {"super", Tok::kSuper},
    {"true", Tok::kTrue},
};

// For each first letter the lengths of the keywords that begin so, as bits: nearly all identifiers
// fail this test and skip the table.
constexpr std::array<uint16_t, 26> keyword_lengths() {
  std::array<uint16_t, 26> bits{};
  for (const Keyword& keyword : kKeywords)
    bits[static_cast<size_t>(keyword.word[0] - 'a')] |=
        static_cast<uint16_t>(1u << keyword.word.size());
  return bits;
}
constexpr std::array<uint16_t, 26> kKeywordLengths = keyword_lengths();

Tok keyword_of(std::string_view word) {
  const unsigned letter = static_cast<unsigned char>(word[0]) - 'a';
  if (letter >= 26 || word.size() > 10) return Tok::kIdent;
  if ((kKeywordLengths[letter] >> word.size() & 1) == 0) return Tok::kIdent;
  for (const Keyword& keyword : kKeywords)
    if (keyword.word == word) return keyword.kind;
  return Tok::kIdent;
}

}  // namespace

void Lexer::fail(uint32_t begin, uint32_t end, std::string message, std::string hint) {
  throw SyntaxError{begin, end, std::move(message), std::move(hint)};
}

void Lexer::skip_block_comment() {
  const uint32_t begin = at_;
  const size_t end = source_.find("*/", at_ + 2);
  if (end == std::string_view::npos) fail(begin, begin + 2, "this comment has no closing */");
  at_ = static_cast<uint32_t>(end) + 2;
}

// True if a token follows.
bool Lexer::skip_space() {
  for (;;) {
    if (!at_end() && class_of(source_[at_]) == kSpace) {
      at_ += 1 + spaces(source_, at_ + 1);
      while (!at_end() && class_of(source_[at_]) == kSpace) ++at_;
    }
    const char c = peek();
    if (c == '#' || (c == '/' && peek(1) == '/')) {
      const size_t end = source_.find('\n', at_);
      at_ = static_cast<uint32_t>(end == std::string_view::npos ? source_.size() : end);
    } else if (c == '/' && peek(1) == '*') {
      skip_block_comment();
    } else {
      return !at_end();
    }
  }
}

Token Lexer::single(Tok kind) {
  const Token token{kind, at_, at_ + 1, 0, source_.substr(at_, 1)};
  ++at_;
  return token;
}

Token Lexer::next() {
  if (!skip_space()) return {Tok::kEnd, at_, at_, 0, {}};
  const char c = source_[at_];
  switch (c) {
    case '{':
      return single(Tok::kBraceL);
    case '}':
      return single(Tok::kBraceR);
    case '[':
      return single(Tok::kBracketL);
    case ']':
      return single(Tok::kBracketR);
    case '(':
      return single(Tok::kParenL);
    case ')':
      return single(Tok::kParenR);
    case ',':
      return single(Tok::kComma);
    case '.':
      return single(Tok::kDot);
    case ';':
      return single(Tok::kSemicolon);
    case '"':
    case '\'':
      return quoted(c);
    case '@':
      if (peek(1) == '"' || peek(1) == '\'') return verbatim(peek(1));
      fail(at_, at_ + 1, "'@' must be followed by a quote: it begins a verbatim string");
    default:
      break;
  }
  switch (class_of(c)) {
    case kIdentFirst:
      return word();
    case kDigit:
      return number();
    case kSymbol:
      return symbol();
    default:
      break;
  }
  uint32_t end = at_ + 1;
  while (end < source_.size() && (source_[end] & 0xC0) == 0x80) ++end;
  const unsigned code = static_cast<unsigned char>(c);
  if (code < 32)
    fail(at_, end, "a character with code " + std::to_string(code) + " has no meaning here");
  foreign(end);
}

// Characters beyond ASCII, of which some cannot be seen.
void Lexer::foreign(uint32_t end) {
  const std::string_view text = source_.substr(at_, end - at_);
  const bool mark = text == "\xef\xbb\xbf";
  std::string name = "'" + std::string(text) + "'";
  if (mark) name = "U+FEFF";
  if (text == "\xef\xbf\xbd") name = "U+FFFD, which stands for bytes that are no UTF-8,";
  fail(at_, end, name + " has no meaning here",
       mark && at_ == 0 ? "the file begins with a byte order mark: save it as UTF-8 without one"
                        : "");
}

Token Lexer::word() {
  const uint32_t begin = at_;
  at_ += word_characters(source_, at_);
  while (at_ < source_.size() && is_ident(source_[at_])) ++at_;
  const std::string_view text = source_.substr(begin, at_ - begin);
  return {keyword_of(text), begin, at_, 0, text};
}

// digits [. digits] [e [+-] digits], an underscore allowed between two digits.
Token Lexer::number() {
  const uint32_t begin = at_;
  std::string digits;
  const auto take_digits = [&] {
    if (class_of(peek()) != kDigit)
      fail(begin, at_ + 1,
           "this number is cut short: a digit must follow '" +
               std::string(source_.substr(begin, at_ - begin)) + "'");
    for (;;) {
      if (class_of(peek()) == kDigit) {
        digits += peek();
      } else if (peek() == '_') {
        if (class_of(peek(1)) != kDigit)
          fail(begin, at_ + 1, "an underscore in a number must stand between two digits");
      } else {
        return;
      }
      ++at_;
    }
  };
  if (peek() == '0') {
    digits = "0";
    ++at_;
    if (peek() == '_') fail(begin, at_ + 1, "an underscore may not follow a leading zero");
  } else {
    take_digits();
  }
  if (peek() == '.') {
    digits += '.';
    ++at_;
    take_digits();
  }
  if (peek() == 'e' || peek() == 'E') {
    digits += 'e';
    ++at_;
    if (peek() == '-') digits += '-';
    if (peek() == '-' || peek() == '+') ++at_;
    take_digits();
  }
  Token token{Tok::kNumber, begin, at_, 0, source_.substr(begin, at_ - begin)};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number_);
  // from_chars reports both overflow and underflow; only the first is an error in jsonnet.
  if (error == std::errc::result_out_of_range) {
    number_ = strtod(digits.c_str(), nullptr);
    if (number_ > 1) fail(begin, at_, "this number is too large for a double");
  }
  return token;
}

Token Lexer::symbol() {
  const uint32_t start = at_;
  const char first = source_[at_], second = peek(1);
  if (first != '$' && class_of(second) != kSymbol) {  // most are one character
    ++at_;
    return {Tok::kOperator, start, at_, static_cast<unsigned char>(first),
            source_.substr(start, 1)};
  }
  if (source_.substr(at_).starts_with("|||")) return text_block();
  const uint32_t begin = at_;
  // No operator is nearly as long as the bound, which keeps a long row of them linear.
  while (at_ < source_.size() && at_ < begin + 16 && class_of(source_[at_]) == kSymbol) {
    const std::string_view rest = source_.substr(at_);
    if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with("|||")) break;
    ++at_;
  }
  const auto may_end = [](char c) {
    return c != '+' && c != '-' && c != '~' && c != '!' && c != '$';
  };
  while (at_ > begin + 1 && !may_end(source_[at_ - 1])) --at_;
  const std::string_view text = source_.substr(begin, at_ - begin);
  return {text == "$" ? Tok::kDollar : Tok::kOperator, begin, at_, operator_code(text), text};
}

std::string_view token_name(Tok kind) {
  switch (kind) {
    case Tok::kEnd:
      return "end of file";
    case Tok::kBraceL:
      return "'{'";
    case Tok::kBraceR:
      return "'}'";
    case Tok::kBracketL:
      return "'['";
    case Tok::kBracketR:
      return "']'";
    case Tok::kParenL:
      return "'('";
    case Tok::kParenR:
      return "')'";
    case Tok::kComma:
      return "','";
    case Tok::kDot:
      return "'.'";
    case Tok::kSemicolon:
      return "';'";
    case Tok::kNumber:
      return "a number";
    case Tok::kString:
    case Tok::kTextBlock:
      return "a string";
    case Tok::kIdent:
      return "an identifier";
    case Tok::kOperator:
      return "an operator";
    case Tok::kDollar:
      return "'$'";
    default:
      break;
  }
  for (const Keyword& keyword : kKeywords)
    if (keyword.kind == kind) return keyword.word;
  return "a token";
}

}  // namespace kfctl::jsonnet
