// Parsed libraries on disk, so that the next process need not parse them.
//
// A directory of the user's own holds one image (ast_image.h) for each text, under a name made of
// the text's keyed digest, and the key, made at random when the directory is. Images are mapped
// read-only and never changed: a new one is written beside its place and renamed into it, so that
// any number of processes may use the directory at once, and one that is killed leaves at most a
// file that a later one clears away. Nothing is synced to the disk: the checksum of an image tells
// whether all of it arrived.
//
// A cache only ever saves time. A directory that is missing, full, read-only, damaged, of another
// user or writable by others is used as far as it can be trusted, and silently.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "templates/jsonnet/engine/ast.h"
#include "templates/jsonnet/engine/keyed_hash.h"

namespace kfctl::jsonnet {

/// An open file or directory, closed with it.
class FileHandle {
 public:
  explicit FileHandle(int descriptor = -1) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileHandle();
  int get() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

/// Safe for use by several threads.
class LibraryCache {
 public:
  struct Limits {
    size_t smallest = 64 * 1024;             // of a text, in bytes: below, parsing is as fast
    uint64_t largest = uint64_t{256} << 20;  // of all images; the least recently used ones go first
  };

  /// `directory` need not exist, nor those above it: they are made when there is something to keep.
  explicit LibraryCache(std::string directory, const Limits& limits);
  LibraryCache(const LibraryCache&) = delete;
  LibraryCache& operator=(const LibraryCache&) = delete;
  /// Waits until what keep() was given is written.
  ~LibraryCache();

  /// True if a text of this size is worth a look.
  bool is_worth(size_t bytes) const { return bytes >= limits_.smallest; }

  /// The tree of `source`, or nullptr.
  std::shared_ptr<const Ast> find(const std::string& path,
                                  const std::shared_ptr<const std::string>& source);

  /// Writes a tree for the next process, on a thread of its own where there is one.
  void keep(std::shared_ptr<const Ast> tree);

 private:
  bool open(bool make);
  void write(const Ast& tree);
  void make_room();

  const std::string directory_;
  const Limits limits_;
  std::mutex mutex_;  // of what follows
  FileHandle opened_;
  std::optional<KeyedHash> hash_;
  std::vector<std::thread> writers_;
};

}  // namespace kfctl::jsonnet
