// Frame: rows of examples as they were read, column by column, before anything is learned of them.
//
// A column holds numbers (NaN is a missing value), text (empty is a missing value) or a tensor: the
// same shape of bytes or floats for every row, as images are. A frame owns all it holds and may be
// read by many threads at once. One that grows to a whole data set does so in a RowMemory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/data/row_array.h"

namespace kfctl {

enum class ColumnKind { kNumber, kText, kTensor };

/// "number", "text" or "tensor".
std::string_view column_kind_name(ColumnKind kind);

/// Many strings in one buffer.
class TextCells {
 public:
  /// REQUIRES: append was never given a RowMemory.
  void add(std::string_view text);
  /// Errors: those of RowMemory::take.
  Status append(const TextCells& other, RowMemory* memory);
  /// `count` empty cells more. Errors: likewise.
  Status append_empty(size_t count, RowMemory* memory);
  /// Leaves the first `count` cells.
  void truncate(size_t count);
  size_t size() const { return ends_.size(); }
  std::string_view operator[](size_t row) const {
    const size_t begin = row == 0 ? 0 : ends_[row - 1];
    return {bytes_.data() + begin, ends_[row] - begin};
  }

 private:
  RowArray<char> bytes_;
  RowArray<size_t> ends_;
};

/// Rows of one shape; exactly one of `bytes` and `floats` is filled.
struct TensorCells {
  std::vector<int> shape;  // of one row: {28, 28}
  bool is_bytes = false;
  RowArray<uint8_t> bytes;
  RowArray<float> floats;

  /// Elements of one row.
  size_t width() const;
};

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::kNumber;
  RowArray<double> numbers;
  TextCells text;
  TensorCells tensor;

  size_t rows() const;
};

struct Frame {
  size_t rows = 0;
  std::vector<Column> columns;
  RowArray<uint64_t> lines;     // where each row began: the line, or the record, from 1
  RowMemory* memory = nullptr;  // what it grows in; null for ordinary memory

  const Column* find(std::string_view name) const;
  Column* find(std::string_view name);
  std::vector<std::string> names() const;
};

/// Rows [0, into.rows) stay, those of `more` follow. A column that only one of them has is missing
/// in the rows of the other. Errors: kProject if a column is of two kinds or two shapes; those of
/// RowMemory::take; `into` is then unspecified.
Status append_frame(Frame& into, Frame more);

/// The rows of `frame` at `rows`, in that order, in ordinary memory.
Frame select_rows(const Frame& frame, std::span<const uint32_t> rows);

/// Leaves the first `count` rows, if there are more.
void truncate_frame(Frame& frame, size_t count);

/// The cell as text, as a CSV file would hold it; "" for a missing value and for a tensor.
std::string cell_text(const Column& column, size_t row);

}  // namespace kfctl
