// RowMemory: where the rows of a data set lie. Up to a limit in ordinary memory, beyond it in a
// mapped file, whose pages the system takes away and reads again as it needs the memory.
//
// Whoever reads rows sees no difference, so a training on data larger than memory runs the same
// code and ends with the same bits. The file has no name: no other process can open it, which is
// why it carries no checksum, and nothing is left of it, also after kill -9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"

namespace kfctl {

class RowMemory;

/// Memory that is owned: moved, not copied. Must not outlive the RowMemory it came from.
class RowPiece {
 public:
  RowPiece() = default;
  RowPiece(RowPiece&& other) noexcept { *this = std::move(other); }
  RowPiece& operator=(RowPiece&& other) noexcept;
  ~RowPiece();

  /// Of ordinary memory that nobody counts.
  static RowPiece plain(size_t bytes);

  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }
  bool in_file() const { return in_file_; }

 private:
  friend class RowMemory;
  void* data_ = nullptr;
  size_t bytes_ = 0;
  RowMemory* owner_ = nullptr;
  bool in_file_ = false;
  uint64_t offset_ = 0;  // in the file
};

/// Belongs to one thread; what lies in its pieces may be read by many.
class RowMemory {
 public:
  /// At most `limit` bytes of ordinary memory; the file lies in `directory`, or in the nearest
  /// directory above it that exists.
  RowMemory(uint64_t limit, std::string directory);
  ~RowMemory();
  RowMemory(const RowMemory&) = delete;
  RowMemory& operator=(const RowMemory&) = delete;

  /// 64-byte aligned. Errors: kDisk if the file cannot be made, or its disk has not enough room.
  Result<RowPiece> take(size_t bytes);

  /// Where the file lies, if there is one.
  const std::string& directory() const { return directory_; }
  /// Bytes that lie in the file now.
  uint64_t in_file() const { return in_file_; }

 private:
  friend class RowPiece;
  Status open_file();
  void give_back(const RowPiece& piece);

  uint64_t limit_;
  std::string directory_;
  uint64_t used_ = 0;  // ordinary memory
  uint64_t in_file_ = 0;
  uint64_t end_ = 0;  // of the file
  int fd_ = -1;
};

}  // namespace kfctl
