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
    return files.contains(path) ? PathKind::kFile : PathKind::kMissing;
  }
};

}  // namespace kfctl
