#include "base/memory_limit.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "base/control_group.h"
#include "base/text.h"

namespace kfctl {
namespace {

// "max", "" and what is no number are no limit.
size_t bytes_of(std::string_view text) {
  size_t bytes = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), bytes);
  return end.ec == std::errc() && end.ptr == text.data() + text.size() ? bytes : SIZE_MAX;
}

// MemTotal:       24634472 kB
size_t machine_memory(const Files& files, std::string_view root) {
  constexpr std::string_view kName = "MemTotal:", kUnit = " kB";
  const std::string text = read_group_file(files, join_path(root, "proc/meminfo"));
  for (std::string_view line : split_lines(text)) {
    if (!line.starts_with(kName) || !line.ends_with(kUnit)) continue;
    line.remove_prefix(kName.size());
    line.remove_suffix(kUnit.size());
    const size_t kilobytes = bytes_of(trim(line));
    return kilobytes > SIZE_MAX / 1024 ? SIZE_MAX : kilobytes * 1024;
  }
  return SIZE_MAX;
}

}  // namespace

size_t usable_memory(const Files& files, std::string_view root) {
  size_t bytes = machine_memory(files, root);
  for (const std::string& directory : control_group_directories(files, root, {"", "memory"}))
    for (const char* name : {"memory.max", "memory.limit_in_bytes"})
      bytes = std::min(bytes, bytes_of(read_group_file(files, join_path(directory, name))));
  return bytes;
}

}  // namespace kfctl
