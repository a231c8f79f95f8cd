// Frame: rows of examples as they were read, column by column, before anything is learned of them.
//
// A column holds numbers (NaN is a missing value), text (empty is a missing value) or a tensor: the
// same shape of bytes or floats for every row, as images are. A frame owns all it holds and may be
// read by many threads at once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kfctl {

enum class ColumnKind { kNumber, kText, kTensor };

/// "number", "text" or "tensor".
std::string_view column_kind_name(ColumnKind kind);

/// Many strings in one buffer.
class TextCells {
 public:
  void add(std::string_view text) {
    bytes_ += text;
    ends_.push_back(bytes_.size());
  }
  void append(const TextCells& other);
  size_t size() const { return ends_.size(); }
  std::string_view operator[](size_t row) const {
    const size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::string_view(bytes_).substr(begin, ends_[row] - begin);
  }

 private:
  std::string bytes_;
  std::vector<size_t> ends_;
};

/// Rows of one shape; exactly one of `bytes` and `floats` is filled.
struct TensorCells {
  std::vector<int> shape;  // of one row: {28, 28}
  bool is_bytes = false;
  std::vector<uint8_t> bytes;
  std::vector<float> floats;

  /// Elements of one row.
  size_t width() const;
};

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::kNumber;
  std::vector<double> numbers;
  TextCells text;
  TensorCells tensor;

  size_t rows() const;
};

struct Frame {
  size_t rows = 0;
  std::vector<Column> columns;
  std::vector<uint64_t> lines;  // where each row began: the line, or the record, from 1

  const Column* find(std::string_view name) const;
  Column* find(std::string_view name);
  std::vector<std::string> names() const;
};

/// Rows [0, into.rows) stay, those of `more` follow. A column that only one of them has is missing
/// in the rows of the other. Errors: kProject if a column is of two kinds or two shapes; `into` is
/// then unspecified.
Status append_frame(Frame& into, Frame more);

/// The rows of `frame` at `rows`, in that order.
Frame select_rows(const Frame& frame, std::span<const uint32_t> rows);

/// The cell as text, as a CSV file would hold it; "" for a missing value and for a tensor.
std::string cell_text(const Column& column, size_t row);

}  // namespace kfctl
