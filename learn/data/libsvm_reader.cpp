// libsvm: `label index:value ...` a line, indices ascending from 1 (or from 0, if one is 0), `#`
// begins a comment, `qid:N` is passed over. The features become one tensor column, "features", and
// what is not written is zero.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "base/text.h"
#include "learn/data/number_text.h"
#include "learn/data/reader.h"

namespace kfctl {
namespace {

constexpr size_t kMostBytes = size_t{8} << 30;  // of the dense matrix

// What a dense matrix may take for a file of `bytes`: much more means that it is nearly empty.
size_t dense_limit(size_t bytes) {
  return std::min(kMostBytes, std::max(size_t{64} << 20, bytes * 1000));
}

struct Entry {
  uint32_t row;
  uint32_t index;
  float value;
};

struct Sparse {
  std::vector<Entry> entries;
  std::vector<double> labels;
  std::vector<uint64_t> lines;
  uint32_t smallest = UINT32_MAX;
  uint32_t largest = 0;
};

Status read_entry(std::string_view word, const std::string& path, uint64_t line, Sparse& sparse,
                  int64_t& last) {
  const size_t colon = word.find(':');
  uint32_t index = 0;
  const char* const end = word.data() + (colon == word.npos ? 0 : colon);
  const auto read = std::from_chars(word.data(), end, index);
  const double value =
      colon == word.npos ? NAN : parse_number(word.substr(colon + 1)).value_or(NAN);
  if (read.ec != std::errc() || read.ptr != end || std::isnan(value)) {
    return data_error(path, line, "'" + std::string(word.substr(0, 40)) + "' is not INDEX:NUMBER");
  }
  if (index <= last) return data_error(path, line, "indices have to ascend");
  last = index;
  sparse.smallest = std::min(sparse.smallest, index);
  sparse.largest = std::max(sparse.largest, index);
  sparse.entries.push_back(
      {static_cast<uint32_t>(sparse.labels.size() - 1), index, static_cast<float>(value)});
  return Ok{};
}

Status read_row(std::string_view text, const std::string& path, uint64_t line, Sparse& sparse) {
  int64_t last = -1;
  bool first = true;
  for (std::string_view word : split(text, ' ')) {
    word = trim(word);
    if (word.empty() || word.starts_with("qid:")) continue;
    if (!first) {
      KF_DO(read_entry(word, path, line, sparse, last));
      continue;
    }
    first = false;
    const double label = parse_number(word).value_or(NAN);
    if (std::isnan(label)) {
      return data_error(path, line,
                        "the label '" + std::string(word.substr(0, 40)) + "' is not a number");
    }
    sparse.labels.push_back(label);
    sparse.lines.push_back(line);
  }
  return Ok{};
}

}  // namespace

Result<Frame> read_libsvm(std::string_view text, const std::string& path, size_t width) {
  Sparse sparse;
  uint64_t line = 0;
  for (std::string_view row : split_lines(text)) {
    row = trim(row.substr(0, row.find('#')));
    ++line;
    if (!row.empty()) KF_DO(read_row(row, path, line, sparse));
  }
  const uint32_t base = sparse.smallest == 0 ? 0 : 1;
  const size_t found = sparse.entries.empty() ? 1 : sparse.largest - base + size_t{1};
  if (width == 0) width = found;
  const size_t rows = sparse.labels.size();
  if (width > dense_limit(text.size()) / sizeof(float) / std::max<size_t>(rows, 1)) {
    return project_error(path + ": " + std::to_string(rows) + " rows of " + std::to_string(width) +
                         " features are too much for a dense matrix");
  }
  Frame frame;
  frame.rows = rows;
  frame.lines = std::move(sparse.lines);
  Column& label = frame.columns.emplace_back();
  label.name = "label";
  label.numbers = std::move(sparse.labels);
  Column& features = frame.columns.emplace_back();
  features.name = "features";
  features.kind = ColumnKind::kTensor;
  features.tensor.shape = {static_cast<int>(width)};
  features.tensor.floats.assign(rows * width, 0.0F);
  for (const Entry& entry : sparse.entries) {
    // Beyond the width of the training data: a feature that the model never saw.
    if (entry.index - base < width) {
      features.tensor.floats[entry.row * width + entry.index - base] = entry.value;
    }
  }
  return frame;
}

}  // namespace kfctl
