#include "learn/evaluate/prediction.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/json.h"
#include "learn/data/pieces.h"
#include "learn/evaluate/predictor.h"
#include "learn/evaluate/split_evaluation.h"

namespace kfctl {
namespace {

constexpr size_t kPieceRows = 4096;  // of which a thread writes the text

void put_number(std::string& to, float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  to.append(text, end.ptr);
}

// A cell as RFC 4180 wants it.
void put_cell(std::string& to, std::string_view text) {
  if (text.find_first_of(",\"\n\r") == text.npos) {
    to += text;
    return;
  }
  to += '"';
  for (const char c : text) {
    if (c == '"') to += '"';
    to += c;
  }
  to += '"';
}

// A key that is also a feature of numbers was read as such.
void put_key(std::string& to, const Column& key, size_t row) {
  if (key.kind == ColumnKind::kText) return put_cell(to, key.text[row]);
  put_cell(to, cell_text(key, row));
}

std::string npy_of(const std::vector<float>& values, size_t width) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                       std::to_string(values.size() / width) + ", " + std::to_string(width) +
                       "), }";
  header.resize((header.size() + 11 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  text += header;
  text.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return text;
}

class Writer {
 public:
  Writer(const Model& model, const PredictOptions& options)
      : model_(model), options_(options), width_(model.target.outputs()) {}

  std::string header() const {
    if (options_.output != "csv") return "";
    std::string text;
    for (const std::string& key : options_.keys) put_cell(text, key), text += ',';
    text += "prediction";
    for (const std::string& name : probability_names()) text += ',', put_cell(text, name);
    return text + "\n";
  }

  /// The text of a block in pieces, one after another.
  std::vector<std::string> block(const Frame& frame, const std::vector<float>& said,
                                 ThreadPool* pool) {
    if (options_.output == "npy") {
      all_.insert(all_.end(), said.begin(), said.end());
      return {};
    }
    std::vector<const Column*> keys;
    for (const std::string& key : options_.keys) keys.push_back(frame.find(key));
    std::vector<std::string> texts(piece_count(frame.rows, kPieceRows));
    for_pieces(pool, frame.rows, kPieceRows, [&](size_t piece, size_t begin, size_t end) {
      for (size_t row = begin; row < end; ++row) {
        const float* values = said.data() + row * width_;
        options_.output == "csv" ? csv_row(texts[piece], keys, row, values)
                                 : json_row(texts[piece], keys, row, values);
      }
    });
    return texts;
  }

  std::string end() const { return options_.output == "npy" ? npy_of(all_, width_) : ""; }

 private:
  std::vector<std::string> probability_names() const {
    std::vector<std::string> names;
    if (!options_.probabilities || !model_.target.is_classes()) return names;
    for (const std::string& label : model_.target.classes) names.push_back("p_" + label);
    return names;
  }

  std::string_view label(const float* values) const {
    return model_.target
        .classes[static_cast<size_t>(std::max_element(values, values + width_) - values)];
  }

  void csv_row(std::string& text, const std::vector<const Column*>& keys, size_t row,
               const float* values) const {
    for (const Column* key : keys) put_key(text, *key, row), text += ',';
    if (!model_.target.is_classes()) {
      put_number(text, values[0]);
    } else {
      put_cell(text, label(values));
      for (size_t c = 0; options_.probabilities && c < width_; ++c) {
        text += ',';
        put_number(text, values[c]);
      }
    }
    text += '\n';
  }

  void json_row(std::string& text, const std::vector<const Column*>& keys, size_t row,
                const float* values) const {
    text += '{';
    for (const Column* key : keys) {
      text += json_quote(key->name) + ":" + json_quote(cell_text(*key, row)) + ",";
    }
    text += "\"prediction\":";
    if (!model_.target.is_classes()) {
      put_number(text, values[0]);
    } else if (model_.target.of_numbers) {
      text += label(values);
    } else {
      text += json_quote(label(values));
    }
    if (options_.probabilities && model_.target.is_classes()) {
      text += ",\"probabilities\":{";
      for (size_t c = 0; c < width_; ++c) {
        text += (c == 0 ? "" : ",") + json_quote(model_.target.classes[c]) + ":";
        put_number(text, values[c]);
      }
      text += '}';
    }
    text += "}\n";
  }

  const Model& model_;
  const PredictOptions& options_;
  size_t width_;
  std::vector<float> all_;  // npy only
};

Status check_keys(const PredictOptions& options, const Frame& frame, const std::string& path) {
  for (const std::string& key : options.keys) {
    if (frame.find(key) != nullptr) continue;
    return usage_error(path + ": no column '" + key + "' to pass through",
                       "--key names a column of the data");
  }
  return Ok{};
}

ReadOptions options_for(const Model& model, const PredictOptions& options) {
  ReadOptions read = read_options(model, false);
  read.format = options.format;
  for (const std::string& key : options.keys) {
    read.promised.try_emplace(key, ColumnKind::kText);
  }
  return read;
}

}  // namespace

Result<size_t> predict_files(Device& device, const Model& model, const Files& disk,
                             const PredictOptions& options, ThreadPool* pool,
                             const std::function<Status(std::string_view)>& write) {
  if (options.output == "npy" && !options.keys.empty()) {
    return usage_error("a .npy file holds numbers only, not the columns of --key",
                       "write a .csv or .jsonl file");
  }
  KF_TRY(const std::vector<std::string> paths, expand_globs(disk, options.files));
  KF_TRY(const std::unique_ptr<Predictor> predictor, Predictor::make(device, model));
  Writer writer(model, options);
  const ReadOptions read = options_for(model, options);
  size_t rows = 0;
  std::string pending = writer.header();  // printed once it is known that all goes well
  for (const std::string& path : paths) {
    KF_TRY(std::unique_ptr<ByteSource> bytes, open_bytes(path));
    KF_TRY(const std::unique_ptr<FrameReader> reader,
           open_reader(std::move(bytes), path, read, pool));
    while (options.limit_rows == 0 || rows < options.limit_rows) {
      KF_TRY(Frame frame, reader->next());
      if (frame.rows == 0) break;
      KF_DO(check_keys(options, frame, path));
      if (options.limit_rows > 0) truncate_frame(frame, options.limit_rows - rows);
      KF_TRY(const EncodedRows encoded, encode_rows(model.transform, frame, path, pool));
      KF_TRY(const std::vector<float> said, predictor->predict(encoded));
      if (!pending.empty()) KF_DO(write(std::exchange(pending, "")));
      for (const std::string& text : writer.block(frame, said, pool)) KF_DO(write(text));
      rows += frame.rows;
    }
  }
  KF_DO(write(pending + writer.end()));
  return rows;
}

}  // namespace kfctl
