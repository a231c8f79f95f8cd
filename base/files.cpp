#include "base/files.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pages.h"
#include "base/text.h"

namespace kfctl {
namespace {

Error disk_error(std::string_view what, const std::string& path) {
  const int code = errno;
  std::string hint;
  if (code == EACCES || code == EPERM || code == EROFS) hint = "check the permissions of " + path;
  if (code == ENOSPC || code == EDQUOT) hint = "free some disk space and run it again";
  return Error(ErrorKind::kDisk, std::string(what) + " " + path + ": " + std::strerror(code),
               std::move(hint));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return fd < 0 || ::close(fd) == 0;
  }

 private:
  int fd_;
};

bool write_bytes(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    content.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

// A name in the same directory, hidden, that no other process or thread uses now.
std::string name_beside(const std::string& path) {
  static std::atomic<unsigned> counter = 0;
  return join_path(parent_path(path), "." + std::string(base_name(path)) + ".kfctl-" +
                                          std::to_string(::getpid()) + "-" +
                                          std::to_string(counter++));
}

// A symbolic link is followed, so that writing through it replaces its target and keeps the link.
std::string resolve_link(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr),
                                                             &std::free);
  return resolved ? std::string(resolved.get()) : path;
}

// A new content beside its target, removed again unless it was moved into place.
class Staged {
 public:
  explicit Staged(std::string target) : target_(std::move(target)) {}
  ~Staged() {
    if (!beside_.empty()) ::unlink(beside_.c_str());
  }
  Staged(Staged&& other) noexcept
      : target_(std::move(other.target_)), beside_(std::exchange(other.beside_, "")) {}
  Staged& operator=(Staged&&) = delete;

  Status write(std::string_view content) {
    struct stat old {};
    const bool replaces = ::stat(target_.c_str(), &old) == 0;
    if (replaces && S_ISDIR(old.st_mode)) {
      errno = EISDIR;
      return disk_error("cannot write", target_);
    }
    const std::string beside = name_beside(target_);
    Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file.open()) return disk_error("cannot write", target_);
    beside_ = beside;
    const bool written = write_bytes(file.get(), content) &&
                         (!replaces || ::fchmod(file.get(), old.st_mode & 07777) == 0) &&
                         ::fsync(file.get()) == 0 && file.close();
    if (!written) return disk_error("cannot write", target_);
    return Ok{};
  }

  Status move_into_place() {
    if (::rename(beside_.c_str(), target_.c_str()) != 0) {
      return disk_error("cannot write", target_);
    }
    beside_.clear();
    return Ok{};
  }

 private:
  std::string target_;
  std::string beside_;
};

void sync_directory(const std::string& directory) {
  Descriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.open()) ::fsync(handle.get());
}

}  // namespace

// What is no file may go on for ever, as /dev/zero does.
constexpr size_t kMostOfStream = size_t{1} << 30;

Result<std::string> DiskFiles::read(const std::string& path) const {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (!file.open() || ::fstat(file.get(), &info) != 0) return disk_error("cannot read", path);
  if (S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    return disk_error("cannot read", path);
  }
  std::string content;
  content.reserve(round_to_huge_pages(static_cast<size_t>(info.st_size) + 1));
  prefer_huge_pages(content.data(), content.capacity());
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_error("cannot read", path);
    if (count == 0) return content;
    if (!S_ISREG(info.st_mode) && content.size() >= kMostOfStream)
      return Error(ErrorKind::kDisk, "cannot read " + path + ": it does not end within 1 GiB");
    content.append(buffer, static_cast<size_t>(count));
  }
}

PathKind DiskFiles::kind(const std::string& path) const {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return PathKind::kMissing;
  if (S_ISREG(info.st_mode)) return PathKind::kFile;
  return S_ISDIR(info.st_mode) ? PathKind::kDirectory : PathKind::kOther;
}

