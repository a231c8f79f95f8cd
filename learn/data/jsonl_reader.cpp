// JSON lines: an object on each line. Members of nested objects and items of arrays become columns
// named by their path, "a.b" and "a.0". Strings are text; numbers, true and false are numbers.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/json.h"
#include "base/text.h"
#include "learn/data/number_text.h"
#include "learn/data/reader.h"

namespace kfctl {
namespace {

constexpr size_t kBlock = size_t{4} << 20;
constexpr size_t kLongestLine = size_t{256} << 20;
constexpr size_t kMostColumns = 100'000;

class JsonlReader : public FrameReader {
 public:
  JsonlReader(std::unique_ptr<ByteSource> source, std::string path, const ReadOptions& options)
      : source_(std::move(source)), path_(std::move(path)), options_(options) {
    for (const auto& [name, kind] : options_.promised) column(name).promised = kind;
  }

  Result<Frame> next() override;

 private:
  // One column while a block is read; both forms until it is known which holds.
  struct Building {
    std::string name;
    std::optional<ColumnKind> promised;
    bool has_text = false;
    std::vector<double> numbers;
    std::vector<std::string> texts;  // as long as `numbers`
  };

  Status fill();
  Status add_row(const Json& object);
  Status add_value(const std::string& name, const Json& value);
  Building& column(const std::string& name);
  Frame finish();

  std::unique_ptr<ByteSource> source_;
  std::string path_;
  ReadOptions options_;
  std::string text_;
  bool at_end_ = false;
  uint64_t line_ = 0;
  std::vector<Building> columns_;
  std::map<std::string, size_t, std::less<>> places_;
  size_t rows_ = 0;
  std::vector<uint64_t> lines_;
};

Status JsonlReader::fill() {
  for (size_t block = kBlock; !at_end_ && text_.rfind('\n') == text_.npos; block *= 2) {
    if (text_.size() > kLongestLine) return data_error(path_, line_ + 1, "a line over 256 MiB");
    const size_t before = text_.size();
    KF_DO(source_->read(block, text_));
    at_end_ = text_.size() == before;
  }
  return Ok{};
}

JsonlReader::Building& JsonlReader::column(const std::string& name) {
  const auto [place, is_new] = places_.try_emplace(name, columns_.size());
  if (is_new) columns_.emplace_back().name = name;
  return columns_[place->second];
}

Status JsonlReader::add_value(const std::string& name, const Json& value) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.members()) KF_DO(add_value(name + "." + key, member));
    return Ok{};
  }
  if (value.is_array()) {
    for (size_t i = 0; i < value.items().size(); ++i) {
      KF_DO(add_value(name + "." + std::to_string(i), value.items()[i]));
    }
    return Ok{};
  }
  if (options_.only_promised && options_.promised.find(name) == options_.promised.end()) {
    return Ok{};
  }
  Building& to = column(name);
  if (columns_.size() > kMostColumns) return data_error(path_, line_, "over 100000 columns");
  to.numbers.resize(rows_, std::numeric_limits<double>::quiet_NaN());
  to.texts.resize(rows_);
  if (value.is_null()) return Ok{};
  if (value.is_string()) {
    const std::string& text = value.as_string();
    if (to.promised == ColumnKind::kNumber) {
      const std::optional<double> number = parse_number(text);
      if (!number) {
        return data_error(path_, line_,
                          "column '" + name + "': '" + text.substr(0, 60) + "' is not a number");
      }
      to.numbers.back() = *number;
      return Ok{};
    }
    to.has_text = to.has_text || !is_missing_text(text);
    to.texts.back() = is_missing_text(text) ? "" : text;
    return Ok{};
  }
  to.numbers.back() = value.is_bool() ? (value.as_bool() ? 1.0 : 0.0) : value.as_double();
  to.texts.back() =
      value.is_bool() ? (value.as_bool() ? "true" : "false") : number_text(value.as_double());
  return Ok{};
}

Status JsonlReader::add_row(const Json& object) {
  if (!object.is_object()) return data_error(path_, line_, "not a JSON object");
  ++rows_;
  lines_.push_back(line_);
  for (const auto& [key, value] : object.members()) KF_DO(add_value(key, value));
  return Ok{};
}

Frame JsonlReader::finish() {
  Frame frame;
  frame.rows = rows_;
  frame.lines = std::move(lines_);
  lines_.clear();
  for (Building& from : columns_) {
    from.numbers.resize(rows_, std::numeric_limits<double>::quiet_NaN());
    from.texts.resize(rows_);
    Column& column = frame.columns.emplace_back();
    column.name = from.name;
    if (from.promised == ColumnKind::kText || (!from.promised && from.has_text)) {
      column.kind = ColumnKind::kText;
      for (const std::string& text : from.texts) column.text.add(text);
      from.numbers.clear();
    } else {
      column.numbers = std::move(from.numbers);
    }
    from.numbers.clear();
    from.texts.clear();
  }
  rows_ = 0;
  return frame;
}

Result<Frame> JsonlReader::next() {
  while (rows_ == 0) {
    KF_DO(fill());
    const size_t complete = at_end_ ? text_.size() : text_.rfind('\n') + 1;
    if (complete == 0) break;
    for (std::string_view line : split_lines(std::string_view(text_).substr(0, complete))) {
      ++line_;
      if (trim(line).empty()) continue;
      Result<Json> value = parse_json(line, path_);
      if (!value.ok()) {
        const std::string& message = value.error().message;
        const size_t colon = message.rfind(": ");
        return data_error(
            path_, line_,
            "not JSON: " + (colon == message.npos ? message : message.substr(colon + 2)),
            "JSON lines are one object a line");
      }
      KF_DO(add_row(value.value()));
    }
    text_.erase(0, complete);
  }
  return finish();
}

}  // namespace

std::unique_ptr<FrameReader> jsonl_reader(std::unique_ptr<ByteSource> source,
                                          const std::string& path, const ReadOptions& options) {
  return std::make_unique<JsonlReader>(std::move(source), path, options);
}

}  // namespace kfctl
