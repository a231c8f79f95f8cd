// Files that were compiled into the binary by kfctl_embed (cmake/KfctlEmbed.cmake).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace kfctl {

struct EmbeddedFile {
  std::string_view path;  // relative to the embedded folder
  std::string_view text;
};

/// The file at `path`, or nullptr. REQUIRES: `files` is sorted by path, as kfctl_embed writes them.
const EmbeddedFile* find_embedded(std::span<const EmbeddedFile> files, std::string_view path);

}  // namespace kfctl
