#include "templates/jsonnet/lint/finding.h"

namespace kfctl::lint {
namespace {

constexpr Rule kRules[] = {
    {"syntax", "the file cannot be read: it is no jsonnet, or a name in it is unknown"},
    {"unused-local", "a local that nothing uses; a name that begins with _ may stay"},
    {"unused-import", "a local that imports a file and that nothing uses"},
    {"unused-parameter", "a parameter of a local function, only ever called, that nothing uses"},
    {"shadowing", "a name that hides another one of the file"},
    {"unknown-field", "a field of a known object, or a member of std, that does not exist"},
    {"wrong-arguments", "a call that the known function does not accept"},
    {"type-error", "an operation that is an error for the types of its operands"},
    {"constant-comparison", "a comparison of values whose types differ"},
    {"constant-condition", "a condition that does not depend on anything"},
    {"same-branches", "an if whose branches are the same"},
    {"same-operands", "an operator between an expression and itself"},
    {"endless", "a local that is its own value"},
    {"unknown-rule", "a comment that silences a rule that does not exist"},
};

}  // namespace

std::span<const Rule> rules() { return kRules; }

const Rule* find_rule(std::string_view name) {
  for (const Rule& rule : kRules)
    if (rule.name == name) return &rule;
  return nullptr;
}

}  // namespace kfctl::lint
