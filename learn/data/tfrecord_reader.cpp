// TFRecord of tf.Example.
//
// A record is its length (u64), the masked CRC-32C of the length, the data, and the masked CRC-32C
// of the data, all little-endian. The data is an Example: a map from names to lists of bytes,
// floats or int64. A list of one value is a cell; a list of several numbers is a row of a tensor,
// whose length has to be the same in every record.
#include <algorithm>
#include <cstring>
#include <limits>

#include "learn/data/crc32c.h"
#include "learn/data/protobuf.h"
#include "learn/data/reader.h"

namespace kfctl {
namespace {

constexpr size_t kRecordsPerFrame = 8192;
constexpr uint64_t kLargestRecord = uint64_t{256} << 20;

struct Feature {
  std::string name;
  bool is_text = false;
  std::string text;
  std::vector<double> numbers;
};

bool read_list(std::string_view list, int kind, Feature& feature) {
  ProtoReader values(list);
  feature.is_text = kind == 1;
  while (values.next()) {
    if (values.field() != 1) continue;
    if (kind == 1) feature.text += values.bytes();
    if (kind == 2) {
      for (size_t at = 0; at + 4 <= values.bytes().size(); at += 4) {
        float value = 0;
        std::memcpy(&value, values.bytes().data() + at, sizeof value);
        feature.numbers.push_back(static_cast<double>(value));
      }
    }
    if (kind != 3) continue;
    if (values.wire() == 0) {
      feature.numbers.push_back(static_cast<double>(static_cast<int64_t>(values.varint())));
      continue;
    }
    ProtoReader packed(values.bytes());
    uint64_t value = 0;
    while (!packed.at_end() && packed.take_varint(value)) {
      feature.numbers.push_back(static_cast<double>(static_cast<int64_t>(value)));
    }
    if (!packed.ok()) return false;
  }
  return values.ok();
}

bool read_feature(std::string_view entry, Feature& feature) {
  ProtoReader fields(entry);
  std::string_view value;
  while (fields.next()) {
    if (fields.field() == 1) feature.name = fields.bytes();
    if (fields.field() == 2) value = fields.bytes();
  }
  ProtoReader kinds(value);
  while (kinds.next()) {
    if (!read_list(kinds.bytes(), kinds.field(), feature)) return false;
  }
  return fields.ok() && kinds.ok();
}

bool read_example(std::string_view record, std::vector<Feature>& features) {
  ProtoReader example(record);
  while (example.next()) {
    if (example.field() != 1) continue;
    ProtoReader map(example.bytes());
    while (map.next()) {
      if (map.field() == 1 && !read_feature(map.bytes(), features.emplace_back())) return false;
    }
    if (!map.ok()) return false;
  }
  return example.ok();
}

class TfrecordReader : public FrameReader {
 public:
  TfrecordReader(std::unique_ptr<ByteSource> source, std::string path, const ReadOptions& options)
      : source_(std::move(source)), path_(std::move(path)), options_(options) {}

  Result<Frame> next() override {
    Frame frame;
    std::string record;
    while (frame.rows < kRecordsPerFrame) {
      KF_TRY(const bool more, read_record(record));
      if (!more) break;
      std::vector<Feature> features;
      if (!read_example(record, features)) {
        return error("not a tf.Example");
      }
      KF_TRY(Frame row, row_of(std::move(features)));
      KF_DO(append(frame, std::move(row)));
    }
    return frame;
  }

 private:
  Error error(std::string_view what) const {
    return project_error(path_ + ": record " + std::to_string(record_) + ": " + std::string(what));
  }

  Status append(Frame& frame, Frame row) {
    Status status = append_frame(frame, std::move(row));
    if (!status.ok()) return error(status.error().message);
    return Ok{};
  }

  // Exactly `count` bytes; false if there are none at all.
  Result<bool> take(size_t count, std::string& out) {
    out.clear();
    while (out.size() < count) {
      const size_t before = out.size();
      KF_DO(source_->read(std::min(count - before, size_t{1} << 20), out));
      if (out.size() == before) break;
    }
    if (out.empty() && count > 0) return false;
    if (out.size() < count) return error("the file ends in the middle of it");
    return true;
  }

  Result<bool> read_record(std::string& record) {
    std::string frame;
    ++record_;
    KF_TRY(const bool more, take(12, frame));
    if (!more) return false;
    uint64_t length = 0;
    uint32_t sum = 0;
    std::memcpy(&length, frame.data(), 8);
    std::memcpy(&sum, frame.data() + 8, 4);
    if (masked_crc32c(std::string_view(frame).substr(0, 8)) != sum || length > kLargestRecord) {
      return error("the checksum of its length does not match: is this a TFRecord file?");
    }
    KF_TRY(const bool whole, take(length + 4, record));
    if (!whole) return error("the file ends in the middle of it");
    std::memcpy(&sum, record.data() + length, 4);
    record.resize(length);
    if (masked_crc32c(record) != sum) return error("the checksum does not match");
    return true;
  }

  Result<Frame> row_of(std::vector<Feature> features) {
    Frame frame;
    frame.rows = 1;
    frame.lines = {record_};
    for (Feature& feature : features) {
      if (options_.only_promised && !options_.promised.contains(feature.name)) continue;
      if (frame.find(feature.name) != nullptr) return error("feature '" + feature.name + "' twice");
      Column& column = frame.columns.emplace_back();
      column.name = feature.name;
      if (feature.is_text) {
        column.kind = ColumnKind::kText;
        column.text.add(feature.text);
      } else if (feature.numbers.size() <= 1) {
        column.numbers = {feature.numbers.empty() ? std::numeric_limits<double>::quiet_NaN()
                                                  : feature.numbers[0]};
      } else {
        column.kind = ColumnKind::kTensor;
        column.tensor.shape = {static_cast<int>(feature.numbers.size())};
        for (const double value : feature.numbers) {
          column.tensor.floats.push_back(static_cast<float>(value));
        }
      }
    }
    return frame;
  }

  std::unique_ptr<ByteSource> source_;
  std::string path_;
  ReadOptions options_;
  uint64_t record_ = 0;
};

}  // namespace

std::unique_ptr<FrameReader> tfrecord_reader(std::unique_ptr<ByteSource> source,
                                             const std::string& path, const ReadOptions& options) {
  return std::make_unique<TfrecordReader>(std::move(source), path, options);
}

}  // namespace kfctl