bool DiskFiles::is_link(const std::string& path) const {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

Result<std::string> DiskFiles::real_path(const std::string& path) const {
  std::error_code failed;
  std::filesystem::path real = std::filesystem::absolute(path, failed);
  if (!failed) real = std::filesystem::weakly_canonical(real, failed);
  if (!failed) return normal_path(real.string());
  errno = failed.value();
  return disk_error("cannot find the way to", path);
}

Result<std::vector<std::string>> DiskFiles::list(const std::string& directory) const {
  const std::unique_ptr<DIR, int (*)(DIR*)> handle(::opendir(directory.c_str()), &::closedir);
  if (!handle) return disk_error("cannot list", directory);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(handle.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Status DiskFiles::write_all(const std::vector<FileWrite>& writes) {
  std::vector<Staged> staged;
  for (const FileWrite& write : writes) {
    KF_DO(make_directory(parent_path(write.path)));
    staged.emplace_back(resolve_link(write.path));
    KF_DO(staged.back().write(write.content));
  }
  for (Staged& file : staged) KF_DO(file.move_into_place());
  for (const FileWrite& write : writes) sync_directory(parent_path(write.path));
  return Ok{};
}

Status DiskFiles::remove(const std::string& path) {
  if (::remove(path.c_str()) != 0 && errno != ENOENT) return disk_error("cannot remove", path);
  return Ok{};
}

Status DiskFiles::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return disk_error("cannot rename", from);
  return Ok{};
}

Status DiskFiles::make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return Ok{};
  if (errno == ENOENT && parent_path(path) != path) {
    KF_DO(make_directory(parent_path(path)));
    if (::mkdir(path.c_str(), 0777) == 0) return Ok{};
  }
  const int code = errno;
  if (code == EEXIST && is_directory(path)) return Ok{};
  errno = code == EEXIST ? ENOTDIR : code;
  return disk_error("cannot make the directory", path);
}

Result<std::vector<std::string>> list_tree(const Files& files, const std::string& directory) {
  std::vector<std::string> found;
  if (!files.is_directory(directory)) return found;
  std::vector<std::string> pending = {""};
  while (!pending.empty()) {
    const std::string below = std::move(pending.back());
    pending.pop_back();
    KF_TRY(const std::vector<std::string> names,
           files.list(below.empty() ? directory : join_path(directory, below)));
    for (const std::string& name : names) {
      const std::string path = join_path(below, name);
      const bool descend = files.is_directory(join_path(directory, path)) &&
                           !files.is_link(join_path(directory, path));
      (descend ? pending : found).push_back(path);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

Status remove_tree(Files& files, const std::string& directory) {
  if (!files.is_directory(directory) || files.is_link(directory)) return files.remove(directory);
  KF_TRY(const std::vector<std::string> names, files.list(directory));
  for (const std::string& name : names) KF_DO(remove_tree(files, join_path(directory, name)));
  return files.remove(directory);
}

std::string join_path(std::string_view directory, std::string_view path) {
  if (directory.empty() || directory == "." || path.starts_with('/')) return std::string(path);
  if (path.empty()) return std::string(directory);
  std::string joined(directory);
  if (!joined.ends_with('/')) joined += '/';
  return joined += path;
}

std::string parent_path(std::string_view path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

std::string_view base_name(std::string_view path) {
  const size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string normal_path(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string> parts;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    const bool climbs = part == "..";
    if (climbs && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!climbs || !absolute) {
      parts.emplace_back(part);
    }
  }
  const std::string joined = join(parts, "/");
  if (absolute) return "/" + joined;
  return joined.empty() ? "." : joined;
}

bool stays_inside(std::string_view path) {
  if (path.starts_with('/') || path.find('\0') != std::string_view::npos) return false;
  const std::string normal = normal_path(path);
  return normal != ".." && !normal.starts_with("../");
}

bool is_below(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/';
}

}  // namespace kfctl
