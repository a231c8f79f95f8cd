#include "learn/data/byte_sink.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "base/files.h"

namespace kfctl {

Error ByteSink::error() const {
  return Error(ErrorKind::kDisk, "cannot write " + path_ + ": " + std::strerror(errno));
}

Result<std::unique_ptr<ByteSink>> ByteSink::open(const std::string& path) {
  const std::string beside =
      join_path(parent_path(path),
                "." + std::string(base_name(path)) + ".kfctl-" + std::to_string(::getpid()));
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  std::unique_ptr<ByteSink> sink(new ByteSink(fd, path, beside));
  if (fd >= 0) return sink;
  sink->beside_.clear();
  return sink->error();
}

ByteSink::~ByteSink() {
  if (fd_ >= 0) ::close(fd_);
  if (!beside_.empty()) ::unlink(beside_.c_str());
}

Status ByteSink::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error();
    text.remove_prefix(static_cast<size_t>(count));
  }
  return Ok{};
}

Status ByteSink::finish() {
  if (::fsync(fd_) != 0) return error();
  const int closed = ::close(fd_);
  fd_ = -1;
  if (closed != 0 || std::rename(beside_.c_str(), path_.c_str()) != 0) return error();
  beside_.clear();
  return Ok{};
}

}  // namespace kfctl
