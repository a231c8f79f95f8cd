// A data set: all rows of one or more files, in the order of the files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "learn/data/frame.h"
#include "learn/data/reader.h"

namespace kfctl {

struct DataFiles {
  std::vector<std::string> files;   // paths and globs
  std::vector<std::string> labels;  // files of labels for IDX and NPY, likewise; may be empty
  ReadOptions read;
  size_t limit_rows = 0;        // read no more than these; 0 reads all
  RowMemory* memory = nullptr;  // where the rows lie; null for ordinary memory
};

/// Paths with the wildcards *, ? and [a-z] in their last part replaced by the files that match,
/// sorted. Errors: kDisk if a pattern matches nothing or a directory cannot be listed.
Result<std::vector<std::string>> expand_globs(const Files& disk,
                                              const std::vector<std::string>& patterns);

struct Dataset {
  Frame frame;
  std::vector<std::string> paths;
  std::vector<size_t> first_rows;  // of each file

  /// "data.csv:7", or "data.csv: record 7" where that is no text: where a row came from.
  std::string place(size_t row) const;
};

/// Reads all files. A column that turns out to hold text in one place is text everywhere. The
/// columns of all CSV files have to be the same.
/// Errors: those of the readers and of `memory`; kProject if the files do not fit together, or hold
/// no row.
Result<Dataset> read_dataset(const Files& disk, const DataFiles& data, ThreadPool* pool);

}  // namespace kfctl
