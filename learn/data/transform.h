// InputTransform: how columns become what a model takes. Learned from the training split alone,
// stored inside the model, applied unchanged wherever the model is used.
//
// A row becomes `dense` floats (numbers, tensors, one-hot categories, hashed text), one after
// another in the order of the features, and `codes`, one int32 for each categorical feature that
// has an embedding. Dense values are stored raw; GatherRows of kernels/ops/input.h fills in missing
// ones and standardises on the device, with the vectors below.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "learn/data/dataset.h"

namespace kfctl {

enum class FeatureType { kNumeric, kCategorical, kText, kTensor };

/// "numeric", "categorical", "text" or "tensor".
std::string_view feature_type_name(FeatureType type);

struct Feature {
  std::string name;
  FeatureType type = FeatureType::kNumeric;
  bool indicator = false;               // numeric: one more column says where the value is missing
  bool one_hot = false;                 // categorical: dense columns instead of an embedding
  bool of_numbers = false;              // categorical: the column holds numbers
  bool is_bytes = false;                // tensor
  std::vector<std::string> vocabulary;  // categorical; position is the code, -1 all else
  int buckets = 0;                      // text
  std::vector<int> shape;               // tensor

  size_t dense_width() const;
  bool has_code() const { return type == FeatureType::kCategorical && !one_hot; }
};

struct InputTransform {
  std::vector<Feature> features;
  // Of each dense column. GatherRows: (x - mean) * scale, missing put in place of NaN before that.
  std::vector<float> mean;
  std::vector<float> scale;
  std::vector<float> missing;

  size_t dense_width() const { return mean.size(); }
  size_t code_count() const;
  /// True if the rows are one tensor of bytes, which stay bytes until they are on the device.
  bool is_bytes() const;
  /// What a reader has to promise so that its frames fit encode().
  std::map<std::string, ColumnKind, std::less<>> columns() const;

  Json to_json() const;  // without the vectors, which travel as tensors
};

/// Errors: kProject if `json` is not what to_json writes.
Result<InputTransform> transform_from_json(const Json& json);

struct FeatureOptions {
  std::vector<std::string> ignored;                       // columns that are no features
  std::map<std::string, std::string, std::less<>> types;  // of columns, instead of inferred ones
  bool one_hot = false;  // categories as dense columns, for models without embeddings
  int text_buckets = 1024;
  size_t largest_vocabulary = 10'000;
};

struct FittedTransform {
  InputTransform transform;
  std::vector<std::string> notes;  // columns left out, and why
};

/// Looks at the rows `train` only.
/// Errors: kUsage if an option names no column or no type; kProject if a column has infinite
/// values, if it does not fit its type, or if no feature is left.
Result<FittedTransform> fit_transform(const Dataset& dataset, std::span<const uint32_t> train,
                                      const FeatureOptions& options);

struct EncodedRows {
  size_t rows = 0;
  RowArray<float> dense;    // (rows, dense_width); empty if the transform is_bytes
  RowArray<uint8_t> bytes;  // likewise, if it is
  RowArray<int32_t> codes;  // (rows, code_count)
};

/// They lie where the frame's do; `pool` may be null. Errors: kProject if a column is missing or of
/// another kind or shape, naming `path`; those of RowMemory::take.
Result<EncodedRows> encode_rows(const InputTransform& transform, const Frame& frame,
                                const std::string& path, ThreadPool* pool = nullptr);

/// Adds what `text` has of words and pairs of neighbouring words to the buckets, then scales them
/// to length one. Words are runs of letters and digits, in lower case.
void hash_words(std::string_view text, std::span<float> buckets);

}  // namespace kfctl
