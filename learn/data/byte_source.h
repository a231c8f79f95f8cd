// ByteSource: the bytes of a file one block after another, unpacked if they are gzip (RFC 1952)
// or Zstandard (RFC 8878).
//
// A file larger than memory is never held whole. Belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kfctl {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Appends at most `count` bytes to `out`; nothing is appended at the end only.
  /// Errors: kDisk; kProject if compressed data is damaged or ends too early.
  virtual Status read(size_t count, std::string& out) = 0;
};

/// Opens a file, "-" for standard input. What begins as gzip or zstd does is unpacked, whatever its
/// name.
/// Errors: kDisk.
Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& path);

/// The bytes of `text`, which must outlive the source.
std::unique_ptr<ByteSource> bytes_of(std::string_view text);

/// All that is left of `source`. Errors: those of read; kProject beyond `limit` bytes.
Result<std::string> read_rest(ByteSource& source, const std::string& path, size_t limit);

}  // namespace kfctl
