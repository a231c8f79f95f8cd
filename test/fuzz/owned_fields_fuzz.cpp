// Any managedFields, whatever a server or somebody who edits them put there, give a doubt or none.
// An object compared with itself and owned as it was applied stays what it is.
#include <cstdint>

#include "cluster/owned_fields.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const kfctl::Facts facts = kfctl::Facts::builtin(34);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const kfctl::Result<kfctl::Json> parsed = kfctl::parse_json(text, "input");
  if (!parsed.ok()) return 0;
  const kfctl::Json& value = parsed.value();
  kfctl::doubt_unchanged(value, value, facts);
  const kfctl::Json* const wanted = value.find("wanted");
  const kfctl::Json* const live = value.find("live");
  if (wanted != nullptr && live != nullptr) kfctl::doubt_unchanged(*wanted, *live, facts);
  return 0;
}
