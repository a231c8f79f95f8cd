// What the tests of the readers share: a file as a string in, its rows as a frame out.
#pragma once

#include <string>
#include <string_view>

#include "learn/data/dataset.h"
#include "learn/data/reader.h"

namespace kfctl {

inline Result<Frame> read_text(std::string_view text, const std::string& path,
                               const ReadOptions& options = {}, ThreadPool* pool = nullptr) {
  KF_TRY(const std::unique_ptr<FrameReader> reader,
         open_reader(bytes_of(text), path, options, pool));
  Frame all;
  for (;;) {
    KF_TRY(Frame block, reader->next());
    if (block.rows == 0) return all.columns.empty() ? block : all;
    KF_DO(append_frame(all, std::move(block)));
  }
}

/// The message of the error that reading gives; "" if it succeeds.
inline std::string read_error(std::string_view text, const std::string& path,
                              const ReadOptions& options = {}) {
  const Result<Frame> frame = read_text(text, path, options);
  return frame.ok() ? "" : frame.error().message;
}

/// A data set of one file, d.csv.
inline Dataset dataset_of(std::string_view csv) {
  Dataset dataset;
  dataset.frame = read_text(csv, "d.csv").value();
  dataset.paths = {"d.csv"};
  dataset.first_rows = {0};
  return dataset;
}

}  // namespace kfctl
