// A disk of a few files that cannot be changed.
#pragma once

#include <map>
#include <string>

#include "base/files.h"

namespace kfctl {

class FixedFiles : public DiskFiles {
 public:
  std::map<std::string, std::string> files;
  Result<std::string> read(const std::string& path) const override {
    const auto it = files.find(path);
    if (it == files.end()) return Error(ErrorKind::kDisk, path + ": missing");
    return it->second;
  }
};

}  // namespace kfctl
