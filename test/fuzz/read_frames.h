// What the fuzz targets of learn/data share: any bytes either are refused with the file's name in
// front, or give a frame whose columns all have its rows.
#pragma once

#include <cstdlib>
#include <string_view>

#include "learn/data/reader.h"

inline void check_frame(const kfctl::Result<kfctl::Frame>& frame) {
  if (!frame.ok()) {
    if (!frame.error().message.starts_with("fuzz")) std::abort();
    return;
  }
  for (const kfctl::Column& column : frame.value().columns) {
    if (column.rows() != frame.value().rows) std::abort();
  }
  if (frame.value().lines.size() != frame.value().rows) std::abort();
}

inline void read_all_frames(std::string_view text, const char* format) {
  kfctl::ReadOptions options;
  options.format = format;
  auto reader = kfctl::open_reader(kfctl::bytes_of(text), "fuzz", options, nullptr);
  if (!reader.ok()) return check_frame(reader.error());
  for (;;) {
    const kfctl::Result<kfctl::Frame> frame = reader.value()->next();
    check_frame(frame);
    if (!frame.ok() || frame.value().rows == 0) return;
  }
}
