#include "learn/data/transform.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"

namespace kfctl {
namespace {

struct Moments {
  double mean = 0;
  double deviation = 0;  // of the population
  size_t count = 0;
  bool finite = true;
};

template <typename Values>
Moments moments_of(std::span<const uint32_t> rows, const Values& value) {
  Moments moments;
  double sum = 0;
  for (const uint32_t row : rows) {
    const double x = value(row);
    if (std::isnan(x)) continue;
    moments.finite = moments.finite && std::isfinite(x);
    sum += x;
    ++moments.count;
  }
  if (moments.count == 0) return moments;
  moments.mean = sum / static_cast<double>(moments.count);
  double squares = 0;
  for (const uint32_t row : rows) {
    const double x = value(row) - moments.mean;
    if (!std::isnan(x)) squares += x * x;
  }
  moments.deviation = std::sqrt(squares / static_cast<double>(moments.count));
  return moments;
}

// Frequent values first, then by name.
std::vector<std::string> vocabulary_of(const Column& column, std::span<const uint32_t> rows,
                                       size_t largest) {
  std::map<std::string, size_t> counts;
  for (const uint32_t row : rows) {
    const std::string value = cell_text(column, row);
    if (!value.empty()) ++counts[value];
  }
  std::vector<std::pair<std::string, size_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (sorted.size() > largest) sorted.resize(largest);
  std::vector<std::string> vocabulary;
  for (auto& [value, count] : sorted) vocabulary.push_back(value);
  return vocabulary;
}

struct TextLook {
  size_t present = 0;
  size_t distinct = 0;
  double words = 0;  // on average
};

TextLook look_at(const Column& column, std::span<const uint32_t> rows) {
  TextLook look;
  std::set<std::string_view> distinct;
  for (const uint32_t row : rows) {
    const std::string_view text = column.text[row];
    if (text.empty()) continue;
    ++look.present;
    distinct.insert(text);
    look.words += 1.0 + static_cast<double>(std::count(text.begin(), text.end(), ' '));
  }
  look.distinct = distinct.size();
  if (look.present > 0) look.words /= static_cast<double>(look.present);
  return look;
}

class Fit {
 public:
  Fit(const Dataset& dataset, std::span<const uint32_t> train, const FeatureOptions& options)
      : dataset_(dataset), train_(train), options_(options) {}

  Result<FittedTransform> run() {
    KF_DO(check_names());
    for (const Column& column : dataset_.frame.columns) {
      const auto& ignored = options_.ignored;
      if (std::find(ignored.begin(), ignored.end(), column.name) != ignored.end()) continue;
      KF_DO(add(column));
    }
    if (fitted_.transform.features.empty()) {
      return project_error(dataset_.paths[0] + ": no column is left to learn from",
                           fitted_.notes.empty() ? "" : join(fitted_.notes, "; "));
    }
    return std::move(fitted_);
  }

 private:
  Status check_names() const {
    const std::vector<std::string> names = dataset_.frame.names();
    for (const auto& [name, type] : options_.types) {
      if (dataset_.frame.find(name) == nullptr) {
        return usage_error("data.features: no column '" + name + "' in " + dataset_.paths[0],
                           did_you_mean(name, names));
      }
      const std::vector<std::string> types = {"numeric", "categorical", "text", "ignore"};
      if (std::find(types.begin(), types.end(), type) == types.end()) {
        return usage_error("data.features." + name + ": unknown type '" + type + "'",
                           did_you_mean(type, types, "one of " + join(types, ", ")));
      }
    }
    return Ok{};
  }

  Status add(const Column& column) {
    const auto given = options_.types.find(column.name);
    std::string type = given == options_.types.end() ? inferred(column) : given->second;
    if (type == "ignore") return Ok{};
    if (column.kind == ColumnKind::kTensor) return add_tensor(column);
    if (type == "numeric" && column.kind == ColumnKind::kText) {
      for (size_t row = 0; row < dataset_.frame.rows; ++row) {
        const std::string_view text = column.text[row];
        if (text.empty() || text.find_first_not_of("0123456789+-.eE") == text.npos) continue;
        return project_error(dataset_.place(row) + ": column '" + column.name + "': '" +
                             std::string(text.substr(0, 60)) + "' is not a number");
      }
      return project_error("column '" + column.name + "' holds text that is no number");
    }
    if (type == "text" && column.kind == ColumnKind::kNumber) {
      return usage_error("data.features." + column.name + ": the column holds numbers, not text");
    }
    if (type == "numeric") return add_numeric(column);
    if (type == "categorical") return add_categorical(column);
    Feature feature;
    feature.name = column.name;
    feature.type = FeatureType::kText;
    feature.buckets = options_.text_buckets;
    push(std::move(feature), 0.0F, 1.0F, 0.0F);
    return Ok{};
  }

  // "ignore" for what cannot help, with a note.
  std::string inferred(const Column& column) {
    if (column.kind == ColumnKind::kTensor) return "tensor";
    if (column.kind == ColumnKind::kNumber) {
      const bool any = std::any_of(train_.begin(), train_.end(), [&column](uint32_t row) {
        return !std::isnan(column.numbers[row]);
      });
      if (!any) fitted_.notes.push_back("column '" + column.name + "' is left out: no value");
      return any ? "numeric" : "ignore";
    }
    const TextLook look = look_at(column, train_);
    if (look.present == 0) return "ignore";
    if (look.words >= 3 && look.distinct > 100) return "text";
    if (look.distinct > 100 && look.distinct * 10 > look.present * 9) {
      fitted_.notes.push_back(
          "column '" + column.name +
          "' is left out: nearly every value is another, as of a name or a key");
      return "ignore";
    }
    return "categorical";
  }

