#include "templates/prototype/prototype.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/json.h"
#include "base/text.h"

namespace kfctl {
namespace {

constexpr std::pair<ParameterType, std::string_view> kTypes[] = {
    {ParameterType::kString, "string"},
    {ParameterType::kNumber, "number"},
    {ParameterType::kNumberOrString, "numberOrString"},
    {ParameterType::kObject, "object"},
    {ParameterType::kArray, "array"},
};

std::optional<ParameterType> type_named(std::string_view name) {
  for (const auto& [type, type_name] : kTypes) {
    if (type_name == name) return type;
  }
  return std::nullopt;
}

// A header's directive with the comment lines that continue it.
struct Directive {
  std::string name;  // without the '@'
  std::string text;
  int line = 0;
};

// The first `count` - 1 fields that end at a single space, and the rest. Empty if there are fewer.
std::vector<std::string> fields_of(std::string_view text, size_t count) {
  std::vector<std::string> fields;
  while (fields.size() + 1 < count) {
    const size_t space = text.find(' ');
    if (space == std::string_view::npos) return {};
    fields.emplace_back(text.substr(0, space));
    text.remove_prefix(space + 1);
  }
  fields.emplace_back(text);
  return fields;
}

class HeaderParser {
 public:
  HeaderParser(std::string_view text, std::string_view path) : text_(text), path_(path) {}

  Result<Prototype> parse() {
    prototype_.path = path_;
    if (const size_t bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
      return project_error(path_ + ":" + std::to_string(place_of(text_, bad).line) +
                           ": not valid UTF-8");
    }
    split_header();
    for (const Directive& directive : directives_) KF_DO(apply(directive));
    if (prototype_.name.empty()) {
      return project_error(path_ + ": the prototype has no '// @name' line");
    }
    return std::move(prototype_);
  }

 private:
  // The header ends at the first line that is neither blank nor a comment. Comment lines in it that
  // belong to no directive, such as a licence, go to the body.
  void split_header() {
    bool continues = false;
    int line_number = 0;
    std::string_view rest = text_;
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      const std::string_view trimmed = trim(line);
      if (!trimmed.empty() && !trimmed.starts_with("//")) break;
      ++line_number;
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      const std::string_view comment = trim(trimmed.substr(trimmed.empty() ? 0 : 2));
      if (comment.starts_with('@')) {
        add_directive(comment.substr(1), line_number);
        continues = true;
      } else if (comment.empty()) {
        continues = false;
      } else if (continues) {
        directives_.back().text += "\n" + std::string(comment);
      } else {
        prototype_.body += std::string(line) + "\n";
      }
    }
    prototype_.body += rest;
  }

  void add_directive(std::string_view text, int line) {
    const size_t space = text.find(' ');
    const std::string_view value =
        space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    directives_.push_back({std::string(text.substr(0, space)), std::string(value), line});
  }

  Error error_at(const Directive& directive, std::string message, std::string hint = "") const {
    return project_error(path_ + ":" + std::to_string(directive.line) + ": " + message,
                         std::move(hint));
  }

  Status apply(const Directive& directive) {
    const std::pair<std::string_view, std::string*> texts[] = {
        {"name", &prototype_.name},
        {"apiVersion", &prototype_.api_version},
        {"description", &prototype_.description},
        {"shortDescription", &prototype_.short_description},
    };
    for (const auto& [name, target] : texts) {
      if (name != directive.name) continue;
      *target = trim(directive.text);
      return Ok{};
    }
    if (directive.name == "param") return add_parameter(directive, true);
    if (directive.name == "optionalParam") return add_parameter(directive, false);
    return error_at(directive, "unknown directive '@" + directive.name + "'",
                    did_you_mean(directive.name, {"name", "apiVersion", "description",
                                                  "shortDescription", "param", "optionalParam"}));
  }

