// Any text either is refused with its line, or gives types that can all be asked for, with which
// any object can be checked.
#include <cstdint>
#include <cstdlib>

#include "cluster/schema/check_value.h"
#include "cluster/schema/facts.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const kfctl::Result<kfctl::Facts> facts = kfctl::Facts::read(text, 30);
  if (!facts.ok()) {
    if (!facts.error().message.starts_with("kubernetes.facts:")) std::abort();
    return 0;
  }
  const kfctl::Json object = kfctl::Json::object(
      {{"a", kfctl::Json::array({1, "b", kfctl::Json::object({{"a", "b"}})})}, {"b", "c"}});
  std::vector<kfctl::Problem> problems;
  kfctl::Reporter to(object, problems);
  for (const std::string_view name : facts.value().type_names()) {
    kfctl::check_value(object, *facts.value().type(name), "", facts.value(), to);
  }
  for (const kfctl::KindFact& kind : facts.value().kinds()) {
    facts.value().find_kind(kind.api_version, kind.kind);
  }
  return 0;
}
