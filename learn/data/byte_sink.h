// ByteSink: a file that is written a piece at a time and appears whole: beside its place, synced,
// renamed at the end. What is not finished leaves nothing behind. Belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kfctl {

class ByteSink {
 public:
  /// Errors: kDisk.
  static Result<std::unique_ptr<ByteSink>> open(const std::string& path);
  ~ByteSink();
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  Status write(std::string_view text);
  Status finish();

 private:
  ByteSink(int fd, std::string path, std::string beside)
      : fd_(fd), path_(std::move(path)), beside_(std::move(beside)) {}
  Error error() const;

  int fd_;
  std::string path_;
  std::string beside_;
};

}  // namespace kfctl
