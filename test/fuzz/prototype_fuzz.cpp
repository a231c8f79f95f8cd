// Whatever a prototype's file holds, it is refused with a place, or its parameters can be bound to
// literals that are each one jsonnet value.
#include <cstdint>
#include <cstdlib>

#include "templates/app/jsonnet_outline.h"
#include "templates/prototype/prototype.h"

using namespace kfctl;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Prototype> prototype = parse_prototype(text, "fuzz");
  if (!prototype.ok()) {
    if (!prototype.error().message.starts_with("fuzz:")) std::abort();
    return 0;
  }
  ParameterTexts given;
  for (const PrototypeParameter& parameter : prototype.value().parameters) {
    const bool number = parameter.type == ParameterType::kNumber;
    if (parameter.required) given.emplace_back(parameter.name, number ? "1" : "it's \"x\"\\");
  }
  const Result<std::vector<ParameterLiteral>> literals =
      bind_parameters(prototype.value(), "web", given);
  if (!literals.ok()) return 0;
  for (const ParameterLiteral& literal : literals.value()) {
    const ParameterType type = prototype.value().find(literal.name)->type;
    if (type == ParameterType::kObject || type == ParameterType::kArray) continue;
    const Result<std::vector<Token>> tokens = lex_jsonnet(literal.jsonnet, "literal");
    if (!tokens.ok() || tokens.value().empty() || tokens.value().size() > 2) std::abort();
  }
  (void)expand_prototype(prototype.value(), "web");
  return 0;
}
