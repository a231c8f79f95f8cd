// Any bytes as a jsonnet program: refused with a place, or evaluated within the limits. What is a
// value prints as JSON that reads back. The same bytes go through std.parseJson and std.parseYaml.
#include <cstdint>
#include <cstdlib>

#include "templates/jsonnet/engine/engine.h"

namespace {

kfctl::Result<kfctl::JsonnetText> run(std::string source, std::string_view text) {
  kfctl::JsonnetRequest request;
  request.path = "fuzz";
  request.source = std::move(source);
  request.max_stack = 100;
  request.external = {{"text", std::string(text), false}};
  return kfctl::JsonnetEngine().print(request, kfctl::JsonnetOutput::kJson);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const kfctl::Result<kfctl::JsonnetText> program = run(std::string(text), "");
  if (program.ok()) {
    if (!kfctl::parse_json(program.value().text, "printed").ok()) std::abort();
  } else if (program.error().message.empty()) {
    std::abort();
  }
  static_cast<void>(run("std.parseJson(std.extVar('text'))", text));
  static_cast<void>(run("std.parseYaml(std.extVar('text'))", text));
  return 0;
}
