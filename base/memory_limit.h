// How much memory there is.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/files.h"

namespace kfctl {

/// How many bytes of memory this process could use if it were alone: the machine's, cut down by the
/// limit of its control group (v2 memory.max, v1 memory.limit_in_bytes). SIZE_MAX if neither can be
/// found out. `root` is "/" but in tests.
size_t usable_memory(const Files& files, std::string_view root = "/");

}  // namespace kfctl