  Status add_numeric(const Column& column) {
    for (size_t row = 0; row < column.numbers.size(); ++row) {
      if (std::isinf(column.numbers[row])) {
        return project_error(
            dataset_.place(row) + ": column '" + column.name + "': an infinite value",
            "remove the row, leave the cell empty, or ignore the column");
      }
    }
    const Moments moments =
        moments_of(train_, [&column](uint32_t row) { return column.numbers[row]; });
    Feature feature;
    feature.name = column.name;
    feature.indicator = moments.count < train_.size();
    const auto mean = static_cast<float>(moments.mean);
    push(std::move(feature), mean, scale_of(moments.deviation), mean);
    return Ok{};
  }

  Status add_categorical(const Column& column) {
    Feature feature;
    feature.name = column.name;
    feature.type = FeatureType::kCategorical;
    feature.of_numbers = column.kind == ColumnKind::kNumber;
    feature.one_hot = options_.one_hot;
    const size_t largest = feature.one_hot ? std::min<size_t>(options_.largest_vocabulary, 1000)
                                           : options_.largest_vocabulary;
    feature.vocabulary = vocabulary_of(column, train_, largest);
    if (feature.vocabulary.empty()) return Ok{};
    push(std::move(feature), 0.0F, 1.0F, 0.0F);
    return Ok{};
  }

  Status add_tensor(const Column& column) {
    Feature feature;
    feature.name = column.name;
    feature.type = FeatureType::kTensor;
    feature.is_bytes = column.tensor.is_bytes;
    feature.shape = column.tensor.shape;
    const size_t width = column.tensor.width();
    // Pixels share one mean and deviation; the columns of a matrix of floats have their own.
    if (feature.is_bytes) {
      double sum = 0, squares = 0;
      for (const uint32_t row : train_) {
        for (size_t i = 0; i < width; ++i) {
          const double x = column.tensor.bytes[row * width + i];
          sum += x, squares += x * x;  // exact: sums of integers
        }
      }
      const double count = static_cast<double>(width) * static_cast<double>(train_.size());
      const double mean = sum / count;
      const double deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
      push(std::move(feature), static_cast<float>(mean), scale_of(deviation), 0.0F);
      return Ok{};
    }
    push(std::move(feature), 0.0F, 1.0F, 0.0F);
    InputTransform& transform = fitted_.transform;
    const size_t first = transform.dense_width() - width;
    for (size_t i = 0; i < width; ++i) {
      const Moments moments = moments_of(train_, [&column, width, i](uint32_t row) {
        return static_cast<double>(column.tensor.floats[row * width + i]);
      });
      if (!moments.finite) {
        return project_error("column '" + column.name + "': an infinite value at position " +
                             std::to_string(i));
      }
      transform.mean[first + i] = transform.missing[first + i] = static_cast<float>(moments.mean);
      transform.scale[first + i] = scale_of(moments.deviation);
    }
    return Ok{};
  }

  static float scale_of(double deviation) {
    return deviation > 1e-12 ? static_cast<float>(1.0 / deviation) : 1.0F;
  }

  // The indicator of a numeric feature, its last column, stays as it is.
  void push(Feature feature, float mean, float scale, float missing) {
    InputTransform& transform = fitted_.transform;
    const size_t width = feature.dense_width();
    transform.mean.insert(transform.mean.end(), width, mean);
    transform.scale.insert(transform.scale.end(), width, scale);
    transform.missing.insert(transform.missing.end(), width, missing);
    if (feature.indicator) {
      transform.mean.back() = transform.missing.back() = 0.0F;
      transform.scale.back() = 1.0F;
    }
    transform.features.push_back(std::move(feature));
  }

  const Dataset& dataset_;
  std::span<const uint32_t> train_;
  const FeatureOptions& options_;
  FittedTransform fitted_;
};

}  // namespace

std::string_view feature_type_name(FeatureType type) {
  switch (type) {
    case FeatureType::kNumeric:
      return "numeric";
    case FeatureType::kCategorical:
      return "categorical";
    case FeatureType::kText:
      return "text";
    case FeatureType::kTensor:
      return "tensor";
  }
  return "";
}

size_t Feature::dense_width() const {
  switch (type) {
    case FeatureType::kNumeric:
      return indicator ? 2 : 1;
    case FeatureType::kCategorical:
      return one_hot ? vocabulary.size() : 0;
    case FeatureType::kText:
      return static_cast<size_t>(buckets);
    case FeatureType::kTensor:
      break;
  }
  size_t width = 1;
  for (const int size : shape) width *= static_cast<size_t>(size);
  return width;
}

size_t InputTransform::code_count() const {
  return static_cast<size_t>(std::count_if(features.begin(), features.end(),
                                           [](const Feature& f) { return f.has_code(); }));
}

bool InputTransform::is_bytes() const { return features.size() == 1 && features[0].is_bytes; }

std::map<std::string, ColumnKind, std::less<>> InputTransform::columns() const {
  std::map<std::string, ColumnKind, std::less<>> columns;
  for (const Feature& feature : features) {
    ColumnKind kind = ColumnKind::kNumber;
    if (feature.type == FeatureType::kTensor) kind = ColumnKind::kTensor;
    if (feature.type == FeatureType::kText) kind = ColumnKind::kText;
    if (feature.type == FeatureType::kCategorical && !feature.of_numbers) kind = ColumnKind::kText;
    columns[feature.name] = kind;
  }
  return columns;
}

Result<FittedTransform> fit_transform(const Dataset& dataset, std::span<const uint32_t> train,
                                      const FeatureOptions& options) {
  return Fit(dataset, train, options).run();
}

}  // namespace kfctl
