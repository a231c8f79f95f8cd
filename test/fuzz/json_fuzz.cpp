// Any bytes either are refused with a place, or read as a value that survives printing and reading.
#include <cstdint>
#include <cstdlib>

#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const kfctl::Result<kfctl::Json> first = kfctl::parse_json(text, "fuzz");
  if (!first.ok()) {
    if (!first.error().message.starts_with("fuzz:")) std::abort();
    return 0;
  }
  for (const int indent : {0, 2}) {
    const std::string printed = first.value().dump(indent);
    const kfctl::Result<kfctl::Json> second = kfctl::parse_json(printed, "printed");
    if (!second.ok() || !(second.value() == first.value())) std::abort();
  }
  return 0;
}
