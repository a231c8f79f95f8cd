// CSV in blocks: read, cut at the last end of a record, scan for the ends of cells (csv_scan.h),
// walk them as records, then turn the cells into columns, rows divided among threads.
#include <algorithm>
#include <atomic>
#include <optional>

#include "base/text.h"
#include "learn/data/csv_scan.h"
#include "learn/data/number_text.h"
#include "learn/data/pieces.h"
#include "learn/data/reader.h"

namespace kfctl {
namespace {

constexpr size_t kBlock = size_t{8} << 20;
constexpr size_t kLargestRecord = size_t{256} << 20;
constexpr size_t kRowsPerPiece = 4096;

struct Record {
  uint32_t begin = 0;  // offset of its first byte
  uint32_t first = 0;  // its first cell's place in CsvScan::ends
  uint64_t line = 0;
};

// The first row of each column that is not as it should be; several threads may note them at once.
class BadRows {
 public:
  explicit BadRows(size_t columns) : after_(columns) {}

  void note(size_t column, size_t row) {
    size_t seen = after_[column].load();
    while ((seen == 0 || seen > row + 1) && !after_[column].compare_exchange_weak(seen, row + 1)) {
    }
  }
  std::optional<size_t> first(size_t column) const {
    const size_t after = after_[column].load();
    return after == 0 ? std::nullopt : std::optional<size_t>(after - 1);
  }

 private:
  std::vector<std::atomic<size_t>> after_;  // the row's number plus one; 0 for none
};

class CsvReader : public FrameReader {
 public:
  CsvReader(std::unique_ptr<ByteSource> source, std::string path, const ReadOptions& options,
            ThreadPool* pool)
      : source_(std::move(source)), path_(std::move(path)), options_(options), pool_(pool) {}

  Status start();
  Result<Frame> next() override;

 private:
  struct Wanted {
    size_t cell = 0;  // its place in a record
    std::optional<ColumnKind> promised;
    bool is_text = false;
  };

  Result<bool> fill();
  Status walk();
  std::string_view cell(const Record& record, size_t index) const;
  Error error_at(const Record& record, size_t column, std::string_view what,
                 std::string hint = "") const;
  Status header();
  Status choose_columns();
  Status parse(Frame& frame);
  Status parse_numbers(Frame& frame);
  Status parse_texts(Frame& frame);

