#include "templates/app/jsonnet_outline.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace kfctl {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

class Lexer {
 public:
  Lexer(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  Result<std::vector<Token>> run() {
    if (const size_t bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
      return error(bad, "not valid UTF-8");
    }
    for (;;) {
      KF_DO(skip_blank());
      if (pos_ >= text_.size()) break;
      const size_t begin = pos_;
      KF_TRY(const TokenType type, take_token());
      tokens_.push_back({type, begin, pos_, tokens_.size()});
      if (type == TokenType::kSymbol) KF_DO(match_bracket());
    }
    if (!open_.empty()) return error(tokens_[open_.back()].begin, "a bracket that is never closed");
    return std::move(tokens_);
  }

 private:
  Error error(size_t at, std::string_view what) const {
    const Place place = place_of(text_, at);
    return Error(ErrorKind::kProject,
                 std::string(name_) + ":" + std::to_string(place.line) + ":" +
                     std::to_string(place.column) + ": " + std::string(what),
                 "", excerpt_of(text_, at, 1));
  }

  char at(size_t pos) const { return pos < text_.size() ? text_[pos] : '\0'; }

  void skip_line() { pos_ = std::min(text_.find('\n', pos_), text_.size()); }

  Status skip_blank() {
    while (pos_ < text_.size()) {
      if (is_blank(text_[pos_]) || text_[pos_] == '\n') {
        ++pos_;
      } else if (text_[pos_] == '#' || text_.substr(pos_, 2) == "//") {
        skip_line();
      } else if (text_.substr(pos_, 2) == "/*") {
        const size_t end = text_.find("*/", pos_ + 2);
        if (end == std::string_view::npos) return error(pos_, "a comment that never ends");
        pos_ = end + 2;
      } else {
        break;
      }
    }
    return Ok{};
  }

  Result<TokenType> take_token() {
    const char c = text_[pos_];
    if (is_name_start(c)) {
      while (is_name_start(at(pos_)) || is_digit(at(pos_))) ++pos_;
      return TokenType::kName;
    }
    if (is_digit(c)) {
      while (is_name_start(at(pos_)) || is_digit(at(pos_)) || at(pos_) == '.' ||
             ((at(pos_) == '+' || at(pos_) == '-') && (at(pos_ - 1) | 32) == 'e')) {
        ++pos_;
      }
      return TokenType::kNumber;
    }
    if (c == '"' || c == '\'') return take_string(pos_, true);
    if (c == '@' && (at(pos_ + 1) == '"' || at(pos_ + 1) == '\'')) {
      ++pos_;
      return take_string(pos_ - 1, false);
    }
    if (text_.substr(pos_, 3) == "|||") return take_block();
    ++pos_;
    return TokenType::kSymbol;
  }

  // In @'...' a doubled quote stands for one, and there are no escapes.
  Result<TokenType> take_string(size_t begin, bool escapes) {
    const char quote = text_[pos_++];
    while (pos_ < text_.size()) {
      const char c = text_[pos_++];
      if (escapes && c == '\\') ++pos_;
      if (c != quote) continue;
      if (escapes || at(pos_) != quote) return TokenType::kString;
      ++pos_;
    }
    return error(begin, "a string that never ends");
  }

  // ||| at the end of a line, then lines with the first one's indentation, then ||| on a line with
  // less.
  Result<TokenType> take_block() {
    const size_t begin = pos_;
    skip_line();
    const auto next_line = [this](size_t from) {
      const size_t end = text_.find('\n', from);
      return end == std::string_view::npos ? text_.size() : end + 1;
    };
    size_t line = std::min(pos_ + 1, text_.size());
    while (line < text_.size() && trim(text_.substr(line, next_line(line) - line)).empty()) {
      line = next_line(line);
    }
    size_t first = line;
    while (first < text_.size() && is_blank(text_[first])) ++first;
    const std::string_view indent = text_.substr(line, first - line);
    for (; line < text_.size() && !indent.empty(); line = next_line(line)) {
      const std::string_view content = text_.substr(line, next_line(line) - line);
      if (content.starts_with(indent) || trim(content).empty()) continue;
      const size_t bars = content.find_first_not_of(" \t");
      if (content.substr(bars, 3) != "|||") break;
      pos_ = line + bars + 3;
      return TokenType::kString;
    }
    return error(begin, "a text block that never ends");
  }

  Status match_bracket() {
    constexpr std::string_view kOpen = "([{", kClose = ")]}";
    const size_t here = tokens_.size() - 1;
    const char c = text_[tokens_[here].begin];
    if (kOpen.find(c) != std::string_view::npos) open_.push_back(here);
    const size_t kind = kClose.find(c);
    if (kind == std::string_view::npos) return Ok{};
    if (open_.empty() || text_[tokens_[open_.back()].begin] != kOpen[kind]) {
      return error(tokens_[here].begin, "a bracket that nothing opened");
    }
    tokens_[here].match = open_.back();
    tokens_[open_.back()].match = here;
    open_.pop_back();
    return Ok{};
  }

  std::string_view text_;
  std::string_view name_;
  size_t pos_ = 0;
  std::vector<Token> tokens_;
  std::vector<size_t> open_;  // brackets not closed yet
};

// The text that a string token stands for, or false for a text block and unknown escapes.
bool string_value(std::string_view token, std::string& out) {
  if (token.starts_with("|||")) return false;
  if (token[0] == '@') {
    const char quote = token[1];
    for (size_t i = 2; i + 1 < token.size(); ++i) {
      out += token[i];
      if (token[i] == quote) ++i;
    }
    return true;
  }
  std::string json = "\"";
  for (size_t i = 1; i + 1 < token.size(); ++i) {
    if (token[i] == '\\' && token[i + 1] == '\'') continue;  // \' is ' in JSON
    if (token[i] == '"' && token[i - 1] != '\\') json += '\\';
    json += token[i];
    if (token[i] == '\\' && token[i + 1] == '\\') json += token[++i];
  }
  const Result<Json> parsed = parse_json(json + "\"", "key");
  if (!parsed.ok() || !parsed.value().is_string()) return false;
  out = parsed.value().as_string();
  return true;
}

}  // namespace

