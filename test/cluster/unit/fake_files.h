// Files that exist in memory only.
#pragma once

#include <map>
#include <string>

#include "base/files.h"

namespace kfctl {

class FakeFiles : public DiskFiles {
 public:
  std::map<std::string, std::string> files;
  bool full = false;  // writing fails

  Result<std::string> read(const std::string& path) const override {
    const auto it = files.find(path);
    if (it == files.end()) return Error(ErrorKind::kDisk, path + ": no such file");
    return it->second;
  }
  Status write_all(const std::vector<FileWrite>& writes) override {
    if (full) return Error(ErrorKind::kDisk, "no space left on device");
    for (const FileWrite& one : writes) files[one.path] = one.content;
    return Ok{};
  }
  PathKind kind(const std::string& path) const override {
    if (files.contains(path)) return PathKind::kFile;
    const auto below = files.lower_bound(path + "/");
    const bool any = below != files.end() && below->first.starts_with(path + "/");
    return any ? PathKind::kDirectory : PathKind::kMissing;
  }
  Result<std::vector<std::string>> list(const std::string& directory) const override {
    std::vector<std::string> names;
    for (const auto& [path, text] : files) {
      if (parent_path(path) == directory) names.emplace_back(base_name(path));
    }
    return names;
  }
  Status remove(const std::string& path) override {
    files.erase(path);
    return Ok{};
  }
};

}  // namespace kfctl
