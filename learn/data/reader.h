// FrameReader: the rows of data files, a block at a time, whatever the format.
//
// Formats: CSV and TSV (RFC 4180), JSON lines, libsvm, IDX, NPY, NPZ and TFRecord of tf.Example,
// each also packed with gzip or zstd. Errors are kProject and name the file, the line (or record,
// for files without lines) and the column; kDisk if a file cannot be read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "learn/data/byte_source.h"
#include "learn/data/frame.h"

namespace kfctl {

struct ReadOptions {
  std::string format = "auto";  // a name from data_formats(), or auto: by file name and content
  std::string delimiter;        // one character of CSV; empty finds it out
  std::string header = "auto";  // yes, no, or auto: a first record without any number is one

  /// What columns are promised to hold. A number that is none in such a column is an error; without
  /// a promise a column is numbers until a cell is none.
  std::map<std::string, ColumnKind, std::less<>> promised;
  bool only_promised = false;  // leave out all other columns

  /// Elements of a row of libsvm, whose files do not say; 0 takes the largest index there is.
  size_t libsvm_width = 0;
};

class FrameReader {
 public:
  virtual ~FrameReader() = default;

  /// The next rows in the order of the file; no rows at the end only.
  virtual Result<Frame> next() = 0;
};

/// "csv", "tsv", "jsonl", "libsvm", "idx", "npy", "npz", "tfrecord".
const std::vector<std::string>& data_formats();

/// The format of a file by its name (".gz" and ".zst" left out), or by its first bytes; "csv" if
/// neither says.
std::string format_of(std::string_view path, std::string_view start);

/// Reads one file. `pool` may be null: one thread. `path` is also its name in messages.
Result<std::unique_ptr<FrameReader>> open_reader(std::unique_ptr<ByteSource> source,
                                                 const std::string& path,
                                                 const ReadOptions& options, ThreadPool* pool);

// The readers of single formats, for open_reader and for the fuzz targets.
Result<std::unique_ptr<FrameReader>> csv_reader(std::unique_ptr<ByteSource> source,
                                                const std::string& path, const ReadOptions& options,
                                                ThreadPool* pool);
std::unique_ptr<FrameReader> jsonl_reader(std::unique_ptr<ByteSource> source,
                                          const std::string& path, const ReadOptions& options);
std::unique_ptr<FrameReader> tfrecord_reader(std::unique_ptr<ByteSource> source,
                                             const std::string& path, const ReadOptions& options);
Result<Frame> read_libsvm(std::string_view text, const std::string& path, size_t width);
Result<Frame> read_idx(std::string_view bytes, const std::string& path);
Result<Frame> read_npy(std::string_view bytes, const std::string& path);
Result<Frame> read_npz(std::string_view bytes, const std::string& path);

/// An error "path:line: what".
Error data_error(const std::string& path, uint64_t line, std::string_view what,
                 std::string hint = "");

}  // namespace kfctl
