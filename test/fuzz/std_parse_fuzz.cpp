// Any bytes as text for std.parseJson and std.parseYaml: refused with a place, or a value that
// reads back as itself from what std.manifestJsonEx makes of it.
#include <cstdint>
#include <cstdlib>

#include "templates/jsonnet/engine/engine.h"

namespace {

void check(std::string_view function, std::string_view text) {
  kfctl::JsonnetRequest request;
  request.path = "fuzz";
  request.source = "local v = std." + std::string(function) +
                   "(std.extVar('text')); std.parseJson(std.manifestJsonEx(v, ' ')) == v";
  request.max_stack = 100;
  request.external = {{"text", std::string(text), false}};
  const kfctl::Result<kfctl::JsonnetText> same =
      kfctl::JsonnetEngine().print(request, kfctl::JsonnetOutput::kJson);
  if (same.ok() ? same.value().text != "true" : same.error().message.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check("parseJson", text);
  check("parseYaml", text);
  return 0;
}
