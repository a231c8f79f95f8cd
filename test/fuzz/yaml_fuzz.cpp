// Any bytes either are refused with a place, or read as documents that survive printing and
// reading.
#include <cstdint>
#include <cstdlib>

#include "base/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  kfctl::YamlLimits limits;
  limits.max_nodes = 20'000;
  const kfctl::Result<std::vector<kfctl::Json>> first =
      kfctl::parse_yaml_stream(text, "fuzz", limits);
  if (!first.ok()) {
    if (!first.error().message.starts_with("fuzz:")) std::abort();
    return 0;
  }
  const std::string printed = kfctl::to_yaml_stream(first.value());
  const kfctl::Result<std::vector<kfctl::Json>> second =
      kfctl::parse_yaml_stream(printed, "printed");
  if (!second.ok() || second.value() != first.value()) std::abort();
  (void)kfctl::place_in_yaml(text, 0, {"a", "0", "b"});
  return 0;
}
