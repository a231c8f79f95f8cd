#include "learn/data/frame.h"

#include <cmath>
#include <limits>

#include "base/json.h"

namespace kfctl {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// A column of `rows` missing values.
Column missing_column(const Column& like, size_t rows) {
  Column column;
  column.name = like.name;
  column.kind = like.kind;
  if (like.kind == ColumnKind::kNumber) column.numbers.assign(rows, kMissing);
  if (like.kind == ColumnKind::kText) {
    for (size_t row = 0; row < rows; ++row) column.text.add("");
  }
  if (like.kind == ColumnKind::kTensor) {
    column.tensor.shape = like.tensor.shape;
    column.tensor.is_bytes = like.tensor.is_bytes;
    const size_t count = rows * like.tensor.width();
    if (like.tensor.is_bytes) column.tensor.bytes.assign(count, 0);
    if (!like.tensor.is_bytes) column.tensor.floats.assign(count, 0.0F);
  }
  return column;
}

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

Status append_column(Column& to, const Column& from) {
  if (to.kind != from.kind) {
    return project_error("column '" + to.name + "' holds both " +
                         std::string(column_kind_name(to.kind)) + " and " +
                         std::string(column_kind_name(from.kind)));
  }
  if (to.tensor.shape != from.tensor.shape || to.tensor.is_bytes != from.tensor.is_bytes) {
    return project_error("column '" + to.name + "' holds values of different shapes");
  }
  append(to.numbers, from.numbers);
  to.text.append(from.text);
  append(to.tensor.bytes, from.tensor.bytes);
  append(to.tensor.floats, from.tensor.floats);
  return Ok{};
}

template <typename T>
std::vector<T> select(const std::vector<T>& from, std::span<const uint32_t> rows, size_t width) {
  std::vector<T> to;
  if (from.empty()) return to;
  to.reserve(rows.size() * width);
  for (const uint32_t row : rows) {
    to.insert(to.end(), from.begin() + static_cast<ptrdiff_t>(row * width),
              from.begin() + static_cast<ptrdiff_t>((row + 1) * width));
  }
  return to;
}

}  // namespace

std::string_view column_kind_name(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kNumber:
      return "number";
    case ColumnKind::kText:
      return "text";
    case ColumnKind::kTensor:
      return "tensor";
  }
  return "";
}

void TextCells::append(const TextCells& other) {
  const size_t before = bytes_.size();
  bytes_ += other.bytes_;
  for (const size_t end : other.ends_) ends_.push_back(before + end);
}

size_t TensorCells::width() const {
  size_t width = 1;
  for (const int size : shape) width *= static_cast<size_t>(size);
  return width;
}

size_t Column::rows() const {
  if (kind == ColumnKind::kNumber) return numbers.size();
  if (kind == ColumnKind::kText) return text.size();
  return (tensor.is_bytes ? tensor.bytes.size() : tensor.floats.size()) / tensor.width();
}

const Column* Frame::find(std::string_view name) const {
  for (const Column& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

Column* Frame::find(std::string_view name) {
  return const_cast<Column*>(static_cast<const Frame*>(this)->find(name));
}

std::vector<std::string> Frame::names() const {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

Status append_frame(Frame& into, Frame more) {
  if (into.rows == 0 && into.columns.empty()) {
    into = std::move(more);
    return Ok{};
  }
  for (const Column& column : more.columns) {
    if (into.find(column.name) == nullptr) {
      into.columns.push_back(missing_column(column, into.rows));
    }
  }
  for (Column& column : into.columns) {
    const Column* from = more.find(column.name);
    KF_DO(append_column(column, from != nullptr ? *from : missing_column(column, more.rows)));
  }
  append(into.lines, more.lines);
  into.rows += more.rows;
  return Ok{};
}

Frame select_rows(const Frame& frame, std::span<const uint32_t> rows) {
  Frame chosen;
  chosen.rows = rows.size();
  chosen.lines = select(frame.lines, rows, 1);
  for (const Column& from : frame.columns) {
    Column& column = chosen.columns.emplace_back();
    column.name = from.name;
    column.kind = from.kind;
    column.numbers = select(from.numbers, rows, 1);
    if (from.kind == ColumnKind::kText) {
      for (const uint32_t row : rows) column.text.add(from.text[row]);
    }
    column.tensor.shape = from.tensor.shape;
    column.tensor.is_bytes = from.tensor.is_bytes;
    column.tensor.bytes = select(from.tensor.bytes, rows, from.tensor.width());
    column.tensor.floats = select(from.tensor.floats, rows, from.tensor.width());
  }
  return chosen;
}

std::string cell_text(const Column& column, size_t row) {
  if (column.kind == ColumnKind::kText) return std::string(column.text[row]);
  if (column.kind == ColumnKind::kTensor || std::isnan(column.numbers[row])) return "";
  return number_text(column.numbers[row]);
}

}  // namespace kfctl
