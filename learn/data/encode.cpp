#include <cmath>
#include <unordered_map>

#include "base/text.h"
#include "learn/data/hash.h"
#include "learn/data/transform.h"

namespace kfctl {
namespace {

constexpr uint64_t kWordSeed = 0x6b6663746c;  // part of what models mean

class Encoder {
 public:
  Encoder(const InputTransform& transform, const Frame& frame, EncodedRows& out)
      : transform_(transform), frame_(frame), out_(out), width_(transform.dense_width()) {}

  void encode(const Feature& feature, const Column& column) {
    switch (feature.type) {
      case FeatureType::kNumeric:
        numeric(feature, column);
        break;
      case FeatureType::kCategorical:
        categorical(feature, column);
        break;
      case FeatureType::kText:
        for (size_t row = 0; row < frame_.rows; ++row) {
          hash_words(column.text[row], {cell(row), static_cast<size_t>(feature.buckets)});
        }
        break;
      case FeatureType::kTensor:
        tensor(column);
        break;
    }
    at_ += feature.dense_width();
    code_ += feature.has_code() ? 1 : 0;
  }

 private:
  float* cell(size_t row) { return out_.dense.data() + row * width_ + at_; }

  void numeric(const Feature& feature, const Column& column) {
    for (size_t row = 0; row < frame_.rows; ++row) {
      const auto value = static_cast<float>(column.numbers[row]);
      cell(row)[0] = value;
      if (feature.indicator) cell(row)[1] = std::isnan(value) ? 1.0F : 0.0F;
    }
  }

  void categorical(const Feature& feature, const Column& column) {
    std::unordered_map<std::string_view, int32_t> codes;
    for (size_t i = 0; i < feature.vocabulary.size(); ++i) {
      codes.emplace(feature.vocabulary[i], static_cast<int32_t>(i));
    }
    std::string scratch;
    for (size_t row = 0; row < frame_.rows; ++row) {
      if (column.kind == ColumnKind::kNumber) scratch = cell_text(column, row);
      const std::string_view text =
          column.kind == ColumnKind::kNumber ? std::string_view(scratch) : column.text[row];
      const auto found = codes.find(text);
      const int32_t code = found == codes.end() ? -1 : found->second;
      if (!feature.one_hot) out_.codes[row * transform_.code_count() + code_] = code;
      if (feature.one_hot && code >= 0) cell(row)[code] = 1.0F;
    }
  }

  void tensor(const Column& column) {
    const TensorCells& cells = column.tensor;
    if (transform_.is_bytes()) {
      out_.bytes = cells.bytes;
      return;
    }
    const size_t width = cells.width();
    for (size_t row = 0; row < frame_.rows; ++row) {
      for (size_t i = 0; i < width; ++i) {
        cell(row)[i] = cells.is_bytes ? static_cast<float>(cells.bytes[row * width + i])
                                      : cells.floats[row * width + i];
      }
    }
  }

  const InputTransform& transform_;
  const Frame& frame_;
  EncodedRows& out_;
  size_t width_;
  size_t at_ = 0;    // the feature's first dense column
  size_t code_ = 0;  // the feature's place among the codes
};

Status check_column(const Feature& feature, const Column* column, const Frame& frame,
                    ColumnKind wanted, const std::string& path) {
  if (column == nullptr) {
    return project_error(path + ": no column '" + feature.name + "', which the model needs",
                         did_you_mean(feature.name, frame.names()));
  }
  if (column->kind != wanted) {
    return project_error(path + ": column '" + feature.name + "' holds " +
                         std::string(column_kind_name(column->kind)) + " where the model takes " +
                         std::string(column_kind_name(wanted)));
  }
  if (wanted == ColumnKind::kTensor &&
      (column->tensor.shape != feature.shape || column->tensor.is_bytes != feature.is_bytes)) {
    return project_error(path + ": the rows of '" + feature.name +
                         "' have another shape or type than those that the model was trained on");
  }
  return Ok{};
}

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

}  // namespace

void hash_words(std::string_view text, std::span<float> buckets) {
  const std::string lower = to_lower_ascii(text);
  const auto add = [&buckets](uint64_t hash) {
    // The sign makes collisions cancel on average (Weinberger et al., ICML 2009).
    buckets[(hash >> 1) % buckets.size()] += (hash & 1) != 0 ? 1.0F : -1.0F;
  };
  uint64_t before = 0;
  for (size_t i = 0; i < lower.size();) {
    size_t end = i;
    while (end < lower.size() && is_word_byte(lower[end])) ++end;
    if (end > i) {
      const uint64_t word = hash_text(std::string_view(lower).substr(i, end - i), kWordSeed);
      add(word);
      if (before != 0) add(mix64(before * 3 + word));
      before = word;
    }
    i = end + 1;
  }
  double squares = 0;
  for (const float value : buckets)
    squares += static_cast<double>(value) * static_cast<double>(value);
  if (squares == 0) return;
  const auto scale = static_cast<float>(1.0 / std::sqrt(squares));
  for (float& value : buckets) value *= scale;
}

Result<EncodedRows> encode_rows(const InputTransform& transform, const Frame& frame,
                                const std::string& path) {
  EncodedRows out;
  out.rows = frame.rows;
  if (!transform.is_bytes()) out.dense.assign(frame.rows * transform.dense_width(), 0.0F);
  out.codes.assign(frame.rows * transform.code_count(), -1);
  const auto wanted = transform.columns();
  Encoder encoder(transform, frame, out);
  for (const Feature& feature : transform.features) {
    const Column* column = frame.find(feature.name);
    KF_DO(check_column(feature, column, frame, wanted.find(feature.name)->second, path));
    encoder.encode(feature, *column);
  }
  return out;
}

}  // namespace kfctl
