#include "learn/data/dataset.h"

#include <algorithm>
#include <set>

#include <fnmatch.h>

#include "base/text.h"

namespace kfctl {
namespace {

// What reading takes beside the names of files.
struct Reading {
  size_t limit = 0;  // of rows; 0 for none
  RowMemory* memory = nullptr;
  ThreadPool* pool = nullptr;
};

// `status`, with the file's name in front of what is wrong with its rows.
Status in_file(const std::string& path, Status status) {
  if (status.ok() || status.error().kind != ErrorKind::kProject) return status;
  return project_error(path + ": " + status.error().message);
}

// Reads one file to its end, or to the limit of rows. A column that changes from numbers to text on
// the way is added to `texts`, and the frame is then of no use.
Result<Frame> read_file(const std::string& path, const ReadOptions& options, const Reading& reading,
                        std::set<std::string>& texts) {
  KF_TRY(std::unique_ptr<ByteSource> bytes, open_bytes(path));
  KF_TRY(const std::unique_ptr<FrameReader> reader,
         open_reader(std::move(bytes), path, options, reading.pool));
  Frame all;
  all.memory = reading.memory;
  for (;;) {
    KF_TRY(Frame block, reader->next());
    if (block.rows == 0) {
      if (all.columns.empty()) all = std::move(block);
      return all;
    }
    for (const Column& column : block.columns) {
      const Column* before = all.find(column.name);
      const bool differs = before != nullptr && before->kind != column.kind;
      if (differs && before->kind != ColumnKind::kTensor && column.kind != ColumnKind::kTensor) {
        texts.insert(column.name);
      }
    }
    if (!texts.empty()) continue;  // only to find all such columns
    KF_DO(in_file(path, append_frame(all, std::move(block))));
    if (reading.limit > 0 && all.rows >= reading.limit) return all;
  }
}

// read_file, with columns of both kinds read as text.
Result<Frame> read_settled(const std::string& path, ReadOptions& options, const Reading& reading) {
  for (;;) {
    std::set<std::string> texts;
    KF_TRY(Frame frame, read_file(path, options, reading, texts));
    if (texts.empty()) return frame;
    for (const std::string& name : texts) options.promised[name] = ColumnKind::kText;
  }
}

Status check_same_columns(const Frame& frame, const Frame& more, const std::string& path,
                          const std::string& first) {
  for (const Column& column : frame.columns) {
    if (more.find(column.name) == nullptr) {
      return project_error(path + ": no column '" + column.name + "', which " + first + " has");
    }
  }
  for (const Column& column : more.columns) {
    if (frame.find(column.name) == nullptr) {
      return project_error(path + ": a column '" + column.name + "', which " + first +
                           " does not have");
    }
  }
  return Ok{};
}

bool has_free_columns(const std::string& path, const ReadOptions& options) {
  const std::string format = options.format == "auto" ? format_of(path, "") : options.format;
  return format == "jsonl" || format == "tfrecord";
}

// The columns that are text in one file and numbers in the other.
std::set<std::string> mixed_columns(const Frame& a, const Frame& b) {
  std::set<std::string> mixed;
  for (const Column& column : b.columns) {
    const Column* other = a.find(column.name);
    if (other != nullptr && other->kind != column.kind) mixed.insert(column.name);
  }
  return mixed;
}

Status read_files(const std::vector<std::string>& paths, ReadOptions options,
                  const Reading& reading, Dataset& dataset) {
  dataset.frame.memory = reading.memory;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (reading.limit > 0 && dataset.frame.rows >= reading.limit) break;
    KF_TRY(Frame frame, read_settled(paths[i], options, reading));
    const std::set<std::string> mixed = mixed_columns(dataset.frame, frame);
    if (i > 0 && !mixed.empty()) {
      // Begin again: these are text in all files.
      for (const std::string& name : mixed) options.promised[name] = ColumnKind::kText;
      dataset = {};
      return read_files(paths, options, reading, dataset);
    }
    if (i > 0 && !has_free_columns(paths[i], options)) {
      KF_DO(check_same_columns(dataset.frame, frame, paths[i], paths[0]));
    }
    dataset.paths.push_back(paths[i]);
    dataset.first_rows.push_back(dataset.frame.rows);
    KF_DO(in_file(paths[i], append_frame(dataset.frame, std::move(frame))));
  }
  return Ok{};
}

// Puts the one column of the label files beside the data.
Status attach_labels(const std::vector<std::string>& paths, const DataFiles& data, ThreadPool* pool,
                     Dataset& dataset) {
  Dataset labels;
  ReadOptions options = data.read;
  options.format = "auto";
  options.only_promised = false;
  KF_DO(read_files(paths, options, {0, data.memory, pool}, labels));
  const std::string& path = paths[0];
  if (labels.frame.columns.size() != 1 || labels.frame.columns[0].kind == ColumnKind::kTensor) {
    return project_error(path + ": a file of labels holds one value a row");
  }
  if (labels.frame.rows != dataset.frame.rows) {
    return project_error(path + ": " + std::to_string(labels.frame.rows) + " labels for " +
                             std::to_string(dataset.frame.rows) + " rows of " + dataset.paths[0],
                         "give the labels that belong to this data");
  }
  Column& label = labels.frame.columns[0];
  if (dataset.frame.find(label.name) != nullptr) {
    return project_error(path + ": the data have a column '" + label.name + "' already");
  }
  dataset.frame.columns.push_back(std::move(label));
  return Ok{};
}

}  // namespace