Result<std::vector<Token>> lex_jsonnet(std::string_view text, std::string_view name) {
  return Lexer(text, name).run();
}

const Field* ObjectOutline::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [field](const Field& f) {
    return f.name == field && !field.empty();
  });
  return found == fields.end() ? nullptr : &*found;
}

Result<JsonnetOutline> JsonnetOutline::read(std::string_view text, std::string_view name) {
  JsonnetOutline outline;
  outline.text_ = text;
  KF_TRY(outline.tokens_, lex_jsonnet(text, name));
  outline.read_locals();
  return outline;
}

std::string_view JsonnetOutline::token_text(size_t token) const {
  if (token >= tokens_.size()) return "";
  return text_.substr(tokens_[token].begin, tokens_[token].end - tokens_[token].begin);
}

bool JsonnetOutline::is(size_t token, std::string_view symbol) const {
  return token < tokens_.size() && tokens_[token].type != TokenType::kString &&
         token_text(token) == symbol;
}

void JsonnetOutline::read_locals() {
  size_t token = 0;
  while (is(token, "local")) {
    size_t value = 0;  // first token of the value of the bind that is being read
    size_t scan = token + 1;
    for (; scan < tokens_.size() && !is(scan, ";"); ++scan) {
      if (tokens_[scan].match > scan) {
        scan = tokens_[scan].match;
        continue;
      }
      const bool assigns = is(scan, "=") && !is(scan + 1, "=") && !is(scan - 1, "=") &&
                           !is(scan - 1, "!") && !is(scan - 1, "<") && !is(scan - 1, ">");
      if (assigns && value == 0) value = scan + 1;
      if (is(scan, ",") && value != 0) {
        locals_.push_back({value, scan});
        value = 0;
      }
    }
    if (scan >= tokens_.size()) break;
    if (value != 0) locals_.push_back({value, scan});
    token = scan + 1;
  }
  body_ = {token, tokens_.size()};
}

bool JsonnetOutline::last_object(TokenRange range, ObjectOutline& out) const {
  if (range.first >= range.last || !is(range.last - 1, "}")) return false;
  const size_t open = tokens_[range.last - 1].match;
  if (open < range.first) return false;
  if (open > range.first) {
    // Only a plain sum: in `if c then {} else {} + {...}` the braces are not all of the value.
    if (!is(open - 1, "+")) return false;
    for (size_t token = range.first; token < open; ++token) {
      if (tokens_[token].match > token) {
        token = tokens_[token].match;
        continue;
      }
      for (const std::string_view word : {"if", "local", "function", "error", "assert", "for"}) {
        if (is(token, word)) return false;
      }
    }
  }
  out = {};
  out.open = open;
  out.close = range.last - 1;
  out.summed = open > range.first;
  for (size_t token = open + 1; token < out.close;) token = read_field(token, out.close, out);
  return true;
}

// Reads one member from `token` on; gives back where the next one begins.
size_t JsonnetOutline::read_field(size_t token, size_t end, ObjectOutline& object) const {
  Field field;
  field.all.first = token;
  field.plain = false;
  const bool member_word = is(token, "local") || is(token, "assert");
  if (!member_word && tokens_[token].type == TokenType::kName) {
    field.name = token_text(token);
    field.plain = true;
  } else if (tokens_[token].type == TokenType::kString) {
    field.plain = string_value(token_text(token), field.name);
  }
  size_t colon = 0;
  size_t scan = token;
  for (; scan < end && !is(scan, ","); ++scan) {
    if (is(scan, "for") && scan > token) object.comprehension = true;
    if (is(scan, ":") && colon == 0) colon = scan;
    if (tokens_[scan].match > scan) scan = tokens_[scan].match;
  }
  field.all.last = scan;
  if (!member_word && colon != 0) {
    field.adds = is(colon - 1, "+");
    field.separator = field.adds ? colon - 1 : colon;
    if (field.separator != token + 1) field.plain = false;  // a method, or [a name]
    field.value.first = colon;
    while (field.value.first < scan && is(field.value.first, ":")) ++field.value.first;
    field.value.last = scan;
    if (field.value.first >= scan) field.plain = false;
    if (!field.plain) field.name.clear();
    object.fields.push_back(std::move(field));
  }
  return scan + 1;
}

}  // namespace kfctl
