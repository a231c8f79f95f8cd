#include "learn/train/metrics_log.h"

#include <cmath>

#include "base/text.h"
#include "learn/data/crc32c.h"
#include "learn/data/protobuf.h"

namespace kfctl {
namespace {

template <typename T>
void put(std::string& to, T value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// TFRecord framing, which learn/data/tfrecord_reader.cpp describes.
void put_record(std::string& to, const std::string& data) {
  std::string length;
  put(length, static_cast<uint64_t>(data.size()));
  to += length;
  put(to, masked_crc32c(length));
  to += data;
  put(to, masked_crc32c(data));
}

// The numbers are those of tensorboard/compat/proto: event.proto and summary.proto.
std::string event_of(const MetricsRow& row, const std::string& name, double number) {
  ProtoWriter value, summary, event;
  std::string tag = name;
  for (char& c : tag) c = c == '.' ? '/' : c;
  value.bytes(1, tag);
  value.float32(2, static_cast<float>(number));
  summary.message(1, value);
  event.float64(1, row.time);
  event.varint(2, static_cast<uint64_t>(row.step));
  event.message(5, summary);
  return event.text();
}

}  // namespace

const double* MetricsRow::find(std::string_view name) const {
  for (const auto& [key, value] : values) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string MetricsLog::to_jsonl() const {
  std::string text;
  for (const MetricsRow& row : rows_) {
    Json line = Json::object({{"epoch", row.epoch}, {"step", row.step}, {"time", row.time}});
    for (const auto& [name, value] : row.values) line[name] = value;
    text += line.dump() + "\n";
  }
  return text;
}

std::string MetricsLog::to_events() const {
  std::string file;
  ProtoWriter version;
  version.float64(1, rows_.empty() ? 0.0 : rows_[0].time);
  version.bytes(3, "brain.Event:2");
  put_record(file, version.text());
  for (const MetricsRow& row : rows_) {
    for (const auto& [name, value] : row.values) {
      if (std::isfinite(value)) put_record(file, event_of(row, name, value));
    }
  }
  return file;
}

Result<MetricsLog> MetricsLog::read(std::string_view jsonl, const std::string& path,
                                    int64_t last_epoch) {
  MetricsLog log;
  for (const std::string_view line : split_lines(jsonl)) {
    KF_TRY(const Json json, parse_json(line, path));
    const Json *epoch = json.find("epoch"), *step = json.find("step"), *time = json.find("time");
    if (epoch == nullptr || step == nullptr || time == nullptr || !epoch->is_int() ||
        !step->is_int() || !time->is_number()) {
      return project_error(path + ": not the metrics of a run");
    }
    if (epoch->as_int() > last_epoch) break;
    MetricsRow row;
    row.epoch = epoch->as_int();
    row.step = step->as_int();
    row.time = time->as_double();
    for (const auto& [name, value] : json.members()) {
      if (name.find('.') != name.npos && value.is_number()) {
        row.values.emplace_back(name, value.as_double());
      }
    }
    log.add(std::move(row));
  }
  return log;
}

}  // namespace kfctl