  Status add_parameter(const Directive& directive, bool required) {
    const std::vector<std::string> fields = fields_of(directive.text, required ? 3 : 4);
    if (fields.empty()) {
      return error_at(directive, "@" + directive.name + " needs a name, a type" +
                                     (required ? "" : ", a default") + " and a description");
    }
    const std::optional<ParameterType> type = type_named(fields[1]);
    if (!type) {
      return error_at(directive, "unknown parameter type '" + fields[1] + "'",
                      "use string, number, numberOrString, object or array");
    }
    if (prototype_.find(fields[0]) != nullptr) {
      return error_at(directive, "parameter '" + fields[0] + "' is declared twice");
    }
    prototype_.parameters.push_back(
        {fields[0], *type, required, required ? "" : fields[2], std::string(trim(fields.back()))});
    return Ok{};
  }

  std::string_view text_;
  std::string path_;
  std::vector<Directive> directives_;
  Prototype prototype_;
};

// A number as JSON writes it, which jsonnet reads too: not ".5", "1." or "01".
bool is_number(std::string_view text) {
  const Result<Json> value = parse_json(text, "");
  return value.ok() && value.value().is_number() && trim(text) == text;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Result<std::string> literal_of(const PrototypeParameter& parameter, const std::string& text) {
  switch (parameter.type) {
    case ParameterType::kNumber:
      if (is_number(text)) return text;
      return usage_error("parameter '" + parameter.name + "' must be a number, not '" + text + "'");
    case ParameterType::kNumberOrString:
      return is_number(text) ? text : jsonnet_quote(text);
    case ParameterType::kString:
      return jsonnet_quote(text);
    case ParameterType::kObject:
    case ParameterType::kArray:
      return text.empty() ? jsonnet_quote(text) : text;
  }
  return internal_error("a parameter of no type");
}

// Rewrites `import 'param://x'` (either quote, x of word characters) to `params.x`, and env://
// alike.
std::string rewrite_imports(std::string_view body) {
  constexpr std::string_view kImport = "import";
  constexpr std::pair<std::string_view, std::string_view> kSchemes[] = {{"param://", "params."},
                                                                        {"env://", "env."}};
  std::string out;
  while (true) {
    const size_t at = body.find(kImport);
    out += body.substr(0, at);
    if (at == std::string_view::npos) return out;
    body.remove_prefix(at);
    size_t pos = kImport.size();
    while (pos < body.size() && (body[pos] == ' ' || body[pos] == '\t')) ++pos;
    const char quote = pos < body.size() ? body[pos] : '\0';
    bool rewritten = false;
    for (const auto& [scheme, local] : kSchemes) {
      if ((quote != '"' && quote != '\'') || !body.substr(pos + 1).starts_with(scheme)) continue;
      const size_t begin = pos + 1 + scheme.size();
      size_t end = begin;
      while (end < body.size() && is_word(body[end])) ++end;
      if (end == begin || end >= body.size() || body[end] != quote) continue;
      out += std::string(local) + std::string(body.substr(begin, end - begin));
      body.remove_prefix(end + 1);
      rewritten = true;
      break;
    }
    if (!rewritten) {
      out += kImport;
      body.remove_prefix(kImport.size());
    }
  }
}

}  // namespace

std::string_view parameter_type_name(ParameterType type) {
  return kTypes[static_cast<size_t>(type)].second;
}

const PrototypeParameter* Prototype::find(std::string_view parameter) const {
  for (const PrototypeParameter& candidate : parameters) {
    if (candidate.name == parameter) return &candidate;
  }
  return nullptr;
}

Result<Prototype> parse_prototype(std::string_view text, std::string_view path) {
  return HeaderParser(text, path).parse();
}

Result<const Prototype*> resolve_prototype(const std::vector<Prototype>& prototypes,
                                           std::string_view name) {
  std::vector<const Prototype*> parts, suffixes;
  std::vector<std::string> short_names;
  for (const Prototype& prototype : prototypes) {
    if (prototype.name == name) return &prototype;
    if (prototype.name.ends_with("." + std::string(name))) parts.push_back(&prototype);
    if (prototype.name.ends_with(name)) suffixes.push_back(&prototype);
    short_names.push_back(prototype.name.substr(prototype.name.find_last_of('.') + 1));
  }
  const std::vector<const Prototype*>& matches = parts.empty() ? suffixes : parts;
  if (matches.size() == 1) return matches.front();
  if (matches.empty() || name.empty()) {
    return usage_error("unknown prototype '" + std::string(name) + "'",
                       did_you_mean(name, short_names, "kfctl prototype list shows what there is"));
  }
  std::vector<std::string> names;
  for (const Prototype* match : matches) names.push_back(match->name);
  return usage_error("prototype '" + std::string(name) + "' is ambiguous: " + join(names, ", "),
                     "write one of these names in full");
}

Result<std::vector<ParameterLiteral>> bind_parameters(const Prototype& prototype,
                                                      std::string_view component,
                                                      const ParameterTexts& given) {
  std::map<std::string, std::string> texts;
  std::vector<std::string> known;
  for (const PrototypeParameter& parameter : prototype.parameters) {
    if (!parameter.required) texts[parameter.name] = parameter.default_value;
    known.push_back(parameter.name);
  }
  if (prototype.find("name") != nullptr) texts["name"] = component;
  for (const auto& [name, text] : given) {
    if (prototype.find(name) == nullptr) {
      return usage_error(
          "prototype '" + prototype.name + "' has no parameter '" + name + "'",
          did_you_mean(name, known, "kfctl prototype describe " + prototype.name + " lists them"));
    }
    if (find_invalid_utf8(text) != std::string_view::npos) {
      return usage_error("the value of parameter '" + name + "' is not valid UTF-8");
    }
    texts[name] = text;
  }
  std::vector<std::string> missing;
  for (const PrototypeParameter& parameter : prototype.parameters) {
    if (parameter.required && texts[parameter.name].empty()) missing.push_back(parameter.name);
  }
  if (!missing.empty()) {
    return usage_error("prototype '" + prototype.name + "' needs " +
                           (missing.size() == 1 ? "the parameter " : "the parameters ") +
                           join(missing, ", "),
                       "add --" + missing.front() + " VALUE");
  }
  std::vector<ParameterLiteral> literals;
  for (const auto& [name, text] : texts) {
    KF_TRY(std::string literal, literal_of(*prototype.find(name), text));
    literals.push_back({name, std::move(literal)});
  }
  return literals;
}

std::string expand_prototype(const Prototype& prototype, std::string_view component) {
  std::string text = "local env = std.extVar(\"__ksonnet/environments\");\n";
  text += "local params = std.extVar(\"__ksonnet/params\").components";
  text += is_jsonnet_identifier(component) ? "." + std::string(component)
                                           : "[" + json_quote(component) + "]";
  text += ";\n\n";
  std::string body = rewrite_imports(prototype.body);
  body.erase(0, body.find_first_not_of("\r\n"));
  if (!body.ends_with('\n')) body += '\n';
  return text + body;
}

std::string jsonnet_quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    switch (c) {
      case '\'':
        out += "\\'";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += c;
    }
  }
  return out + "'";
}

bool is_jsonnet_identifier(std::string_view name) {
  constexpr std::array<std::string_view, 16> kKeywords = {
      "assert", "else",  "error", "false", "for",   "function",   "if",        "import",
      "in",     "local", "null",  "self",  "super", "tailstrict", "importstr", "then"};
  if (name.empty() || (name[0] >= '0' && name[0] <= '9') || name == "true" || name == "importbin") {
    return false;
  }
  return std::all_of(name.begin(), name.end(), is_word) &&
         std::find(kKeywords.begin(), kKeywords.end(), name) == kKeywords.end();
}

}  // namespace kfctl
