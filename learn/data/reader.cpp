#include "learn/data/reader.h"

#include <algorithm>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr size_t kLargestArrayFile = size_t{16} << 30;

// A format that is read whole: one frame, then nothing.
class OneFrame : public FrameReader {
 public:
  explicit OneFrame(Frame frame) : frame_(std::move(frame)) {}
  Result<Frame> next() override {
    Frame frame = std::move(frame_);
    frame_ = {};
    return frame;
  }

 private:
  Frame frame_;
};

class StartedSource : public ByteSource {
 public:
  StartedSource(std::string start, std::unique_ptr<ByteSource> rest)
      : start_(std::move(start)), rest_(std::move(rest)) {}
  Status read(size_t count, std::string& out) override {
    if (start_.empty()) return rest_->read(count, out);
    out.append(start_, 0, count);
    start_.erase(0, count);
    return Ok{};
  }

 private:
  std::string start_;
  std::unique_ptr<ByteSource> rest_;
};

Result<Frame> read_whole(std::string_view bytes, const std::string& path, const std::string& format,
                         const ReadOptions& options) {
  if (format == "idx") return read_idx(bytes, path);
  if (format == "npy") return read_npy(bytes, path);
  if (format == "npz") return read_npz(bytes, path);
  return read_libsvm(bytes, path, options.libsvm_width);
}

// Drops the columns that nobody asked for.
Frame keep_promised(Frame frame, const ReadOptions& options) {
  if (!options.only_promised) return frame;
  std::erase_if(frame.columns, [&options](const Column& column) {
    return options.promised.find(column.name) == options.promised.end();
  });
  return frame;
}

}  // namespace

const std::vector<std::string>& data_formats() {
  static const std::vector<std::string> formats = {"csv", "tsv", "jsonl", "libsvm",
                                                   "idx", "npy", "npz",   "tfrecord"};
  return formats;
}

std::string format_of(std::string_view path, std::string_view start) {
  std::string name = to_lower_ascii(base_name(path));
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  }
  const std::pair<std::string_view, std::string_view> endings[] = {
      {".csv", "csv"},
      {".tsv", "tsv"},
      {".tab", "tsv"},
      {".jsonl", "jsonl"},
      {".ndjson", "jsonl"},
      {".libsvm", "libsvm"},
      {".svm", "libsvm"},
      {".svmlight", "libsvm"},
      {".idx", "idx"},
      {"-ubyte", "idx"},
      {".npy", "npy"},
      {".npz", "npz"},
      {".tfrecord", "tfrecord"},
      {".tfrecords", "tfrecord"},
      {".txt", ""},
  };
  for (const auto& [ending, format] : endings) {
    if (name.ends_with(ending) && !format.empty()) return std::string(format);
  }
  if (name.find("-idx") != name.npos || name.find(".tfrecord-") != name.npos) {
    return name.find("-idx") != name.npos ? "idx" : "tfrecord";
  }
  if (start.starts_with("\x93NUMPY")) return "npy";
  if (start.starts_with("PK\x03\x04")) return "npz";
  if (start.size() > 3 && start[0] == 0 && start[1] == 0 && start[2] >= 8 && start[2] <= 14) {
    return "idx";
  }
  if (trim(start.substr(0, start.find('\n'))).starts_with('{')) return "jsonl";
  return "csv";
}

Result<std::unique_ptr<FrameReader>> open_reader(std::unique_ptr<ByteSource> source,
                                                 const std::string& path,
                                                 const ReadOptions& options, ThreadPool* pool) {
  std::string start;
  KF_DO(source->read(4096, start));
  ReadOptions chosen = options;
  if (chosen.format == "auto") chosen.format = format_of(path, start);
  source = std::make_unique<StartedSource>(std::move(start), std::move(source));
  const std::vector<std::string>& known = data_formats();
  if (std::find(known.begin(), known.end(), chosen.format) == known.end()) {
    return usage_error("unknown data format '" + chosen.format + "'",
                       did_you_mean(chosen.format, known, "one of " + join(known, ", ")));
  }
  if (chosen.format == "tsv" && chosen.delimiter.empty()) chosen.delimiter = "\t";
  if (chosen.format == "csv" || chosen.format == "tsv") {
    return csv_reader(std::move(source), path, chosen, pool);
  }
  if (chosen.format == "jsonl") return jsonl_reader(std::move(source), path, chosen);
  if (chosen.format == "tfrecord") return tfrecord_reader(std::move(source), path, chosen);
  KF_TRY(const std::string bytes, read_rest(*source, path, kLargestArrayFile));
  KF_TRY(Frame frame, read_whole(bytes, path, chosen.format, chosen));
  return std::unique_ptr<FrameReader>(
      std::make_unique<OneFrame>(keep_promised(std::move(frame), chosen)));
}

Error data_error(const std::string& path, uint64_t line, std::string_view what, std::string hint) {
  return project_error(path + ":" + std::to_string(line) + ": " + std::string(what),
                       std::move(hint));
}

}  // namespace kfctl
