#include "learn/data/frame.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/json.h"

namespace kfctl {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// A column like `like` without rows.
Column empty_column(const Column& like) {
  Column column;
  column.name = like.name;
  column.kind = like.kind;
  column.tensor.shape = like.tensor.shape;
  column.tensor.is_bytes = like.tensor.is_bytes;
  return column;
}

// `rows` missing values more.
Status append_missing(Column& to, size_t rows, RowMemory* memory) {
  if (to.kind == ColumnKind::kNumber) return to.numbers.append(rows, kMissing, memory);
  if (to.kind == ColumnKind::kText) return to.text.append_empty(rows, memory);
  const size_t count = rows * to.tensor.width();
  return to.tensor.is_bytes ? to.tensor.bytes.append(count, 0, memory)
                            : to.tensor.floats.append(count, 0.0F, memory);
}

Status append_column(Column& to, const Column& from, RowMemory* memory) {
  if (to.kind != from.kind) {
    return project_error("column '" + to.name + "' holds both " +
                         std::string(column_kind_name(to.kind)) + " and " +
                         std::string(column_kind_name(from.kind)));
  }
  if (to.tensor.shape != from.tensor.shape || to.tensor.is_bytes != from.tensor.is_bytes) {
    return project_error("column '" + to.name + "' holds values of different shapes");
  }
  KF_DO(to.numbers.append(from.numbers, memory));
  KF_DO(to.text.append(from.text, memory));
  KF_DO(to.tensor.bytes.append(from.tensor.bytes, memory));
  return to.tensor.floats.append(from.tensor.floats, memory);
}

template <typename T>
RowArray<T> select(const RowArray<T>& from, std::span<const uint32_t> rows, size_t width) {
  RowArray<T> to;
  if (from.empty()) return to;
  to.resize(rows.size() * width);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::copy(from.data() + rows[i] * width, from.data() + (rows[i] + 1) * width,
              to.data() + i * width);
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

void TextCells::add(std::string_view text) {
  static_cast<void>(bytes_.append({text.data(), text.size()}, nullptr));  // cannot fail
  ends_.push_back(bytes_.size());
}

Status TextCells::append(const TextCells& other, RowMemory* memory) {
  const size_t before = bytes_.size(), cells = ends_.size();
  KF_DO(bytes_.append(other.bytes_, memory));
  KF_DO(ends_.append(other.ends_, memory));
  for (size_t cell = cells; cell < ends_.size(); ++cell) ends_[cell] += before;
  return Ok{};
}

Status TextCells::append_empty(size_t count, RowMemory* memory) {
  return ends_.append(count, bytes_.size(), memory);
}

void TextCells::truncate(size_t count) {
  if (count >= ends_.size()) return;
  bytes_.truncate(count == 0 ? 0 : ends_[count - 1]);
  ends_.truncate(count);
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
  RowMemory* const memory = into.memory;
  if (into.rows == 0 && into.columns.empty()) {
    into = std::move(more);
    into.memory = memory;
    return Ok{};
  }
  for (const Column& column : more.columns) {
    if (into.find(column.name) != nullptr) continue;
    Column added = empty_column(column);
    KF_DO(append_missing(added, into.rows, memory));
    into.columns.push_back(std::move(added));
  }
  for (Column& column : into.columns) {
    const Column* from = more.find(column.name);
    KF_DO(from != nullptr ? append_column(column, *from, memory)
                          : append_missing(column, more.rows, memory));
  }
  KF_DO(into.lines.append(more.lines, memory));
  into.rows += more.rows;
  return Ok{};
}

Frame select_rows(const Frame& frame, std::span<const uint32_t> rows) {
  Frame chosen;
  chosen.rows = rows.size();
  chosen.lines = select(frame.lines, rows, 1);
  for (const Column& from : frame.columns) {
    Column& column = chosen.columns.emplace_back(empty_column(from));
    column.numbers = select(from.numbers, rows, 1);
    if (from.kind == ColumnKind::kText) {
      for (const uint32_t row : rows) column.text.add(from.text[row]);
    }
    column.tensor.bytes = select(from.tensor.bytes, rows, from.tensor.width());
    column.tensor.floats = select(from.tensor.floats, rows, from.tensor.width());
  }
  return chosen;
}

void truncate_frame(Frame& frame, size_t count) {
  if (frame.rows <= count) return;
  frame.rows = count;
  frame.lines.truncate(count);
  for (Column& column : frame.columns) {
    TensorCells& tensor = column.tensor;
    const size_t elements = count * tensor.width();
    if (column.kind == ColumnKind::kNumber) column.numbers.truncate(count);
    if (column.kind == ColumnKind::kText) column.text.truncate(count);
    if (column.kind == ColumnKind::kTensor && tensor.is_bytes) tensor.bytes.truncate(elements);
    if (column.kind == ColumnKind::kTensor && !tensor.is_bytes) tensor.floats.truncate(elements);
  }
}

std::string cell_text(const Column& column, size_t row) {
  if (column.kind == ColumnKind::kText) return std::string(column.text[row]);
  if (column.kind == ColumnKind::kTensor || std::isnan(column.numbers[row])) return "";
  return number_text(column.numbers[row]);
}

}  // namespace kfctl
