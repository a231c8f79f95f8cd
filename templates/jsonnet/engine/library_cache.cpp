#include "templates/jsonnet/engine/library_cache.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <tuple>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "templates/jsonnet/engine/ast_image.h"

namespace kfctl::jsonnet {
namespace {

constexpr const char* kKeyFile = "key";
constexpr std::string_view kImageEnd = ".ast";
constexpr std::string_view kPartEnd = ".part";  // of what is being written
constexpr time_t kAbandoned = 60 * 60;          // seconds after which its writer must be dead

std::string image_name(const Sha256::Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name;
  for (size_t i = 0; i < 16; ++i) {
    name += kDigits[digest[i] >> 4];
    name += kDigits[digest[i] & 15];
  }
  return name + std::string(kImageEnd);
}

std::string part_name() {
  uint64_t random = 0;
  if (::getrandom(&random, sizeof random, 0) != sizeof random) random = 0;
  return std::to_string(::getpid()) + "-" + std::to_string(random) + std::string(kPartEnd);
}

// Only this user may have had a hand in it.
bool is_own(const struct stat& info) {
  return info.st_uid == ::geteuid() && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

FileHandle open_own_file(int directory, const char* name, struct stat& info) {
  FileHandle file(::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  const bool good =
      file.open() && ::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode) && is_own(info);
  return good ? std::move(file) : FileHandle();
}

FileHandle open_own_directory(const std::string& path) {
  FileHandle directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat info {};
  const bool good = directory.open() && ::fstat(directory.get(), &info) == 0 && is_own(info);
  return good ? std::move(directory) : FileHandle();
}

// Makes what is missing of a path, but only inside a directory of this user: under sudo with the
// home of another, that one would be left with a directory that is not theirs.
void make_directories(const std::string& path) {
  struct stat info {};
  if (path.empty() || ::stat(path.c_str(), &info) == 0) return;
  const std::string parent = parent_path(path);
  if (parent != path) make_directories(parent);
  if (::stat(parent.c_str(), &info) == 0 && info.st_uid == ::geteuid())
    (void)::mkdir(path.c_str(), 0700);
}

// Writes a file of a name of its own; "" if that did not work, and then nothing is left of it.
std::string write_part(int directory, std::string_view content) {
  const std::string name = part_name();
  const FileHandle file(::openat(directory, name.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open()) return "";
  while (!content.empty()) {
    const ssize_t count = ::write(file.get(), content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      (void)::unlinkat(directory, name.c_str(), 0);
      return "";
    }
    content.remove_prefix(static_cast<size_t>(count));
  }
  return name;
}

std::optional<KeyedHash::Key> read_key(int directory) {
  struct stat info {};
  const FileHandle file = open_own_file(directory, kKeyFile, info);
  KeyedHash::Key key;
  if (!file.open() || ::read(file.get(), key.data(), key.size()) != ssize_t{sizeof key})
    return std::nullopt;
  return key;
}

// The key of the directory, made if there is none. Of several processes that make one at once, the
// first wins: a link, unlike a renaming, replaces nothing.
std::optional<KeyedHash::Key> make_key(int directory) {
  if (const std::optional<KeyedHash::Key> key = read_key(directory)) return key;
  KeyedHash::Key key;
  if (::getrandom(key.data(), key.size(), 0) != ssize_t{sizeof key}) return std::nullopt;
  const std::string part =
      write_part(directory, {reinterpret_cast<const char*>(key.data()), key.size()});
  if (part.empty()) return std::nullopt;
  struct stat info {};
  const bool cut_short = ::fstatat(directory, kKeyFile, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                         info.st_size != ssize_t{sizeof key};
  if (cut_short) (void)::unlinkat(directory, kKeyFile, 0);
  const bool failed =
      ::linkat(directory, part.c_str(), directory, kKeyFile, 0) != 0 && errno != EEXIST;
  (void)::unlinkat(directory, part.c_str(), 0);
  if (failed) return std::nullopt;
  return read_key(directory);
}

// A file in memory for as long as somebody holds it.
std::shared_ptr<const void> map_file(int file, size_t size) {
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (memory == MAP_FAILED) return nullptr;
  return {memory, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); }};
}

}  // namespace

FileHandle::~FileHandle() {
  if (open()) ::close(descriptor_);
}

LibraryCache::LibraryCache(std::string directory, const Limits& limits)
    : directory_(std::move(directory)), limits_(limits) {}

LibraryCache::~LibraryCache() {
  for (std::thread& writer : writers_) writer.join();
}

// Opens the directory and its key if that is not done, and with `make` makes them if need be.
bool LibraryCache::open(bool make) {
  const std::lock_guard lock(mutex_);
  if (hash_) return true;
  if (!opened_.open()) {
    if (make) make_directories(directory_);
    opened_ = open_own_directory(directory_);
  }
  if (!opened_.open()) return false;
  const std::optional<KeyedHash::Key> key =
      make ? make_key(opened_.get()) : read_key(opened_.get());
  if (key) hash_.emplace(*key);
  return key.has_value();
}

std::shared_ptr<const Ast> LibraryCache::find(const std::string& path,
                                              const std::shared_ptr<const std::string>& source) {
  if (!open(false)) return nullptr;
  const Sha256::Digest digest = hash_->of(*source);
  const std::string name = image_name(digest);
  struct stat info {};
  const FileHandle file = open_own_file(opened_.get(), name.c_str(), info);
  if (!file.open() || info.st_size == 0) return nullptr;
  const size_t size = static_cast<size_t>(info.st_size);
  const std::shared_ptr<const void> memory = map_file(file.get(), size);
  if (memory == nullptr) return nullptr;
  const std::shared_ptr<Ast> tree =
      read_image({static_cast<const char*>(memory.get()), size}, *hash_, digest, memory);
  if (tree == nullptr) return nullptr;
  tree->path = path;
  tree->source = source;
  (void)::futimens(file.get(), nullptr);  // used now: make_room() goes by that
  return tree;
}

void LibraryCache::keep(std::shared_ptr<const Ast> tree) {
  if (!open(true)) return;
  const std::lock_guard lock(mutex_);
  try {
    writers_.emplace_back([this, tree] { write(*tree); });
  } catch (const std::system_error&) {
    write(*tree);  // no thread to be had
  }
}

void LibraryCache::write(const Ast& tree) {
  const Sha256::Digest digest = hash_->of(*tree.source);
  const std::string part = write_part(opened_.get(), write_image(tree, *hash_, digest));
  if (part.empty()) return;
  const std::string name = image_name(digest);
  if (::renameat(opened_.get(), part.c_str(), opened_.get(), name.c_str()) != 0)
    (void)::unlinkat(opened_.get(), part.c_str(), 0);
  make_room();
}

// Removes what killed writers left, and the images that were not used for longest.
void LibraryCache::make_room() {
  struct Image {
    time_t used;
    std::string name;
    uint64_t bytes;
  };
  std::vector<Image> images;
  std::vector<std::pair<time_t, std::string>> parts;
  uint64_t bytes = 0;
  time_t now = 0;  // by the clock of the file system: when the newest file was written
  const int again = ::openat(opened_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(again < 0 ? nullptr : ::fdopendir(again),
                                                    &::closedir);
  if (!entries) return;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = entry->d_name;
    struct stat info {};
    if (::fstatat(opened_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    now = std::max(now, info.st_mtime);
    if (name.ends_with(kPartEnd)) parts.emplace_back(info.st_mtime, name);
    if (!name.ends_with(kImageEnd)) continue;
    images.push_back({info.st_mtime, name, static_cast<uint64_t>(info.st_size)});
    bytes += images.back().bytes;
  }
  for (const auto& [written, name] : parts)
    if (written + kAbandoned < now) (void)::unlinkat(opened_.get(), name.c_str(), 0);
  const auto older = [](const Image& a, const Image& b) {
    return std::tie(a.used, a.name) < std::tie(b.used, b.name);
  };
  std::sort(images.begin(), images.end(), older);
  for (const Image& image : images) {
    if (bytes <= limits_.largest) break;
    if (::unlinkat(opened_.get(), image.name.c_str(), 0) == 0) bytes -= image.bytes;
  }
}

}  // namespace kfctl::jsonnet
