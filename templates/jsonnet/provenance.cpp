#include "templates/jsonnet/provenance.h"

namespace kfctl {

std::string SourcePlace::at() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string_view origin_kind_name(OriginKind kind) {
  constexpr std::string_view kNames[] = {"literal", "computed", "text",   "external",
                                         "given",   "added",    "unknown"};
  return kNames[static_cast<int>(kind)];
}

}  // namespace kfctl
