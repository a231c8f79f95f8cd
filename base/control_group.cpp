#include "base/control_group.h"

#include "base/text.h"

namespace kfctl {

std::string read_group_file(const Files& files, const std::string& path) {
  Result<std::string> text = files.read(path);
  return text.ok() ? std::string(trim(text.value())) : "";
}

std::vector<std::string> control_group_directories(const Files& files, std::string_view root,
                                                   std::initializer_list<std::string_view> mounts) {
  const std::string top = join_path(root, "sys/fs/cgroup");
  std::vector<std::string> places;
  for (const std::string_view mount : mounts)
    places.push_back(mount.empty() ? top : join_path(top, mount));
  std::vector<std::string> found;
  const std::string groups = read_group_file(files, join_path(root, "proc/self/cgroup"));
  for (const std::string_view line : split_lines(groups)) {
    const std::vector<std::string_view> parts = split(line, ':');
    if (parts.size() < 3) continue;
    std::string group = normal_path(std::string("./") + std::string(parts[2]));
    if (!stays_inside(group)) continue;
    for (; group != "."; group = parent_path(group))
      for (const std::string& place : places) found.push_back(join_path(place, group));
  }
  found.insert(found.end(), places.begin(), places.end());
  return found;
}

}  // namespace kfctl
