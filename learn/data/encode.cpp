#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/text.h"
#include "learn/data/hash.h"
#include "learn/data/pieces.h"
#include "learn/data/transform.h"

namespace kfctl {
namespace {

constexpr uint64_t kWordSeed = 0x6b6663746c;  // part of what models mean

// Rows that are encoded at once: a whole column after the other would go through the encoded rows,
// which may lie in a file, once for each.
constexpr size_t kBlockRows = 16384;

// Encodes the rows [begin, end) of one feature.
class Encoder {
 public:
  Encoder(const InputTransform& transform, const Frame& frame, EncodedRows& out)
      : transform_(transform), out_(out), width_(transform.dense_width()) {
    for (const Feature& feature : transform.features) {
      Task& task = tasks_.emplace_back();
      task.feature = &feature;
      task.column = frame.find(feature.name);
      task.dense = dense_columns_;
      task.code = code_columns_;
      for (size_t i = 0; i < feature.vocabulary.size(); ++i) {
        task.codes.emplace(feature.vocabulary[i], static_cast<int32_t>(i));
      }
      dense_columns_ += feature.dense_width();
      code_columns_ += feature.has_code() ? 1 : 0;
    }
  }

  void encode(size_t begin, size_t end) {
    for (const Task& task : tasks_) {
      switch (task.feature->type) {
        case FeatureType::kNumeric:
          numeric(task, begin, end);
          break;
        case FeatureType::kCategorical:
          categorical(task, begin, end);
          break;
        case FeatureType::kText:
          for (size_t row = begin; row < end; ++row) {
            hash_words(task.column->text[row],
                       {cell(task, row), static_cast<size_t>(task.feature->buckets)});
          }
          break;
        case FeatureType::kTensor:
          tensor(task, begin, end);
          break;
      }
    }
  }

 private:
  struct Task {
    const Feature* feature = nullptr;
    const Column* column = nullptr;
    std::unordered_map<std::string_view, int32_t> codes;  // of a vocabulary
    size_t dense = 0;                                     // the feature's first dense column
    size_t code = 0;                                      // its place among the codes
  };

  float* cell(const Task& task, size_t row) {
    return out_.dense.data() + row * width_ + task.dense;
  }

  void numeric(const Task& task, size_t begin, size_t end) {
    for (size_t row = begin; row < end; ++row) {
      const auto value = static_cast<float>(task.column->numbers[row]);
      cell(task, row)[0] = value;
      if (task.feature->indicator) cell(task, row)[1] = std::isnan(value) ? 1.0F : 0.0F;
    }
  }

  void categorical(const Task& task, size_t begin, size_t end) {
    const Column& column = *task.column;
    std::string scratch;
    for (size_t row = begin; row < end; ++row) {
      if (column.kind == ColumnKind::kNumber) scratch = cell_text(column, row);
      const std::string_view text =
          column.kind == ColumnKind::kNumber ? std::string_view(scratch) : column.text[row];
      const auto found = task.codes.find(text);
      const int32_t code = found == task.codes.end() ? -1 : found->second;
      if (!task.feature->one_hot) out_.codes[row * code_columns_ + task.code] = code;
      if (task.feature->one_hot && code >= 0) cell(task, row)[code] = 1.0F;
    }
  }

  void tensor(const Task& task, size_t begin, size_t end) {
    const TensorCells& cells = task.column->tensor;
    const size_t width = cells.width();
    if (transform_.is_bytes()) {
      std::copy(cells.bytes.data() + begin * width, cells.bytes.data() + end * width,
                out_.bytes.data() + begin * width);
      return;
    }
    for (size_t row = begin; row < end; ++row) {
      for (size_t i = 0; i < width; ++i) {
        cell(task, row)[i] = cells.is_bytes ? static_cast<float>(cells.bytes[row * width + i])
                                            : cells.floats[row * width + i];
      }
    }
  }

  const InputTransform& transform_;
  EncodedRows& out_;
  size_t width_;
  std::vector<Task> tasks_;
  size_t dense_columns_ = 0;
  size_t code_columns_ = 0;
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
                                const std::string& path, ThreadPool* pool) {
  const auto wanted = transform.columns();
  for (const Feature& feature : transform.features) {
    KF_DO(check_column(feature, frame.find(feature.name), frame, wanted.find(feature.name)->second,
                       path));
  }
  EncodedRows out;
  out.rows = frame.rows;
  const size_t dense = frame.rows * transform.dense_width();
  KF_DO(transform.is_bytes() ? out.bytes.append(dense, 0, frame.memory)
                             : out.dense.append(dense, 0.0F, frame.memory));
  KF_DO(out.codes.append(frame.rows * transform.code_count(), -1, frame.memory));
  Encoder encoder(transform, frame, out);
  for_pieces(pool, frame.rows, kBlockRows,
             [&encoder](size_t, size_t begin, size_t end) { encoder.encode(begin, end); });
  return out;
}

}  // namespace kfctl
