// API versions that Kubernetes had before the oldest version the facts know, and what took their
// place.
#pragma once

#include <string_view>

namespace kfctl {

struct RemovedApi {
  std::string_view api_version;
  std::string_view kind;
  int minor = 0;                 // gone since Kubernetes 1.minor
  std::string_view replacement;  // an API version with the same kind, or "" for none
};

/// The row of that kind, or nullptr.
const RemovedApi* find_removed(std::string_view api_version, std::string_view kind);

}  // namespace kfctl