  std::unique_ptr<ByteSource> source_;
  std::string path_;
  ReadOptions options_;
  ThreadPool* pool_;
  char delimiter_ = ',';
  std::string text_;     // what was read and is not parsed yet
  size_t complete_ = 0;  // bytes of text_ that are whole records
  bool at_end_ = false;
  bool started_ = false;
  uint64_t line_ = 1;  // of text_[0]
  CsvScan scan_;
  std::vector<Record> records_;
  std::vector<std::string> names_;  // of all columns
  std::vector<Wanted> wanted_;
};

// The delimiter that the first line has most of.
char sniff(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  char best = ',';
  ptrdiff_t most = 0;
  for (const char candidate : {',', ';', '\t', '|'}) {
    const ptrdiff_t count = std::count(line.begin(), line.end(), candidate);
    if (count > most) best = candidate, most = count;
  }
  return best;
}

// Makes text_ hold at least one whole record; false at the end.
Result<bool> CsvReader::fill() {
  line_ += static_cast<uint64_t>(
      std::count(text_.begin(), text_.begin() + static_cast<ptrdiff_t>(complete_), '\n'));
  text_.erase(0, complete_);
  complete_ = 0;
  for (size_t block = kBlock;; block *= 2) {
    while (!at_end_ && text_.size() < block) {
      const size_t before = text_.size();
      KF_DO(source_->read(block - before, text_));
      at_end_ = text_.size() == before;
    }
    if (!started_ && text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
    if (!started_ && options_.delimiter.empty()) delimiter_ = sniff(text_);
    started_ = true;
    if (at_end_ && !text_.empty() && text_.back() != '\n') text_ += '\n';
    scan_csv(text_, delimiter_, scan_);
    if (at_end_ && scan_.open_quote) {
      size_t open = 0;
      bool inside = false;
      for (size_t i = 0; i < text_.size(); ++i) {
        if (text_[i] == '"' && (inside = !inside)) open = i;
      }
      const auto lines =
          std::count(text_.begin(), text_.begin() + static_cast<ptrdiff_t>(open), '\n');
      return data_error(path_, line_ + static_cast<uint64_t>(lines), "a quote is never closed");
    }
    while (!scan_.ends.empty() && text_[scan_.ends.back()] != '\n') scan_.ends.pop_back();
    if (!scan_.ends.empty()) complete_ = scan_.ends.back() + size_t{1};
    if (complete_ > 0 || at_end_) return complete_ > 0;
    if (text_.size() > kLargestRecord) {
      return data_error(path_, line_, "a record of more than 256 MiB: is this a CSV file?");
    }
  }
}

// Cuts what scan_ found into records of names_.size() cells; empty lines are no records.
Status CsvReader::walk() {
  records_.clear();
  uint32_t begin = 0, first = 0;
  uint64_t line = line_;
  for (uint32_t i = 0; i < scan_.ends.size(); ++i) {
    if (text_[scan_.ends[i]] != '\n') continue;
    const std::string_view whole = std::string_view(text_).substr(begin, scan_.ends[i] - begin);
    const bool empty = whole.empty() || whole == "\r";
    const size_t cells = i - first + size_t{1};
    if (!empty) {
      if (!names_.empty() && cells != names_.size()) {
        return data_error(path_, line,
                          std::to_string(cells) + (cells == 1 ? " cell" : " cells") + " where " +
                              std::to_string(names_.size()) + " are expected",
                          "every record needs a cell for each column of the first line");
      }
      records_.push_back({begin, first, line});
    }
    line += 1 + static_cast<uint64_t>(std::count(whole.begin(), whole.end(), '\n'));
    begin = scan_.ends[i] + 1;
    first = i + 1;
  }
  return Ok{};
}

std::string_view CsvReader::cell(const Record& record, size_t index) const {
  const size_t at = record.first + index;
  const size_t begin = index == 0 ? record.begin : scan_.ends[at - 1] + size_t{1};
  size_t end = scan_.ends[at];
  if (end > begin && text_[end] == '\n' && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

Error CsvReader::error_at(const Record& record, size_t column, std::string_view what,
                          std::string hint) const {
  return data_error(path_, record.line, "column '" + names_[column] + "': " + std::string(what),
                    std::move(hint));
}

Status CsvReader::start() {
  if (options_.delimiter.size() > 1) return usage_error("a delimiter is one character");
  if (!options_.delimiter.empty()) delimiter_ = options_.delimiter[0];
  KF_TRY(const bool any, fill());
  if (!any) return project_error(path_ + ": the file is empty");
  KF_DO(header());
  return choose_columns();
}

// Names the columns by the first record, or c1, c2, ... where that holds data already.
Status CsvReader::header() {
  KF_DO(walk());
  if (records_.empty()) return project_error(path_ + ": no record in the file");
  const Record& record = records_.front();
  size_t count = 1;
  while (text_[scan_.ends[record.first + count - 1]] != '\n') ++count;
  bool is_header = options_.header != "no";
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) {
    std::string scratch;
    std::string_view content;
    if (!unquote_cell(cell(record, i), scratch, content)) {
      return data_error(path_, record.line, "a quote inside a cell without quotes around it");
    }
    content = trim(content);
    if (options_.header == "auto" && (content.empty() || parse_number(content))) is_header = false;
    names.push_back(content.empty() ? "c" + std::to_string(i + 1) : std::string(content));
  }
  if (is_header) {
    for (size_t i = 0; i < names.size(); ++i) {
      if (std::find(names.begin(), names.begin() + static_cast<ptrdiff_t>(i), names[i]) !=
          names.begin() + static_cast<ptrdiff_t>(i)) {
        return data_error(path_, record.line, "two columns are named '" + names[i] + "'",
                          "rename one, or say data.header: no");
      }
    }
  }
  for (size_t i = 0; i < names.size(); ++i) {
    names_.push_back(is_header ? names[i] : "c" + std::to_string(i + 1));
  }
  if (is_header) {
    // The header is done with; what follows begins a line (or more) further down.
    const size_t end = scan_.ends[record.first + names.size() - 1] + size_t{1};
    line_ += static_cast<uint64_t>(
        std::count(text_.begin(), text_.begin() + static_cast<ptrdiff_t>(end), '\n'));
    text_.erase(0, end);
    complete_ -= end;
    scan_csv(std::string_view(text_).substr(0, complete_), delimiter_, scan_);
  }
  return walk();
}

Status CsvReader::choose_columns() {
  for (size_t i = 0; i < names_.size(); ++i) {
    const auto promised = options_.promised.find(names_[i]);
    if (promised == options_.promised.end() && options_.only_promised) continue;
    Wanted& wanted = wanted_.emplace_back();
    wanted.cell = i;
    if (promised == options_.promised.end()) continue;
    wanted.promised = promised->second;
    wanted.is_text = promised->second == ColumnKind::kText;
  }
  return Ok{};
}

Result<Frame> CsvReader::next() {
  Frame frame;
  for (const Wanted& wanted : wanted_) {
    Column& column = frame.columns.emplace_back();
    column.name = names_[wanted.cell];
    column.kind = wanted.is_text ? ColumnKind::kText : ColumnKind::kNumber;
  }
  while (records_.empty()) {
    KF_TRY(const bool more, fill());
    if (!more) return frame;
    KF_DO(walk());
  }
  frame.rows = records_.size();
  for (const Record& record : records_) frame.lines.push_back(record.line);
  KF_DO(parse(frame));
  records_.clear();
  return frame;
}

Status CsvReader::parse(Frame& frame) {
  KF_DO(parse_numbers(frame));
  for (size_t i = 0; i < wanted_.size(); ++i) {
    if (wanted_[i].is_text) frame.columns[i].kind = ColumnKind::kText;
  }
  return parse_texts(frame);
}

// Parses every column that may hold numbers; one that does not turns into text.
Status CsvReader::parse_numbers(Frame& frame) {
  std::vector<size_t> columns;
  for (size_t i = 0; i < wanted_.size(); ++i) {
    if (wanted_[i].is_text) continue;
    columns.push_back(i);
    frame.columns[i].numbers.resize(frame.rows);
  }
  BadRows bad(wanted_.size());
  for_pieces(pool_, frame.rows, kRowsPerPiece, [&](size_t, size_t begin, size_t end) {
    std::string scratch;
    std::string_view content;
    for (size_t row = begin; row < end; ++row) {
      for (const size_t i : columns) {
        const bool well = unquote_cell(cell(records_[row], wanted_[i].cell), scratch, content);
        const std::optional<double> value = well ? parse_number(content) : std::nullopt;
        if (value) frame.columns[i].numbers[row] = *value;
        if (!value) bad.note(i, row);
      }
    }
  });
  for (const size_t i : columns) {
    const std::optional<size_t> row = bad.first(i);
    if (!row) continue;
    if (wanted_[i].promised) {
      const Record& record = records_[*row];
      return error_at(
          record, wanted_[i].cell,
          "'" + std::string(cell(record, wanted_[i].cell).substr(0, 60)) + "' is not a number");
    }
    wanted_[i].is_text = true;
    frame.columns[i].numbers = {};
  }
  return Ok{};
}

Status CsvReader::parse_texts(Frame& frame) {
  std::vector<size_t> columns;
  for (size_t i = 0; i < wanted_.size(); ++i) {
    if (wanted_[i].is_text) columns.push_back(i);
  }
  if (columns.empty()) return Ok{};
  BadRows bad(wanted_.size());
  std::vector<std::vector<TextCells>> parts(piece_count(frame.rows, kRowsPerPiece));
  for_pieces(pool_, frame.rows, kRowsPerPiece, [&](size_t piece, size_t begin, size_t end) {
    std::string scratch;
    std::string_view content;
    parts[piece].resize(columns.size());
    for (size_t c = 0; c < columns.size(); ++c) {
      const size_t at = wanted_[columns[c]].cell;
      for (size_t row = begin; row < end; ++row) {
        if (!unquote_cell(cell(records_[row], at), scratch, content)) bad.note(columns[c], row);
        content = trim(content);
        parts[piece][c].add(is_missing_text(content) ? std::string_view() : content);
      }
    }
  });
  for (size_t c = 0; c < columns.size(); ++c) {
    if (const std::optional<size_t> row = bad.first(columns[c])) {
      return error_at(records_[*row], wanted_[columns[c]].cell,
                      "a quote inside a cell without quotes around it",
                      "quote the whole cell and double the quotes inside it");
    }
    TextCells& text = frame.columns[columns[c]].text;
    for (const std::vector<TextCells>& part : parts) KF_DO(text.append(part[c], nullptr));
  }
  return Ok{};
}

}  // namespace

Result<std::unique_ptr<FrameReader>> csv_reader(std::unique_ptr<ByteSource> source,
                                                const std::string& path, const ReadOptions& options,
                                                ThreadPool* pool) {
  auto reader = std::make_unique<CsvReader>(std::move(source), path, options, pool);
  KF_DO(reader->start());
  return std::unique_ptr<FrameReader>(std::move(reader));
}

}  // namespace kfctl
