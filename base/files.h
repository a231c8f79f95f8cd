// Files: the disk behind an interface, so that rooms can be tested without one.
//
// Paths are '/'-separated. A reader never sees half of a file: what is written is written beside
// its target, synced and renamed.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace kfctl {

struct FileWrite {
  std::string path;
  std::string content;
};

enum class PathKind { kMissing, kFile, kDirectory, kOther };

class Files {
 public:
  virtual ~Files() = default;

  /// The whole file. Errors: kDisk, naming the path and the system's reason.
  virtual Result<std::string> read(const std::string& path) const = 0;

  /// What `path` is, symbolic links followed; kMissing too if it cannot be looked at.
  virtual PathKind kind(const std::string& path) const = 0;

  /// True if `path` itself is a symbolic link.
  virtual bool is_link(const std::string& path) const = 0;

  /// The absolute path without symbolic links: those on the way are resolved, and what does not
  /// exist yet at the end of it stays as it is. Errors: kDisk (links in a circle, a folder that may
  /// not be looked into).
  virtual Result<std::string> real_path(const std::string& path) const = 0;

  /// Names (not paths) in a directory, sorted by byte, without "." and "..". Errors: kDisk.
  virtual Result<std::vector<std::string>> list(const std::string& directory) const = 0;

  /// Replaces or creates files that belong together; the directories above them are made. Every
  /// content is written beside its target before the first is renamed into place, in the order
  /// given: an error before that, which is where a full disk or a missing right shows, leaves
  /// every file as it was. The mode of a file that was there is kept, and a symbolic link is
  /// written through. Errors: kDisk.
  virtual Status write_all(const std::vector<FileWrite>& writes) = 0;

  /// Removes a file, or a directory that is empty; missing is not an error. Errors: kDisk.
  virtual Status remove(const std::string& path) = 0;

  /// Renames a file or a directory on one file system. Errors: kDisk.
  virtual Status rename(const std::string& from, const std::string& to) = 0;

  /// Makes a directory and those above it; there already is not an error. Errors: kDisk.
  virtual Status make_directory(const std::string& path) = 0;

  Status write(std::string path, std::string content) {
    return write_all({{std::move(path), std::move(content)}});
  }
  bool is_file(const std::string& path) const { return kind(path) == PathKind::kFile; }
  bool is_directory(const std::string& path) const { return kind(path) == PathKind::kDirectory; }
};

/// The real disk. Safe for use by several threads at once.
class DiskFiles : public Files {
 public:
  Result<std::string> read(const std::string& path) const override;
  PathKind kind(const std::string& path) const override;
  bool is_link(const std::string& path) const override;
  Result<std::string> real_path(const std::string& path) const override;
  Result<std::vector<std::string>> list(const std::string& directory) const override;
  Status write_all(const std::vector<FileWrite>& writes) override;
  Status remove(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status make_directory(const std::string& path) override;
};

/// All files below `directory` as sorted paths relative to it; a missing directory has none.
/// Symbolic links to directories are not followed. Errors: kDisk.
Result<std::vector<std::string>> list_tree(const Files& files, const std::string& directory);

/// Removes a directory and all below it; missing is not an error. Errors: kDisk.
Status remove_tree(Files& files, const std::string& directory);

/// "a/b" and "c" make "a/b/c"; an absolute second path wins; "." and "" as first are dropped.
std::string join_path(std::string_view directory, std::string_view path);

/// The path without its last part ("." if there is none), and the last part alone.
std::string parent_path(std::string_view path);
std::string_view base_name(std::string_view path);

/// `path` without ".", "..", doubled and trailing slashes, by text alone. "" becomes ".".
std::string normal_path(std::string_view path);

/// True if `path`, taken relative to some root, does not leave it: not absolute, no ".." that
/// climbs out, no NUL. What packages, archives and manifests name must pass this.
bool stays_inside(std::string_view path);

/// True if `path` is `folder` or something below it, by text alone; both are absolute and normal.
bool is_below(std::string_view path, std::string_view folder);

}  // namespace kfctl
