// The .libsonnet files that ship with the binary and are on the import path of every component.
#pragma once

#include <optional>
#include <string_view>

namespace kfctl {

/// The text of a file of this folder, such as "kfctl.libsonnet". Valid for ever.
std::optional<std::string_view> find_library_file(std::string_view name);

}  // namespace kfctl
