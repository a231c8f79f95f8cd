// Where the limits of this process's control group stand on disk, v1 and v2.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace kfctl {

/// The directories below `root`/sys/fs/cgroup that proc/self/cgroup names, and all above each: a
/// limit anywhere on the way up counts. Inside a container the path may not exist; the top then
/// holds. `mounts` are the controllers' places there, "" (v2) among them. `root` is "/" but in
/// tests.
std::vector<std::string> control_group_directories(const Files& files, std::string_view root,
                                                   std::initializer_list<std::string_view> mounts);

/// The text of one of their files without the line end; "" if it cannot be read.
std::string read_group_file(const Files& files, const std::string& path);

}  // namespace kfctl
