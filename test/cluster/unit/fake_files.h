// Files that exist in memory only, for what reads.
#pragma once

#include <map>
#include <string>

#include "base/files.h"

namespace kfctl {

class FakeFiles : public DiskFiles {
 public:
  std::map<std::string, std::string> files;

  Result<std::string> read(const std::string& path) const override {
    const auto it = files.find(path);
    if (it == files.end()) return Error(ErrorKind::kDisk, path + ": no such file");
    return it->second;
  }
  PathKind kind(const std::string& path) const override {
    return files.contains(path) ? PathKind::kFile : PathKind::kMissing;
  }
};

}  // namespace kfctl
