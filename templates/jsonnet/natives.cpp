#include "templates/jsonnet/natives.h"

#include <map>
#include <vector>

#include <re2/re2.h>

#include "base/text.h"
#include "base/yaml.h"

namespace kfctl {
namespace {

using Arguments = std::span<const Json>;

Result<std::string> text_argument(Arguments arguments, size_t index, std::string_view name) {
  if (arguments[index].is_string()) return arguments[index].as_string();
  return project_error(std::string(name) + " must be a string, not " +
                       std::string(arguments[index].type_name()));
}

Result<Json> native_parse_json(Arguments arguments) {
  KF_TRY(const std::string text, text_argument(arguments, 0, "json"));
  return parse_json(text, "parseJson");
}

Result<Json> native_parse_yaml(Arguments arguments) {
  KF_TRY(const std::string text, text_argument(arguments, 0, "yaml"));
  KF_TRY(std::vector<Json> documents, parse_yaml_stream(text, "parseYaml"));
  return Json(std::move(documents));
}

// Go's regexp.QuoteMeta, which escapes only what has a meaning (RE2's own escapes more).
Result<Json> native_escape_regex(Arguments arguments) {
  KF_TRY(const std::string text, text_argument(arguments, 0, "str"));
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return Json(std::move(out));
}

Result<std::unique_ptr<re2::RE2>> compile(const std::string& pattern) {
  re2::RE2::Options options(re2::RE2::Quiet);
  std::unique_ptr<re2::RE2> regex = std::make_unique<re2::RE2>(pattern, options);
  if (regex->ok()) return regex;
  constexpr size_t kShown = 200;
  const auto cut = [](const std::string& text) {
    if (text.size() <= kShown) return text;
    const std::string begin = text.substr(0, kShown);
    return begin.substr(0, find_invalid_utf8(begin)) + "...";  // no half character
  };
  return project_error("bad regular expression '" + cut(pattern) + "': " + cut(regex->error()));
}

Result<Json> native_regex_match(Arguments arguments) {
  KF_TRY(const std::string pattern, text_argument(arguments, 0, "regex"));
  KF_TRY(const std::string text, text_argument(arguments, 1, "string"));
  KF_TRY(const std::unique_ptr<re2::RE2> regex, compile(pattern));
  return Json(re2::RE2::PartialMatch(text, *regex));
}

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Appends `replacement` with $name, ${name} and $$ expanded; what names no group is empty.
void expand(std::string_view replacement, const re2::RE2& regex,
            const std::vector<re2::StringPiece>& groups, std::string& out) {
  for (size_t pos = 0; pos < replacement.size();) {
    if (replacement[pos] != '$' || pos + 1 >= replacement.size()) {
      out += replacement[pos++];
      continue;
    }
    if (replacement[pos + 1] == '$') {
      out += '$';
      pos += 2;
      continue;
    }
    const bool braced = replacement[pos + 1] == '{';
    const size_t begin = pos + (braced ? 2 : 1);
    size_t end = begin;
    while (end < replacement.size() && is_word(replacement[end])) ++end;
    const bool closed = !braced || (end < replacement.size() && replacement[end] == '}');
    if (end == begin || !closed) {
      out += replacement[pos++];
      continue;
    }
    const std::string name(replacement.substr(begin, end - begin));
    const bool number = name.find_first_not_of("0123456789") == std::string::npos;
    const auto named = regex.NamedCapturingGroups().find(name);
    size_t index = groups.size();
    if (number && name.size() < 4) index = static_cast<size_t>(std::stoi(name));
    if (named != regex.NamedCapturingGroups().end()) index = static_cast<size_t>(named->second);
    if (index < groups.size()) out.append(groups[index].data(), groups[index].size());
    pos = end + (braced ? 1 : 0);
  }
}

constexpr size_t kLongestText = size_t{1} << 30;  // of what a substitution makes

Result<std::string> replace_all(const std::string& text, const re2::RE2& regex,
                                std::string_view replacement) {
  std::vector<re2::StringPiece> groups(static_cast<size_t>(regex.NumberOfCapturingGroups()) + 1);
  std::string out;
  size_t copied = 0;
  for (size_t pos = 0; pos <= text.size();) {
    const bool found = regex.Match(text, pos, text.size(), re2::RE2::UNANCHORED, groups.data(),
                                   static_cast<int>(groups.size()));
    if (!found) break;
    const size_t begin = static_cast<size_t>(groups[0].data() - text.data());
    const size_t end = begin + groups[0].size();
    out.append(text, copied, begin - copied);
    // An empty match right behind the one before it does not count.
    if (end > begin || begin > copied || begin == 0) expand(replacement, regex, groups, out);
    if (out.size() > kLongestText) return project_error("regexSubst: the result is too long");
    copied = end;
    pos = end;
    if (end > begin) continue;
    ++pos;
    while (pos < text.size() && (text[pos] & 0xC0) == 0x80) ++pos;
  }
  return out.append(text, copied, std::string::npos);
}

Result<Json> native_regex_subst(Arguments arguments) {
  KF_TRY(const std::string pattern, text_argument(arguments, 0, "regex"));
  KF_TRY(const std::string text, text_argument(arguments, 1, "src"));
  KF_TRY(const std::string replacement, text_argument(arguments, 2, "repl"));
  KF_TRY(const std::unique_ptr<re2::RE2> regex, compile(pattern));
  KF_TRY(std::string replaced, replace_all(text, *regex, replacement));
  return Json(std::move(replaced));
}

}  // namespace

std::span<const NativeFunction> standard_natives() {
  static const std::vector<NativeFunction> kFunctions = {
      {"parseJson", {"json"}, native_parse_json},
      {"parseYaml", {"yaml"}, native_parse_yaml},
      {"escapeStringRegex", {"str"}, native_escape_regex},
      {"regexMatch", {"regex", "string"}, native_regex_match},
      {"regexSubst", {"regex", "src", "repl"}, native_regex_subst},
  };
  return kFunctions;
}

}  // namespace kfctl
