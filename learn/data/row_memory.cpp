#include "learn/data/row_memory.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/files.h"

namespace kfctl {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kPage = 65536;  // a multiple of the page size of every machine

size_t rounded(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

bool is_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

}  // namespace

RowPiece& RowPiece::operator=(RowPiece&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  std::swap(owner_, other.owner_);
  std::swap(in_file_, other.in_file_);
  std::swap(offset_, other.offset_);
  return *this;
}

RowPiece::~RowPiece() {
  if (owner_ != nullptr) owner_->give_back(*this);
  if (!in_file_) std::free(data_);
}

RowPiece RowPiece::plain(size_t bytes) {
  RowPiece piece;
  piece.bytes_ = rounded(bytes, kAlignment);
  piece.data_ = std::aligned_alloc(kAlignment, piece.bytes_);
  if (piece.data_ == nullptr) throw std::bad_alloc();  // as every container would
  return piece;
}

RowMemory::RowMemory(uint64_t limit, std::string directory)
    : limit_(limit), directory_(std::move(directory)) {}

RowMemory::~RowMemory() {
  if (fd_ >= 0) ::close(fd_);
}

// O_TMPFILE where the file system has it; else a name that lives for a moment.
Status RowMemory::open_file() {
  while (!is_directory(directory_) && directory_ != "/" && directory_ != ".") {
    directory_ = parent_path(directory_);
  }
  fd_ = ::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd_ >= 0) return Ok{};
  std::string name = join_path(directory_, ".kfctl-rows.XXXXXX");
  fd_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) {
    return Error(ErrorKind::kDisk,
                 "cannot make a file for the rows in " + directory_ + ": " + std::strerror(errno),
                 "--memory SIZE lets more of the data stay in memory");
  }
  ::unlink(name.c_str());
  return Ok{};
}

Result<RowPiece> RowMemory::take(size_t bytes) {
  if (bytes <= limit_ && used_ <= limit_ - bytes) {
    RowPiece piece = RowPiece::plain(bytes);
    piece.owner_ = this;
    used_ += piece.bytes_;
    return piece;
  }
  if (fd_ < 0) KF_DO(open_file());
  RowPiece piece;
  piece.bytes_ = rounded(bytes, kPage);
  piece.offset_ = end_;
  // Room on the disk now: a full disk would otherwise show as SIGBUS when the memory is written.
  const int code =
      ::posix_fallocate(fd_, static_cast<off_t>(end_), static_cast<off_t>(piece.bytes_));
  void* const data = code != 0 ? MAP_FAILED
                               : ::mmap(nullptr, piece.bytes_, PROT_READ | PROT_WRITE, MAP_SHARED,
                                        fd_, static_cast<off_t>(end_));
  if (data == MAP_FAILED) {
    return Error(ErrorKind::kDisk,
                 "cannot keep " + std::to_string((in_file_ + piece.bytes_) >> 20) +
                     " MiB of rows in " + directory_ + ": " +
                     std::strerror(code != 0 ? code : errno),
                 "make room there, or let more of the data stay in memory with --memory SIZE");
  }
  piece.data_ = data;
  piece.in_file_ = true;
  piece.owner_ = this;
  end_ += piece.bytes_;
  in_file_ += piece.bytes_;
  return piece;
}

void RowMemory::give_back(const RowPiece& piece) {
  if (!piece.in_file_) {
    used_ -= piece.bytes_;
    return;
  }
  ::munmap(piece.data_, piece.bytes_);
  // Where the file system cannot do it, the room comes back with the end of the process.
  ::fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(piece.offset_),
              static_cast<off_t>(piece.bytes_));
  in_file_ -= piece.bytes_;
}

}  // namespace kfctl
