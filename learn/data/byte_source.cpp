#include "learn/data/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

namespace kfctl {
namespace {

constexpr size_t kPackedBlock = size_t{256} << 10;

Error disk_error(const std::string& path) {
  return Error(ErrorKind::kDisk, "cannot read " + path + ": " + std::strerror(errno));
}

class DiskSource : public ByteSource {
 public:
  DiskSource(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~DiskSource() override {
    if (fd_ > 0) ::close(fd_);
  }
  DiskSource(const DiskSource&) = delete;
  DiskSource& operator=(const DiskSource&) = delete;

  Status read(size_t count, std::string& out) override {
    const size_t before = out.size();
    out.resize(before + count);
    ssize_t got = 0;
    do {
      got = ::read(fd_, out.data() + before, count);
    } while (got < 0 && errno == EINTR);
    out.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) return disk_error(path_);
    return Ok{};
  }

 private:
  int fd_;
  std::string path_;
};

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  Status read(size_t count, std::string& out) override {
    out += text_.substr(0, count);
    text_.remove_prefix(std::min(count, text_.size()));
    return Ok{};
  }

 private:
  std::string_view text_;
};

// What was looked at already, then the rest of `rest`.
class PrefixedSource : public ByteSource {
 public:
  PrefixedSource(std::string prefix, std::unique_ptr<ByteSource> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}
  Status read(size_t count, std::string& out) override {
    if (prefix_.empty()) return rest_->read(count, out);
    out.append(prefix_, 0, count);
    prefix_.erase(0, count);
    return Ok{};
  }

 private:
  std::string prefix_;
  std::unique_ptr<ByteSource> rest_;
};

// Several gzip members may follow one another, as `cat a.gz b.gz` makes them.
class GzipSource : public ByteSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> packed, std::string path)
      : packed_(std::move(packed)), path_(std::move(path)) {
    inflateInit2(&stream_, 15 + 16);
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Status read(size_t count, std::string& out) override {
    const size_t before = out.size();
    out.resize(before + count);
    size_t made = 0;
    while (made < count) {
      KF_TRY(const bool more, refill());
      if (!more) break;
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before + made);
      stream_.avail_out = static_cast<uInt>(std::min<size_t>(count - made, 1U << 30));
      const uInt room = stream_.avail_out;
      const int code = inflate(&stream_, Z_NO_FLUSH);
      made += room - stream_.avail_out;
      in_member_ = code != Z_STREAM_END;
      if (code == Z_STREAM_END) {
        inflateReset(&stream_);
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return project_error(path_ + ": the gzip data is damaged");
      }
    }
    out.resize(before + made);
    return Ok{};
  }

 private:
  // False at the end of the file, between two members.
  Result<bool> refill() {
    if (stream_.avail_in > 0) return true;
    input_.clear();
    KF_DO(packed_->read(kPackedBlock, input_));
    if (input_.empty() && in_member_) {
      return project_error(path_ + ": the gzip data ends too early; is the file complete?");
    }
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(input_.size());
    return !input_.empty();
  }

  std::unique_ptr<ByteSource> packed_;
  std::string path_;
  std::string input_;
  z_stream stream_{};
  bool in_member_ = true;  // an empty file is no gzip file
};

// Several frames may follow one another, as with gzip.
class ZstdSource : public ByteSource {
 public:
  ZstdSource(std::unique_ptr<ByteSource> packed, std::string path)
      : packed_(std::move(packed)), path_(std::move(path)), stream_(ZSTD_createDStream()) {}
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

  Status read(size_t count, std::string& out) override {
    const size_t before = out.size();
    out.resize(before + count);
    ZSTD_outBuffer to = {out.data() + before, count, 0};
    while (to.pos < count) {
      if (from_.pos == from_.size) {
        input_.clear();
        KF_DO(packed_->read(kPackedBlock, input_));
        from_ = {input_.data(), input_.size(), 0};
        if (input_.empty() && in_frame_) {
          return project_error(path_ + ": the zstd data ends too early; is the file complete?");
        }
        if (input_.empty()) break;
      }
      const size_t code = ZSTD_decompressStream(stream_, &to, &from_);
      if (ZSTD_isError(code) != 0) {
        return project_error(path_ + ": the zstd data is damaged: " + ZSTD_getErrorName(code));
      }
      in_frame_ = code != 0;
    }
    out.resize(before + to.pos);
    return Ok{};
  }

 private:
  std::unique_ptr<ByteSource> packed_;
  std::string path_;
  std::string input_;
  ZSTD_DStream* stream_;
  ZSTD_inBuffer from_ = {nullptr, 0, 0};
  bool in_frame_ = true;
};

Result<int> open_file(const std::string& path) {
  if (path == "-") return 0;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return disk_error(path);
  struct stat info {};
  if (::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    ::close(fd);
    errno = EISDIR;
    return disk_error(path);
  }
  return fd;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& path) {
  KF_TRY(const int fd, open_file(path));
  std::unique_ptr<ByteSource> disk = std::make_unique<DiskSource>(fd, path);
  std::string start;
  // A pipe may give one byte at a time.
  for (size_t before = 1; start.size() < 4 && before != start.size();) {
    before = start.size();
    KF_DO(disk->read(4 - start.size(), start));
    if (before == start.size()) break;
  }
  const bool is_gzip = start.starts_with("\x1f\x8b");
  const bool is_zstd = start == "\x28\xb5\x2f\xfd";
  disk = std::make_unique<PrefixedSource>(std::move(start), std::move(disk));
  if (is_gzip) disk = std::make_unique<GzipSource>(std::move(disk), path);
  if (is_zstd) disk = std::make_unique<ZstdSource>(std::move(disk), path);
  return disk;
}

std::unique_ptr<ByteSource> bytes_of(std::string_view text) {
  return std::make_unique<TextSource>(text);
}

Result<std::string> read_rest(ByteSource& source, const std::string& path, size_t limit) {
  std::string text;
  for (size_t before = 1; before != text.size();) {
    before = text.size();
    KF_DO(source.read(std::max<size_t>(size_t{1} << 20, text.size() / 2), text));
    if (text.size() > limit) {
      return project_error(path + ": more than " + std::to_string(limit >> 20) + " MiB");
    }
  }
  return text;
}

}  // namespace kfctl
