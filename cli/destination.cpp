#include "cli/destination.h"

namespace kfctl {
namespace {

std::optional<std::string> given(const Args& args, std::string_view flag) {
  if (!args.has(flag)) return std::nullopt;
  return args.value(flag);
}

const std::string* pointer(const std::optional<std::string>& text) {
  return text.has_value() ? &*text : nullptr;
}

}  // namespace

void DestinationFlags::write_to(Environment& environment) const {
  Destination& destination = environment.destination;
  destination.server = server.value_or(destination.server);
  destination.context = context.value_or(destination.context);
  destination.directory = directory.value_or(destination.directory);
  destination.name_space = name_space.value_or(destination.name_space);
  environment.kubernetes_version = kubernetes_version.value_or(environment.kubernetes_version);
}

void DestinationFlags::write_to(EnvironmentChange& change) const {
  change.server = pointer(server);
  change.context = pointer(context);
  change.directory = pointer(directory);
  change.name_space = pointer(name_space);
  change.kubernetes_version = pointer(kubernetes_version);
}

Result<DestinationFlags> destination_flags(const Args& args) {
  DestinationFlags flags{given(args, "server"), given(args, "context"), given(args, "directory"),
                         given(args, "namespace"), given(args, "api-spec")};
  const int places = int{flags.server.has_value()} + int{flags.context.has_value()} +
                     int{flags.directory.has_value()};
  if (places > 1) {
    return usage_error("an environment has one destination",
                       "give one of --context, --server and --directory");
  }
  if (flags.kubernetes_version.has_value()) {
    std::string& version = *flags.kubernetes_version;
    if (version.starts_with("version:")) version.erase(0, 8);
    if (!version.starts_with("v")) {
      return usage_error("--api-spec does not take '" + args.value("api-spec") + "'",
                         "write version:v1.34.0");
    }
  }
  return flags;
}

}  // namespace kfctl
