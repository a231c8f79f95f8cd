// kDestinationFlags as values: what `init`, `env add` and `env set` were told.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/args.h"
#include "templates/app/app.h"

namespace kfctl {

struct DestinationFlags {
  std::optional<std::string> server, context, directory, name_space, kubernetes_version;

  /// Writes what was given into `environment`.
  void write_to(Environment& environment) const;
  /// Points `change` at what was given; valid as long as this lives.
  void write_to(EnvironmentChange& change) const;
};

/// Errors: kUsage if two of server, context and directory are given, or for another --api-spec
/// than version:vN.
Result<DestinationFlags> destination_flags(const Args& args);

}  // namespace kfctl
