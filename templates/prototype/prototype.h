// Prototypes: jsonnet templates with a header that says which parameters they take.
//
// A header is the comment lines at the top of the file (ksonnet's grammar, as its jsonnet_parser.go
// had it):
//
//     // @apiVersion 0.1
//     // @name io.ksonnet.pkg.webapp
//     // @description A web application:
//     // goes on, on lines that do not begin with '@', until an empty comment line
//     // @shortDescription A web application
//     // @param image string Container image                      name, type, description
//     // @optionalParam replicas number 2 Number of pods          name, type, default, description
//
// The fields of @param and @optionalParam are split at single spaces, so a default holds no space
// and two spaces after the type make it the empty string. Everything below the header is the body.
// All of this is text in, text out; templates/app puts a component's files where they belong.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace kfctl {

enum class ParameterType { kString, kNumber, kNumberOrString, kObject, kArray };

/// "string", "number", "numberOrString", "object", "array".
std::string_view parameter_type_name(ParameterType type);

struct PrototypeParameter {
  std::string name;
  ParameterType type = ParameterType::kString;
  bool required = false;
  std::string default_value;  // as written in the header; "" for a required one
  std::string description;
};

struct Prototype {
  std::string path;  // of its source, for messages
  std::string name;  // "io.ksonnet.pkg.webapp"
  std::string api_version;
  std::string description;
  std::string short_description;
  std::vector<PrototypeParameter> parameters;  // as in the header
  std::string body;

  /// The parameter of that name, or nullptr.
  const PrototypeParameter* find(std::string_view parameter) const;
};

/// Reads a prototype. `path` begins messages and is kept.
/// Errors: kProject "path:line: ..." for an unknown directive or type, missing fields, a parameter
/// twice, no @name, bytes that are not UTF-8.
Result<Prototype> parse_prototype(std::string_view text, std::string_view path);

/// The prototype that `name` means: the one so called, or else the only one whose name ends in
/// "." + name or in `name`. The pointer is into `prototypes`.
/// Errors: kUsage with the near word if none matches, or with the list if several do.
Result<const Prototype*> resolve_prototype(const std::vector<Prototype>& prototypes,
                                           std::string_view name);

/// A parameter of a component with its value as jsonnet source: {"image", "'nginx'"}.
struct ParameterLiteral {
  std::string name;
  std::string jsonnet;
};

using ParameterTexts = std::vector<std::pair<std::string, std::string>>;

/// What a component made from `prototype` starts with: every parameter, sorted by name, the given
/// texts (name and value as a user types them; the last of one name wins) in place of defaults.
/// `name` is the component's name if it is a parameter that was not given. Objects and arrays are
/// taken as jsonnet without a look inside: the caller evaluates before it writes.
/// Errors: kUsage for an unknown parameter (with the near word), a required one that is missing or
/// empty, a number that is none, and text that is not UTF-8.
Result<std::vector<ParameterLiteral>> bind_parameters(const Prototype& prototype,
                                                      std::string_view component,
                                                      const ParameterTexts& given);

/// The text of the component's file: the locals `env` and `params`, then the body with
/// `import 'param://x'` as `params.x` and `import 'env://x'` as `env.x`. `component` is its name
/// within its module.
std::string expand_prototype(const Prototype& prototype, std::string_view component);

/// `text` as a jsonnet string literal in single quotes.
std::string jsonnet_quote(std::string_view text);

/// True if `name` can stand as a field name without quotes.
bool is_jsonnet_identifier(std::string_view name);

}  // namespace kfctl