Result<std::vector<std::string>> expand_globs(const Files& disk,
                                              const std::vector<std::string>& patterns) {
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    const bool is_glob = base_name(pattern).find_first_of("*?[") != std::string_view::npos;
    if (!is_glob || disk.is_file(pattern)) {
      paths.push_back(pattern);
      continue;
    }
    KF_TRY(const std::vector<std::string> names, disk.list(parent_path(pattern)));
    const std::string wanted(base_name(pattern));
    const size_t before = paths.size();
    for (const std::string& name : names) {
      if (::fnmatch(wanted.c_str(), name.c_str(), FNM_PERIOD) == 0) {
        paths.push_back(
            join_path(pattern.find('/') == pattern.npos ? "" : parent_path(pattern), name));
      }
    }
    if (paths.size() == before) {
      return Error(ErrorKind::kDisk, "no file matches " + pattern,
                   "the pattern has to be quoted "
                   "from the shell, and its directory is taken as it is");
    }
  }
  return paths;
}

std::string Dataset::place(size_t row) const {
  size_t file = 0;
  while (file + 1 < first_rows.size() && first_rows[file + 1] <= row) ++file;
  return paths[file] + ":" + std::to_string(frame.lines[row]);
}

Result<Dataset> read_dataset(const Files& disk, const DataFiles& data, ThreadPool* pool) {
  KF_TRY(const std::vector<std::string> paths, expand_globs(disk, data.files));
  if (paths.empty()) return usage_error("no data is given", "--data FILE names it");
  Dataset dataset;
  // Labels have to be as many as rows, so a limit applies after they are attached.
  const size_t limit = data.labels.empty() ? data.limit_rows : 0;
  KF_DO(read_files(paths, data.read, {limit, data.memory, pool}, dataset));
  if (!data.labels.empty()) {
    KF_TRY(const std::vector<std::string> labels, expand_globs(disk, data.labels));
    KF_DO(attach_labels(labels, data, pool, dataset));
  }
  if (data.limit_rows > 0) truncate_frame(dataset.frame, data.limit_rows);
  if (dataset.frame.rows == 0) return project_error(paths[0] + ": no rows in the data");
  if (dataset.frame.rows > size_t{INT32_MAX}) {
    return project_error(paths[0] + ": more than 2^31 rows", "divide the data");
  }
  return dataset;
}

}  // namespace kfctl
