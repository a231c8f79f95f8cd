// Files that may be changed only below one folder.
//
// What lies in a project (paths in its configuration, symbolic links of its checkout) comes from
// whoever wrote it, so no change of the project may reach out of its root, whatever these say.
// Reading is not limited.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"

namespace kfctl {

/// Hands everything on to `files`, which must outlive it, but refuses what would change something
/// that, links resolved, does not lie below `root`: kProject, naming the place it leads to. As safe
/// for several threads as `files`.
class FilesBelow : public Files {
 public:
  FilesBelow(Files& files, std::string root) : files_(files), root_(std::move(root)) {}

  Result<std::string> read(const std::string& path) const override { return files_.read(path); }
  PathKind kind(const std::string& path) const override { return files_.kind(path); }
  bool is_link(const std::string& path) const override { return files_.is_link(path); }
  Result<std::string> real_path(const std::string& path) const override {
    return files_.real_path(path);
  }
  Result<std::vector<std::string>> list(const std::string& directory) const override {
    return files_.list(directory);
  }

  Status write_all(const std::vector<FileWrite>& writes) override;
  Status remove(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status make_directory(const std::string& path) override;

  /// Whether `path` may be written, for work of several steps that wants to know before the first.
  Status check(const std::string& path) const { return check(path, path); }

 private:
  Status check(const std::string& path, const std::string& changed) const;

  Files& files_;
  std::string root_;
};

}  // namespace kfctl
